import { channels, close, remember } from "./windows.js";

/** @import { Channel } from "./types.js" */

const TOGETHER_MS = 30;

/**
 * Tells what windows and tabs are open, whole, after each change: changes within 30 ms are told together, a closed tab
 * at once, and nothing is told twice.
 */
export class Watch {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #told = "";
  #last = 0;

  /** @param {(windows: Channel[]) => void} tell */
  constructor(tell) {
    this.tell = tell;
    const soon = () => this.soon();
    const { tabs, windows } = chrome;
    for (const event of [tabs.onCreated, tabs.onMoved, tabs.onAttached, tabs.onDetached, tabs.onActivated, tabs.onReplaced]) {
      /** @type {chrome.events.Event<() => void>} */ (/** @type {unknown} */ (event)).addListener(soon);
    }
    tabs.onUpdated.addListener((_id, changed) => {
      if (TOLD.some((name) => name in changed)) this.soon();
    });
    tabs.onRemoved.addListener((id) => {
      close(id);
      this.soon(Date.now() - this.#last > TOGETHER_MS ? 0 : TOGETHER_MS);
    });
    windows.onCreated.addListener(soon);
    windows.onRemoved.addListener(soon);
    windows.onFocusChanged.addListener((id) => {
      if (id !== chrome.windows.WINDOW_ID_NONE) void remember(id);
      this.soon();
    });
  }

  /** Something changed. @param {number} [ms] Milliseconds until it is told. */
  soon(ms = TOGETHER_MS) {
    if (ms > 0 && this.#timer !== undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#now();
    }, ms);
  }

  /** Tell everything, whether or not it changed: somebody new listens. */
  afresh() {
    this.#told = "";
    this.soon(0);
  }

  async #now() {
    const windows = await channels();
    const text = JSON.stringify(windows);
    if (text === this.#told) return;
    this.#told = text;
    this.#last = Date.now();
    this.tell(windows);
  }
}

const TOLD = ["title", "url", "audible", "mutedInfo", "status", "discarded"];
