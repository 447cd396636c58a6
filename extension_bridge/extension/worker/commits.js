import { Trouble } from "./errors.js";
import { Underway } from "./in_flight.js";

// How long after a press a page may take to begin a navigation, and how long its end is waited for.
const GRACE_MS = 60;
const LONGEST_MS = 3000;

/**
 * @typedef {object} Listener  What one command wants to know of a tab's navigations while it runs.
 * @property {() => void} begun
 * @property {() => void} committed
 * @property {(tab: number) => void} opened
 * @property {(trouble: Trouble) => void} failed
 * @property {number} before  How many navigations were on their way already; their ends are not this one's.
 */

/** Navigations, as the browser tells of them: once each, so who wants to know says so before they begin. */
export class Commits {
  /** @type {Map<number, Set<Listener>>} By tab; empty while no command waits. */
  #listeners = new Map();
  #underway = new Underway();

  constructor() {
    const { webNavigation: web, tabs } = chrome;
    web.onCommitted.addListener(({ tabId, frameId, documentId }) => {
      if (frameId !== 0) return;
      this.#underway.committed(tabId, documentId);
      this.#ended(tabId, (listener) => listener.committed());
    });
    // Within a page, nothing begins: it is another place at once.
    for (const event of [web.onHistoryStateUpdated, web.onReferenceFragmentUpdated]) {
      event.addListener(({ tabId, frameId }) => {
        if (frameId === 0) this.#each(tabId, (listener) => listener.committed());
      });
    }
    web.onBeforeNavigate.addListener(({ tabId, frameId }) => {
      if (frameId !== 0) return;
      this.#underway.begun(tabId);
      this.#each(tabId, (listener) => listener.begun());
    });
    web.onErrorOccurred.addListener(({ tabId, frameId, error, documentId }) => {
      if (frameId !== 0 || !this.#underway.failed(tabId, documentId)) return;
      this.#ended(tabId, (listener) => listener.failed(new Trouble("not_found", inWords(error))));
    });
    web.onCreatedNavigationTarget.addListener(({ sourceTabId, tabId }) => {
      this.#each(sourceTabId, (listener) => listener.opened(tabId));
    });
    tabs.onRemoved.addListener((id) => {
      this.#underway.forget(id);
      this.#each(id, (listener) => listener.failed(new Trouble("tab_closed", "The tab was closed meanwhile.")));
    });
  }

  /**
   * Do something that must navigate, and wait until the new page has taken the old one's place.
   * @template Value
   * @param {number} tab
   * @param {AbortSignal} signal
   * @param {() => Promise<Value>} act
   * @returns {Promise<Value>}
   * @throws {Trouble} `not_found`: there is no page to show; `tab_closed`.
   */
  during(tab, signal, act) {
    return this.#listening(tab, signal, async (wanted) => {
      const value = await act();
      await wanted.committed;
      return value;
    });
  }

  /**
   * Do something that may navigate, and tell whether it did: here (`navigated`), in a new tab (`opened`), or not.
   * @template Value
   * @param {number} tab
   * @param {AbortSignal} signal
   * @param {() => Promise<Value>} act
   * @param {number} [graceMs]  How long a navigation may take to begin.
   * @returns {Promise<{value: Value, effect: "navigated" | "opened" | null, opened: number | null}>}
   */
  after(tab, signal, act, graceMs = GRACE_MS) {
    return this.#listening(tab, signal, async (wanted) => {
      const value = await act();
      const first = await Promise.race([wanted.begun, wanted.opened, later(graceMs, null)]);
      if (first === null) return { value, effect: null, opened: null };
      if (typeof first === "number") return { value, effect: "opened", opened: first };
      // A page that takes long to come is on its way all the same; one that becomes a download is not.
      const came = await Promise.race([wanted.committed, later(LONGEST_MS, null)]).then(
        () => true,
        () => false,
      );
      return { value, effect: came ? "navigated" : null, opened: null };
    });
  }

  /**
   * @template Value
   * @param {number} tab
   * @param {AbortSignal} signal
   * @param {(wanted: {begun: Promise<true>, committed: Promise<true>, opened: Promise<number>}) => Promise<Value>} work
   */
  async #listening(tab, signal, work) {
    const begun = settled(/** @type {true} */ (true));
    const committed = settled(/** @type {true} */ (true));
    const opened = settled(0);
    /** @type {Listener} */
    const listener = {
      begun: () => begun.resolve(true),
      committed: () => (begun.resolve(true), committed.resolve(true)),
      opened: opened.resolve,
      failed: committed.reject,
      before: await this.#underway.count(tab),
    };
    const stop = () => committed.reject(signal.reason);
    const all = this.#listeners.get(tab) ?? new Set();
    this.#listeners.set(tab, all.add(listener));
    signal.addEventListener("abort", stop);
    try {
      return await work({ begun: begun.promise, committed: committed.promise, opened: opened.promise });
    } finally {
      signal.removeEventListener("abort", stop);
      all.delete(listener);
      if (!all.size) this.#listeners.delete(tab);
    }
  }

  /**
   * A navigation has ended: whoever asked for something after it had begun waits for another.
   * @param {number} tab
   * @param {(listener: Listener) => void} tell
   */
  #ended(tab, tell) {
    this.#each(tab, (listener) => {
      if (listener.before > 0) listener.before -= 1;
      else tell(listener);
    });
  }

  /**
   * @param {number} tab
   * @param {(listener: Listener) => void} tell
   */
  #each(tab, tell) {
    for (const listener of this.#listeners.get(tab) ?? []) tell(listener);
  }
}

/**
 * A promise with its ends in hand, whose failure need not be waited for.
 * @template Value
 * @param {Value} _kind
 */
function settled(_kind) {
  /** @type {(value: Value) => void} */
  let resolve = () => {};
  /** @type {(reason: unknown) => void} */
  let reject = () => {};
  /** @type {Promise<Value>} */
  const promise = new Promise((done, failed) => {
    [resolve, reject] = [done, failed];
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}

/**
 * @template Value
 * @param {number} ms
 * @param {Value} value
 * @returns {Promise<Value>}
 */
const later = (ms, value) => new Promise((resolve) => setTimeout(resolve, ms, value));

/** @param {string} error  Such as `net::ERR_NAME_NOT_RESOLVED`. */
function inWords(error) {
  if (error === "net::ERR_ABORTED") return "No page came: it is a download, or the loading was stopped.";
  const said = error.replace(/^net::ERR_/, "").replaceAll("_", " ").toLowerCase();
  return `The page could not be loaded: ${said}.`;
}
