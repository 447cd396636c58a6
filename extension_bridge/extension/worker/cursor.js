import { TabStorage } from "./storage.js";
import { split } from "./refs.js";
import { CommandError } from "./errors.js";
import { targetTab } from "./windows.js";

/** @import { Json, Run } from "./types.js" */
/** @import { Pages } from "./pages.js" */

/** The tab a command is about, and the frame of each tab in which the cursor was last set. */
export class Cursor {
  /** @param {Pages} pages */
  constructor(pages) {
    this.pages = pages;
    /** @type {TabStorage<number>} */
    this.frames = new TabStorage("cursors");
    chrome.webNavigation.onCommitted.addListener(({ tabId, frameId }) => {
      if (frameId === 0) void this.frames.forget(tabId);
    });
  }

  /**
   * The tab a command is about; its state goes into the answer.
   * @param {{tab?: number | null}} args
   * @param {Run} run
   * @returns {Promise<number>}
   */
  async tab({ tab }, run) {
    const { id } = await targetTab(tab);
    run.at(id);
    return id;
  }

  /**
   * The frame with the cursor; the top frame while none was set.
   * @param {number} tab
   * @returns {Promise<number>}
   */
  async frame(tab) {
    return (await this.frames.get(tab)) ?? 0;
  }

  /**
   * Record that the cursor is now in `frame`.
   * @param {number} tab
   * @param {number} frame
   */
  async setFrame(tab, frame) {
    if ((await this.frame(tab)) !== frame) await this.frames.set(tab, frame);
  }

  /**
   * Send a request to the frame of an element, or to the frame with the cursor when no element is given.
   * @param {number} tab
   * @param {string} what
   * @param {Json} args  Optionally with a joined `ref`, see refs.js.
   * @returns {Promise<{frame: number, value: any}>}
   */
  async ask(tab, what, args = {}) {
    const { ref, ...rest } = args;
    if (ref === undefined || ref === null) {
      const frame = await this.frame(tab);
      return { frame, value: await this.#askWithFallback(tab, frame, what, rest) };
    }
    const target = split(ref);
    const value = await this.pages.ask(tab, target.frame, what, { ...rest, ref: target.ref });
    return { frame: target.frame, value };
  }

  /**
   * The frame with the cursor may have been removed; then the request goes to the top frame.
   * @param {number} tab
   * @param {number} frame
   * @param {string} what
   * @param {Json} args
   */
  async #askWithFallback(tab, frame, what, args) {
    try {
      return await this.pages.ask(tab, frame, what, args);
    } catch (thrown) {
      if (frame === 0 || !(thrown instanceof CommandError) || !GONE.has(thrown.code)) throw thrown;
      await this.frames.forget(tab);
      return this.pages.ask(tab, 0, what, args);
    }
  }
}

const GONE = new Set(["navigated", "gone"]);
