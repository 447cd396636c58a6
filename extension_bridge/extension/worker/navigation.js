import { browsing, parseAddress } from "./browsing.js";
import { FRAME_TIMEOUT_MS } from "./pages.js";
import { CommandError } from "./errors.js";
import { TIMED_OUT, withTimeout } from "./waiting.js";
import { describeTab, targetTab } from "./windows.js";

/** @import { Command, Run } from "./types.js" */
/** @import { Commits } from "./commits.js" */

const TRAVEL_GRACE_MS = 3000;

/**
 * Injected into the page.
 * @param {"back" | "forward"} direction
 */
function travelInHistory(direction) {
  if (history.length > 1) history[direction]();
  return history.length > 1;
}

/**
 * Commands that navigate. Each is answered when the new page has replaced the old one.
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
    return describeTab(await chrome.tabs.get(tab.id));
  }

  /**
   * The browser's own back skips pages without a user gesture, and ours have none; `history.back` does not.
   * @param {number | undefined} id
   * @param {Run} run
   * @param {"back" | "forward"} direction
   */
  async function travel(id, run, direction) {
    const tab = await targetTab(id);
    run.at(tab.id);
    const travelInPage = async () => {
      const injection = { target: { tabId: tab.id }, injectImmediately: true, func: travelInHistory, args: /** @type {[typeof direction]} */ ([direction]) };
      const done = await withTimeout(chrome.scripting.executeScript(injection), FRAME_TIMEOUT_MS);
      if (done === TIMED_OUT) throw new Error("the page hangs");
      if (!done[0]?.result) noHistory(direction)();
    };
    try {
      const { effect } = await commits.after(tab.id, run.signal, travelInPage, TRAVEL_GRACE_MS);
      if (effect !== "navigated") noHistory(direction)();
    } catch (error) {
      if (error instanceof CommandError) throw error;
      // Scripts may not run in this page, or it hangs: fall back to the browser.
      return navigate(tab.id, run, (at) => (direction === "back" ? chrome.tabs.goBack(at) : chrome.tabs.goForward(at)).catch(noHistory(direction)));
    }
    return describeTab(await chrome.tabs.get(tab.id));
  }

  return {
    open({ url, new: inNewTab, tab }, run) {
      const address = parseAddress(url);
      if (inNewTab) return /** @type {Command} */ (browsing.new_tab)({ url: address }, run);
      return navigate(tab, run, (id) => chrome.tabs.update(id, { url: address }));
    },
    back: ({ tab }, run) => travel(tab, run, "back"),
    forward: ({ tab }, run) => travel(tab, run, "forward"),
    reload: ({ tab }, run) => navigate(tab, run, (id) => chrome.tabs.reload(id)),
  };
}

/**
 * @param {string} direction
 * @returns {() => never}
 */
function noHistory(direction) {
  return () => {
    throw new CommandError("no_history", `There is no page to go ${direction} to.`);
  };
}
