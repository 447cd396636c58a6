import { CommandError } from "./errors.js";
import { NavigationsInFlight } from "./in_flight.js";

// How long after a click a page may take to start a navigation, and how long to wait for its end.
const GRACE_MS = 60;
const LONGEST_MS = 3000;

/**
 * @typedef {object} Listener  One command's callbacks for the navigations of a tab, while it runs.
 * @property {() => void} started
 * @property {() => void} committed
 * @property {(tab: number) => void} opened
 * @property {(error: CommandError) => void} failed
 * @property {number} before  How many navigations were already in flight; their ends are not this command's.
 */

/** Waits for navigations. The browser reports each only once, so a command must listen before it starts one. */
export class Commits {
  /** @type {Map<number, Set<Listener>>} By tab. */
  #listeners = new Map();
  #inFlight = new NavigationsInFlight();

  constructor() {
    const { webNavigation: web, tabs } = chrome;
    web.onCommitted.addListener(({ tabId, frameId, documentId }) => {
      if (frameId !== 0) return;
      this.#inFlight.committed(tabId, documentId);
      this.#ended(tabId, (listener) => listener.committed());
    });
    // Navigation within a document has no start event.
    for (const event of [web.onHistoryStateUpdated, web.onReferenceFragmentUpdated]) {
      event.addListener(({ tabId, frameId }) => {
        if (frameId === 0) this.#each(tabId, (listener) => listener.committed());
      });
    }
    web.onBeforeNavigate.addListener(({ tabId, frameId }) => {
      if (frameId !== 0) return;
      this.#inFlight.started(tabId);
      this.#each(tabId, (listener) => listener.started());
    });
    web.onErrorOccurred.addListener(({ tabId, frameId, error, documentId }) => {
      if (frameId !== 0 || !this.#inFlight.failed(tabId, documentId)) return;
      this.#ended(tabId, (listener) => listener.failed(new CommandError("not_found", describeError(error))));
    });
    web.onCreatedNavigationTarget.addListener(({ sourceTabId, tabId }) => {
      this.#each(sourceTabId, (listener) => listener.opened(tabId));
    });
    tabs.onRemoved.addListener((id) => {
      this.#inFlight.forget(id);
      this.#each(id, (listener) => listener.failed(new CommandError("tab_closed", "The tab was closed.")));
    });
  }

  /**
   * Run `act`, which must navigate, and wait until the new page has replaced the old one.
   * @template Value
   * @param {number} tab
   * @param {AbortSignal} signal
   * @param {() => Promise<Value>} act
   * @returns {Promise<Value>}
   * @throws {CommandError} `not_found`: no page could be loaded; `tab_closed`.
   */
  during(tab, signal, act) {
    return this.#listen(tab, signal, async (navigation) => {
      const value = await act();
      await navigation.committed;
      return value;
    });
  }

  /**
   * Run `act`, which may navigate, and report whether it did: in this tab (`navigated`), in a new one (`opened`), or not.
   * @template Value
   * @param {number} tab
   * @param {AbortSignal} signal
   * @param {() => Promise<Value>} act
   * @param {number} [graceMs]  How long a navigation may take to start.
   * @returns {Promise<{value: Value, effect: "navigated" | "opened" | null, opened: number | null}>}
   */
  after(tab, signal, act, graceMs = GRACE_MS) {
    return this.#listen(tab, signal, async (navigation) => {
      const value = await act();
      const first = await Promise.race([navigation.started, navigation.opened, delay(graceMs, null)]);
      if (first === null) return { value, effect: null, opened: null };
      if (typeof first === "number") return { value, effect: "opened", opened: first };
      // A slow page still counts as navigated; a navigation that turns into a download does not.
      const navigated = await Promise.race([navigation.committed, delay(LONGEST_MS, null)]).then(
        () => true,
        () => false,
      );
      return { value, effect: navigated ? "navigated" : null, opened: null };
    });
  }

  /**
   * @template Value
   * @param {number} tab
   * @param {AbortSignal} signal
   * @param {(navigation: {started: Promise<true>, committed: Promise<true>, opened: Promise<number>}) => Promise<Value>} work
   */
  async #listen(tab, signal, work) {
    const started = deferred(/** @type {true} */ (true));
    const committed = deferred(/** @type {true} */ (true));
    const opened = deferred(0);
    /** @type {Listener} */
    const listener = {
      started: () => started.resolve(true),
      committed: () => (started.resolve(true), committed.resolve(true)),
      opened: opened.resolve,
      failed: committed.reject,
      before: await this.#inFlight.count(tab),
    };
    const stop = () => committed.reject(signal.reason);
    const all = this.#listeners.get(tab) ?? new Set();
    this.#listeners.set(tab, all.add(listener));
    signal.addEventListener("abort", stop);
    try {
      return await work({ started: started.promise, committed: committed.promise, opened: opened.promise });
    } finally {
      signal.removeEventListener("abort", stop);
      all.delete(listener);
      if (!all.size) this.#listeners.delete(tab);
    }
  }

  /**
   * A navigation has ended. Commands that began while it was in flight wait for another.
   * @param {number} tab
   * @param {(listener: Listener) => void} call
   */
  #ended(tab, call) {
    this.#each(tab, (listener) => {
      if (listener.before > 0) listener.before -= 1;
      else call(listener);
    });
  }

  /**
   * @param {number} tab
   * @param {(listener: Listener) => void} call
   */
  #each(tab, call) {
    for (const listener of this.#listeners.get(tab) ?? []) call(listener);
  }
}

/**
 * A promise with its resolve and reject functions; an unhandled rejection is not reported.
 * @template Value
 * @param {Value} _kind
 */
function deferred(_kind) {
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
const delay = (ms, value) => new Promise((resolve) => setTimeout(resolve, ms, value));

/** @param {string} error  Such as `net::ERR_NAME_NOT_RESOLVED`. */
function describeError(error) {
  if (error === "net::ERR_ABORTED") return "No page was loaded: the address is a download, or loading was stopped.";
  const reason = error.replace(/^net::ERR_/, "").replaceAll("_", " ").toLowerCase();
  return `The page could not be loaded: ${reason}.`;
}
