import { Kept } from "./storage.js";
import { split } from "./refs.js";
import { Trouble } from "./errors.js";
import { targetTab } from "./windows.js";

/** @import { Json, Run } from "./types.js" */
/** @import { Pages } from "./pages.js" */

/**
 * Where the player is: on which tab, and in which of its frames the cursor was set last.
 */
export class Place {
  /** @param {Pages} pages */
  constructor(pages) {
    this.pages = pages;
    /** @type {Kept<number>} */
    this.frames = new Kept("cursors");
    chrome.webNavigation.onCommitted.addListener(({ tabId, frameId }) => {
      if (frameId === 0) void this.frames.forget(tabId);
    });
  }

  /**
   * The tab a command is about; the answer will tell its state.
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
   * The frame with the cursor; the page itself while none was set.
   * @param {number} tab
   * @returns {Promise<number>}
   */
  async frame(tab) {
    return (await this.frames.get(tab)) ?? 0;
  }

  /**
   * The cursor is in that frame now.
   * @param {number} tab
   * @param {number} frame
   */
  async moved(tab, frame) {
    if ((await this.frame(tab)) !== frame) await this.frames.set(tab, frame);
  }

  /**
   * Ask the frame of an element, or the one with the cursor when none is named.
   * @param {number} tab
   * @param {string} what
   * @param {Json} args  With `ref` as the app knows it, or without.
   * @returns {Promise<{frame: number, value: any}>}
   */
  async tell(tab, what, args = {}) {
    const { ref, ...rest } = args;
    if (ref === undefined || ref === null) {
      const frame = await this.frame(tab);
      return { frame, value: await this.#orPage(tab, frame, what, rest) };
    }
    const named = split(ref);
    const value = await this.pages.tell(tab, named.frame, what, { ...rest, ref: named.ref });
    return { frame: named.frame, value };
  }

  /**
   * The frame with the cursor may have been taken off the page: then the page itself is asked.
   * @param {number} tab
   * @param {number} frame
   * @param {string} what
   * @param {Json} args
   */
  async #orPage(tab, frame, what, args) {
    try {
      return await this.pages.tell(tab, frame, what, args);
    } catch (thrown) {
      if (frame === 0 || !(thrown instanceof Trouble) || !GONE.has(thrown.code)) throw thrown;
      await this.frames.forget(tab);
      return this.pages.tell(tab, 0, what, args);
    }
  }
}

const GONE = new Set(["navigated", "gone"]);
