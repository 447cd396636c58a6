import { ADDRESS, TEXT, clamp } from "./clamp.js";
import { cellOf, scanPage } from "./moving.js";
import { join } from "./refs.js";
import { CommandError } from "./errors.js";
import { targetTab } from "./windows.js";

/** @import { Command, Json } from "./types.js" */
/** @import { Pages } from "./pages.js" */
/** @import { Cursor } from "./cursor.js" */

const MAX_ITEMS = 2000;
const MAX_CHARACTERS = 1_000_000;

/**
 * Commands that read a page: the block at the cursor, the next one, or all of it. The top frame comes first, then the others.
 * @param {Pages} pages
 * @param {Cursor} cursor
 * @returns {Record<string, Command>}
 */
export function reading(pages, cursor) {
  /**
   * @param {number} tab
   * @param {number} frame
   * @param {any} item
   */
  async function describeItem(tab, frame, item) {
    await cursor.setFrame(tab, frame);
    const point = item.box && { x: item.box.x + item.box.width / 2, y: item.box.y + item.box.height / 2 };
    const cell = point ? await cellOf(pages, tab, frame, point) : {};
    return { ...item, ...cell, ref: item.ref === null || item.ref === undefined ? null : join(frame, item.ref) };
  }

  return {
    async read({ tab: id }, run) {
      const tab = await cursor.tab({ tab: id }, run);
      const { frame, value } = await cursor.ask(tab, "read");
      if (value.end) throw new CommandError("end_of_page", "There is nothing to read here.");
      return describeItem(tab, frame, value);
    },

    async continue({ back = false, tab: id }, run) {
      const tab = await cursor.tab({ tab: id }, run);
      const first = await cursor.frame(tab);
      const current = await cursor.ask(tab, "next", { back });
      if (!current.value.end) return describeItem(tab, current.frame, current.value);
      const order = await frameOrder(pages, tab);
      const rest = back ? order.slice(0, Math.max(0, order.indexOf(first))).reverse() : order.slice(order.indexOf(first) + 1);
      for (const frame of rest) {
        run.signal.throwIfAborted();
        const item = await pages.ask(tab, frame, "next", { back, restart: true }).catch(() => ({ end: true }));
        if (!item.end) return describeItem(tab, frame, item);
      }
      throw new CommandError("end_of_page", back ? "This is the beginning of the page." : "This is the end of the page.");
    },

    async document({ tab: id }, run) {
      const tab = await targetTab(id);
      run.at(tab.id);
      const all = new Map((await pages.askAll(tab.id, "items")).map(({ frame, value }) => [frame, value]));
      const order = await frameOrder(pages, tab.id);
      run.signal.throwIfAborted();
      const items = order.flatMap((frame) => all.get(frame)?.items ?? []);
      return { title: tab.title, url: tab.url, language: clamp(all.get(0)?.language), items: limited(items) };
    },
  };
}

/**
 * The visible frames of a page, in reading order.
 * @param {Pages} pages
 * @param {number} tab
 * @returns {Promise<number[]>}
 */
export async function frameOrder(pages, tab) {
  const frames = await chrome.webNavigation.getAllFrames({ tabId: tab });
  if ((frames?.length ?? 0) < 2) return [0];
  return (await scanPage(pages, tab)).map(({ frame }) => frame);
}

/**
 * @param {Json[]} items
 * @returns {Json[]}
 */
function limited(items) {
  let characters = 0;
  const result = [];
  for (const { kind, level, text, url } of items.slice(0, MAX_ITEMS)) {
    const clipped = clamp(text, TEXT);
    characters += clipped.length;
    if (characters > MAX_CHARACTERS) break;
    result.push({ kind, ...(level && { level }), text: clipped, ...(url && { url: clamp(url, ADDRESS) }) });
  }
  return result;
}
