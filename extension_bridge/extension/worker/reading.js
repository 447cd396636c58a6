import { ADDRESS, TEXT, clamp } from "./clamp.js";
import { cellOf, look } from "./moving.js";
import { join } from "./refs.js";
import { Trouble } from "./errors.js";
import { targetTab } from "./windows.js";

/** @import { Command, Json } from "./types.js" */
/** @import { Pages } from "./pages.js" */
/** @import { Place } from "./place.js" */

const MOST_ITEMS = 2000;
const MOST_LETTERS = 1_000_000;

/**
 * Reading a page: the element at the cursor, the next one, or all of it. A page is read first, then its frames in turn.
 * @param {Pages} pages
 * @param {Place} place
 * @returns {Record<string, Command>}
 */
export function reading(pages, place) {
  /**
   * @param {number} tab
   * @param {number} frame
   * @param {any} item
   */
  async function told(tab, frame, item) {
    await place.moved(tab, frame);
    const point = item.box && { x: item.box.x + item.box.width / 2, y: item.box.y + item.box.height / 2 };
    const cell = point ? await cellOf(pages, tab, frame, point) : {};
    return { ...item, ...cell, ref: item.ref === null || item.ref === undefined ? null : join(frame, item.ref) };
  }

  return {
    async read({ tab: id }, run) {
      const tab = await place.tab({ tab: id }, run);
      const { frame, value } = await place.tell(tab, "read");
      if (value.end) throw new Trouble("end_of_page", "There is nothing to read here.");
      return told(tab, frame, value);
    },

    async continue({ back = false, tab: id }, run) {
      const tab = await place.tab({ tab: id }, run);
      const first = await place.frame(tab);
      const here = await place.tell(tab, "next", { back });
      if (!here.value.end) return told(tab, here.frame, here.value);
      const order = await inOrder(pages, tab);
      const rest = back ? order.slice(0, Math.max(0, order.indexOf(first))).reverse() : order.slice(order.indexOf(first) + 1);
      for (const frame of rest) {
        run.signal.throwIfAborted();
        const item = await pages.tell(tab, frame, "next", { back, afresh: true }).catch(() => ({ end: true }));
        if (!item.end) return told(tab, frame, item);
      }
      throw new Trouble("end_of_page", back ? "This is the beginning of the page." : "This is the end of the page.");
    },

    async document({ tab: id }, run) {
      const tab = await targetTab(id);
      run.at(tab.id);
      const all = new Map((await pages.everywhere(tab.id, "items")).map(({ frame, value }) => [frame, value]));
      const order = await inOrder(pages, tab.id);
      run.signal.throwIfAborted();
      const items = order.flatMap((frame) => all.get(frame)?.items ?? []);
      return { title: tab.title, url: tab.url, language: clamp(all.get(0)?.language), items: bounded(items) };
    },
  };
}

/**
 * The frames of a page that can be seen, in the order in which they are read.
 * @param {Pages} pages
 * @param {number} tab
 * @returns {Promise<number[]>}
 */
export async function inOrder(pages, tab) {
  const frames = await chrome.webNavigation.getAllFrames({ tabId: tab });
  if ((frames?.length ?? 0) < 2) return [0];
  return (await look(pages, tab)).map(({ frame }) => frame);
}

/**
 * @param {Json[]} items
 * @returns {Json[]}
 */
function bounded(items) {
  let letters = 0;
  const kept = [];
  for (const { kind, level, text, url } of items.slice(0, MOST_ITEMS)) {
    const words = clamp(text, TEXT);
    letters += words.length;
    if (letters > MOST_LETTERS) break;
    kept.push({ kind, ...(level && { level }), text: words, ...(url && { url: clamp(url, ADDRESS) }) });
  }
  return kept;
}
