import { ADDRESS, LABEL, TEXT, clamp } from "./clamp.js";
import { Kept } from "./storage.js";
import { SHARE_MS } from "./pages.js";
import { inOrder } from "./reading.js";
import { join } from "./refs.js";
import { Trouble } from "./errors.js";
import { channels } from "./windows.js";

/** @import { Command, Json, Run } from "./types.js" */
/** @import { Pages } from "./pages.js" */
/** @import { Place } from "./place.js" */

const MOST = 500;
const TABS_AT_ONCE = 8;

/**
 * Lists of what can be seen, and finding words: in a page, and in all that is open.
 * @param {Pages} pages
 * @param {Place} place
 * @returns {Record<string, Command>}
 */
export function finding(pages, place) {
  /** @type {Kept<{text: string, frames: {frame: number, count: number}[], index: number}>} */
  const searches = new Kept("searches");

  /**
   * @param {string} what
   * @returns {Command}
   */
  const list = (what) =>
    async ({ limit = MOST, tab: id }, run) => {
      const tab = await place.tab({ tab: id }, run);
      const all = new Map((await pages.everywhere(tab, what)).map(({ frame, value }) => [frame, value]));
      const order = all.size > 1 ? await inOrder(pages, tab) : [0];
      return order
        .flatMap((frame) => (all.get(frame) ?? []).map((/** @type {Json} */ found) => told(frame, found)))
        .slice(0, Math.min(limit ?? MOST, MOST))
        .map((found, index) => ({ number: index + 1, ...found }));
    };

  /**
   * @param {number} tab
   * @param {{text: string, frames: {frame: number, count: number}[], index: number}} search
   */
  async function go(tab, search) {
    const count = search.frames.reduce((sum, frame) => sum + frame.count, 0);
    if (!count) return { count: 0, index: 0, excerpt: "", ref: null };
    let rest = search.index;
    const found = search.frames.find((frame) => rest < frame.count || ((rest -= frame.count), false));
    const frame = found?.frame ?? 0;
    const value = await pages.tell(tab, frame, "find_go", { index: rest, text: search.text });
    await place.moved(tab, frame);
    await searches.set(tab, search);
    return {
      count,
      index: search.index + 1,
      excerpt: clamp(value?.excerpt, TEXT),
      ref: value?.ref ? join(frame, value.ref) : null,
    };
  }

  return {
    links: list("links"),
    fields: list("fields"),
    buttons: list("buttons"),

    async find({ text, tab: id }, run) {
      const tab = await place.tab({ tab: id }, run);
      const all = new Map((await pages.everywhere(tab, "find", { text })).map(({ frame, value }) => [frame, value.count]));
      const order = all.size > 1 ? await inOrder(pages, tab) : [0];
      const frames = order.map((frame) => ({ frame, count: all.get(frame) ?? 0 })).filter(({ count }) => count);
      run.signal.throwIfAborted();
      return go(tab, { text, frames, index: 0 });
    },

    async find_next({ back = false, tab: id }, run) {
      const tab = await place.tab({ tab: id }, run);
      const search = await searches.get(tab);
      if (!search) throw new Trouble("not_found", "Nothing has been searched for on this page yet.");
      const count = search.frames.reduce((sum, frame) => sum + frame.count, 0);
      return go(tab, { ...search, index: (search.index + (back ? -1 : 1) + count) % count });
    },

    async find_all({ text }, run) {
      const tabs = (await channels()).flatMap((channel) => channel.tabs);
      /** @type {Json[]} */
      const found = [];
      for (let n = 0; n < tabs.length; n += TABS_AT_ONCE) {
        run.signal.throwIfAborted();
        found.push(...(await Promise.all(tabs.slice(n, n + TABS_AT_ONCE).map((tab) => within(tab, text)))));
      }
      return found.filter(({ count }) => count > 0);
    },
  };

  /**
   * @param {import("./types.js").Tab} tab
   * @param {string} text
   */
  async function within({ id, title, url }, text) {
    // A page that cannot be read holds nothing that could be found; that is no reason to fail.
    const all = await pages.everywhere(id, "find", { text, quiet: true }, SHARE_MS).catch(() => []);
    const count = all.reduce((sum, { value }) => sum + value.count, 0);
    const excerpt = all.flatMap(({ value }) => value.items ?? [])[0]?.excerpt;
    return { tab: id, title, url, count, excerpt: clamp(excerpt, TEXT) };
  }
}

/**
 * @param {number} frame
 * @param {Json} found
 */
function told(frame, { ref, label, url, kind, value }) {
  return {
    label: clamp(label, LABEL),
    ...(url !== undefined && { url: clamp(url, ADDRESS) }),
    ...(kind !== undefined && { kind }),
    ...(value !== undefined && { value: clamp(value, TEXT) }),
    ref: join(frame, ref),
  };
}
