import { address, browsing } from "./browsing.js";
import { Trouble } from "./trouble.js";
import { targetTab, tell } from "./windows.js";

/** @import { Command, Run } from "./types.js" */
/** @import { Commits } from "./commits.js" */

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

  return {
    open({ url, new: anew, tab }, run) {
      const wanted = address(url);
      if (anew) return /** @type {Command} */ (browsing.new_tab)({ url: wanted }, run);
      return navigate(tab, run, (id) => chrome.tabs.update(id, { url: wanted }));
    },
    back: ({ tab }, run) => navigate(tab, run, (id) => chrome.tabs.goBack(id).catch(nowhere("back"))),
    forward: ({ tab }, run) => navigate(tab, run, (id) => chrome.tabs.goForward(id).catch(nowhere("forward"))),
    reload: ({ tab }, run) => navigate(tab, run, (id) => chrome.tabs.reload(id)),
  };
}

/** @param {string} way */
function nowhere(way) {
  return () => {
    throw new Trouble("no_history", `There is nothing to go ${way} to.`);
  };
}
