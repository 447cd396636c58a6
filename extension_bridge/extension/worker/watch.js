import { listChannels, markClosing, setCurrentChannel } from "./windows.js";

/** @import { Channel } from "./types.js" */

const DEBOUNCE_MS = 30;

/**
 * Reports a snapshot of all windows and tabs after each change. Changes within 30 ms are reported together, a closed tab at
 * once, and an unchanged snapshot is not repeated.
 */
export class WindowWatcher {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #lastSnapshot = "";
  #lastTime = 0;

  /** @param {(windows: Channel[]) => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    const schedule = () => this.schedule();
    const { tabs, windows } = chrome;
    for (const event of [tabs.onCreated, tabs.onMoved, tabs.onAttached, tabs.onDetached, tabs.onActivated, tabs.onReplaced]) {
      /** @type {chrome.events.Event<() => void>} */ (/** @type {unknown} */ (event)).addListener(schedule);
    }
    tabs.onUpdated.addListener((_id, changed) => {
      if (REPORTED.some((name) => name in changed)) this.schedule();
    });
    tabs.onRemoved.addListener((id) => {
      markClosing(id);
      this.schedule(Date.now() - this.#lastTime > DEBOUNCE_MS ? 0 : DEBOUNCE_MS);
    });
    windows.onCreated.addListener(schedule);
    windows.onRemoved.addListener(schedule);
    windows.onFocusChanged.addListener((id) => {
      if (id !== chrome.windows.WINDOW_ID_NONE) void setCurrentChannel(id);
      this.schedule();
    });
  }

  /** Schedule a snapshot. @param {number} [ms]  Delay, ms. */
  schedule(ms = DEBOUNCE_MS) {
    if (ms > 0 && this.#timer !== undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#send();
    }, ms);
  }

  /** Report a snapshot even if nothing has changed, for a new listener. */
  resend() {
    this.#lastSnapshot = "";
    this.schedule(0);
  }

  async #send() {
    const windows = await listChannels();
    const text = JSON.stringify(windows);
    if (text === this.#lastSnapshot) return;
    this.#lastSnapshot = text;
    this.#lastTime = Date.now();
    this.onChange(windows);
  }
}

const REPORTED = ["title", "url", "audible", "mutedInfo", "status", "discarded"];
