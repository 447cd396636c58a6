import { clamp } from "./clamp.js";
import { FRAME_TIMEOUT_MS } from "./pages.js";
import { listChannels } from "./windows.js";

/** @import { Command, Json } from "./types.js" */
/** @import { Pages } from "./pages.js" */

/**
 * Commands for media in any frame of any tab.
 * @param {Pages} pages
 * @returns {Record<string, Command>}
 */
export function playing(pages) {
  return {
    async media() {
      const tabs = (await listChannels()).flatMap((channel) => channel.tabs);
      const all = await Promise.all(tabs.map((tab) => mediaOf(tab.id)));
      return all.flat();
    },

    async media_do({ tab, frame, ref, action, value }) {
      return describeMedia(tab, frame, await pages.ask(tab, frame, "media_do", { ref, action, value }));
    },
  };

  /** @param {number} tab */
  async function mediaOf(tab) {
    const frames = await pages.askAll(tab, "media", {}, FRAME_TIMEOUT_MS).catch(() => []);
    return frames.flatMap(({ frame, value }) => value.map((/** @type {Json} */ medium) => describeMedia(tab, frame, medium)));
  }
}

/**
 * @param {number} tab
 * @param {number} frame
 * @param {Json} medium
 */
function describeMedia(tab, frame, medium) {
  return { ...medium, tab, frame, title: clamp(medium.title) };
}
