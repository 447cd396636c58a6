import { address, browsing } from "./browsing.js";
import { SHARE_MS } from "./pages.js";
import { Trouble } from "./errors.js";
import { LATE, within } from "./waiting.js";
import { targetTab, tell } from "./windows.js";

/** @import { Command, Run } from "./types.js" */
/** @import { Commits } from "./commits.js" */

const TURN_MS = 3000;

/**
 * Runs in the page.
 * @param {"back" | "forward"} way
 */
function leave(way) {
  if (history.length > 1) history[way]();
  return history.length > 1;
}

/**
 * Going to addresses, back and forth. Each is answered when the new page has taken the old one's place.
 * @param {Commits} commits
 * @returns {Record<string, Command>}
 */
export function navigation(commits) {
  /**
   * @param {number | undefined} id
   * @param {Run} run
   * @param {(tab: number) => Promise<unknown>} act
   */
  async function navigate(id, run, act) {
    const tab = await targetTab(id);
    run.at(tab.id);
    await commits.during(tab.id, run.signal, () => act(tab.id));
    return tell(await chrome.tabs.get(tab.id));
  }

  /**
   * The browser's own way back passes over pages that no hand has touched, as ours are; the page's own does not.
   * @param {number | undefined} id
   * @param {Run} run
   * @param {"back" | "forward"} way
   */
  async function travel(id, run, way) {
    const tab = await targetTab(id);
    run.at(tab.id);
    const ask = async () => {
      const injection = { target: { tabId: tab.id }, injectImmediately: true, func: leave, args: /** @type {[typeof way]} */ ([way]) };
      const done = await within(chrome.scripting.executeScript(injection), SHARE_MS);
      if (done === LATE) throw new Error("the page hangs");
      if (!done[0]?.result) nowhere(way)();
    };
    try {
      const { effect } = await commits.after(tab.id, run.signal, ask, TURN_MS);
      if (effect !== "navigated") nowhere(way)();
    } catch (error) {
      if (error instanceof Trouble) throw error;
      // A page that scripts may not touch, or that hangs: the browser must do it.
      return navigate(tab.id, run, (at) => (way === "back" ? chrome.tabs.goBack(at) : chrome.tabs.goForward(at)).catch(nowhere(way)));
    }
    return tell(await chrome.tabs.get(tab.id));
  }

  return {
    open({ url, new: anew, tab }, run) {
      const wanted = address(url);
      if (anew) return /** @type {Command} */ (browsing.new_tab)({ url: wanted }, run);
      return navigate(tab, run, (id) => chrome.tabs.update(id, { url: wanted }));
    },
    back: ({ tab }, run) => travel(tab, run, "back"),
    forward: ({ tab }, run) => travel(tab, run, "forward"),
    reload: ({ tab }, run) => navigate(tab, run, (id) => chrome.tabs.reload(id)),
  };
}

/**
 * @param {string} way
 * @returns {() => never}
 */
function nowhere(way) {
  return () => {
    throw new Trouble("no_history", `There is nothing to go ${way} to.`);
  };
}
