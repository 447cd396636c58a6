import { Trouble } from "./trouble.js";

/**
 * Waiting for navigations. The browser tells of each once; who wants to know must have said so before it began.
 */
export class Commits {
  /** @type {Map<number, Set<(thrown: Trouble | null) => void>>} By tab. */
  #waiting = new Map();
  /** @type {Map<number, Set<() => void>>} By tab. */
  #beginning = new Map();

  constructor() {
    const { webNavigation: web, tabs } = chrome;
    const done = (/** @type {{tabId: number, frameId: number}} */ { tabId, frameId }) => {
      if (frameId === 0) this.#settle(tabId, null);
    };
    web.onCommitted.addListener(done);
    web.onHistoryStateUpdated.addListener(done);
    web.onReferenceFragmentUpdated.addListener(done);
    web.onErrorOccurred.addListener(({ tabId, frameId, error }) => {
      if (frameId === 0) this.#settle(tabId, new Trouble("not_found", inWords(error)));
    });
    web.onBeforeNavigate.addListener(({ tabId, frameId }) => {
      if (frameId === 0) for (const begun of this.#beginning.get(tabId) ?? []) begun();
    });
    web.onCreatedNavigationTarget.addListener(({ sourceTabId }) => {
      for (const begun of this.#beginning.get(sourceTabId) ?? []) begun();
    });
    tabs.onRemoved.addListener((id) => this.#settle(id, new Trouble("tab_closed", "The tab was closed meanwhile.")));
  }

  /**
   * Do something that navigates, and wait until the new page has taken the old one's place.
   * @template Value
   * @param {number} tab
   * @param {AbortSignal} signal
   * @param {() => Promise<Value>} act
   * @returns {Promise<Value>}
   * @throws {Trouble} `not_found`: there is no page to show; `tab_closed`.
   */
  async during(tab, signal, act) {
    /** @type {(thrown: Trouble | null) => void} */
    let settle = () => {};
    /** @type {Promise<void>} */
    const committed = new Promise((resolve, reject) => {
      settle = (thrown) => (thrown ? reject(thrown) : resolve());
    });
    committed.catch(() => {});
    const stop = () => settle(signal.reason);
    add(this.#waiting, tab, settle);
    signal.addEventListener("abort", stop);
    try {
      const value = await act();
      await committed;
      return value;
    } finally {
      signal.removeEventListener("abort", stop);
      remove(this.#waiting, tab, settle);
    }
  }

  /**
   * @param {number} tab
   * @param {Trouble | null} thrown
   */
  #settle(tab, thrown) {
    for (const settle of this.#waiting.get(tab) ?? []) settle(thrown);
  }
}

/**
 * @template Item
 * @param {Map<number, Set<Item>>} map
 * @param {number} key
 * @param {Item} item
 */
function add(map, key, item) {
  const set = map.get(key) ?? new Set();
  map.set(key, set.add(item));
}

/**
 * @template Item
 * @param {Map<number, Set<Item>>} map
 * @param {number} key
 * @param {Item} item
 */
function remove(map, key, item) {
  const set = map.get(key);
  set?.delete(item);
  if (!set?.size) map.delete(key);
}

/** @param {string} error  Such as `net::ERR_NAME_NOT_RESOLVED`. */
function inWords(error) {
  if (error === "net::ERR_ABORTED") return "No page came: it is a download, or the loading was stopped.";
  const said = error.replace(/^net::ERR_/, "").replaceAll("_", " ").toLowerCase();
  return `The page could not be loaded: ${said}.`;
}
