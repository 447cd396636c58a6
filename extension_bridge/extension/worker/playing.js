import { clamp } from "./clamp.js";
import { SHARE_MS } from "./pages.js";
import { channels } from "./windows.js";

/** @import { Command, Json } from "./types.js" */
/** @import { Pages } from "./pages.js" */

/**
 * What plays, on whichever tab and in whichever frame of it.
 * @param {Pages} pages
 * @returns {Record<string, Command>}
 */
export function playing(pages) {
  return {
    async media() {
      const tabs = (await channels()).flatMap((channel) => channel.tabs);
      const all = await Promise.all(tabs.map((tab) => here(tab.id)));
      return all.flat();
    },

    async media_do({ tab, frame, ref, action, value }) {
      return told(tab, frame, await pages.tell(tab, frame, "media_do", { ref, action, value }));
    },
  };

  /** @param {number} tab */
  async function here(tab) {
    const frames = await pages.everywhere(tab, "media", {}, SHARE_MS).catch(() => []);
    return frames.flatMap(({ frame, value }) => value.map((/** @type {Json} */ medium) => told(tab, frame, medium)));
  }
}

/**
 * @param {number} tab
 * @param {number} frame
 * @param {Json} medium
 */
function told(tab, frame, medium) {
  return { ...medium, tab, frame, title: clamp(medium.title) };
}
