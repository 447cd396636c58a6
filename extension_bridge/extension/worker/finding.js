import { ADDRESS, LABEL, TEXT, clamp } from "./clamp.js";
import { TabStorage } from "./storage.js";
import { FRAME_TIMEOUT_MS } from "./pages.js";
import { frameOrder } from "./reading.js";
import { join } from "./refs.js";
import { CommandError } from "./errors.js";
import { listChannels } from "./windows.js";

/** @import { Command, Json, Run } from "./types.js" */
/** @import { Pages } from "./pages.js" */
/** @import { Cursor } from "./cursor.js" */

const MAX_RESULTS = 500;
const TABS_AT_ONCE = 8;

/**
 * Commands that list visible elements, and that search a page or all open tabs.
 * @param {Pages} pages
 * @param {Cursor} cursor
 * @returns {Record<string, Command>}
 */
export function finding(pages, cursor) {
  /** @type {TabStorage<{text: string, frames: {frame: number, count: number}[], index: number}>} */
  const searches = new TabStorage("searches");

  /**
   * @param {string} what
   * @returns {Command}
   */
  const list = (what) =>
    async ({ limit = MAX_RESULTS, tab: id }, run) => {
      const tab = await cursor.tab({ tab: id }, run);
      const all = new Map((await pages.askAll(tab, what)).map(({ frame, value }) => [frame, value]));
      const order = all.size > 1 ? await frameOrder(pages, tab) : [0];
      return order
        .flatMap((frame) => (all.get(frame) ?? []).map((/** @type {Json} */ element) => describeElement(frame, element)))
        .slice(0, Math.min(limit ?? MAX_RESULTS, MAX_RESULTS))
        .map((element, index) => ({ number: index + 1, ...element }));
    };

  /**
   * @param {number} tab
   * @param {{text: string, frames: {frame: number, count: number}[], index: number}} search
   */
  async function goToMatch(tab, search) {
    const count = search.frames.reduce((sum, frame) => sum + frame.count, 0);
    if (!count) return { count: 0, index: 0, excerpt: "", ref: null };
    let rest = search.index;
    const holder = search.frames.find((frame) => rest < frame.count || ((rest -= frame.count), false));
    const frame = holder?.frame ?? 0;
    const value = await pages.ask(tab, frame, "find_go", { index: rest, text: search.text });
    await cursor.setFrame(tab, frame);
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
      const tab = await cursor.tab({ tab: id }, run);
      const all = new Map((await pages.askAll(tab, "find", { text })).map(({ frame, value }) => [frame, value.count]));
      const order = all.size > 1 ? await frameOrder(pages, tab) : [0];
      const frames = order.map((frame) => ({ frame, count: all.get(frame) ?? 0 })).filter(({ count }) => count);
      run.signal.throwIfAborted();
      return goToMatch(tab, { text, frames, index: 0 });
    },

    async find_next({ back = false, tab: id }, run) {
      const tab = await cursor.tab({ tab: id }, run);
      const search = await searches.get(tab);
      if (!search) throw new CommandError("not_found", "There is no search on this page to continue; find something first.");
      const count = search.frames.reduce((sum, frame) => sum + frame.count, 0);
      return goToMatch(tab, { ...search, index: (search.index + (back ? -1 : 1) + count) % count });
    },

    async find_all({ text }, run) {
      const tabs = (await listChannels()).flatMap((channel) => channel.tabs);
      /** @type {Json[]} */
      const results = [];
      for (let n = 0; n < tabs.length; n += TABS_AT_ONCE) {
        run.signal.throwIfAborted();
        results.push(...(await Promise.all(tabs.slice(n, n + TABS_AT_ONCE).map((tab) => searchTab(tab, text)))));
      }
      return results.filter(({ count }) => count > 0);
    },
  };

  /**
   * @param {import("./types.js").Tab} tab
   * @param {string} text
   */
  async function searchTab({ id, title, url }, text) {
    // A page that cannot be read counts as a page without matches.
    const all = await pages.askAll(id, "find", { text, quiet: true }, FRAME_TIMEOUT_MS).catch(() => []);
    const count = all.reduce((sum, { value }) => sum + value.count, 0);
    const excerpt = all.flatMap(({ value }) => value.items ?? [])[0]?.excerpt;
    return { tab: id, title, url, count, excerpt: clamp(excerpt, TEXT) };
  }
}

/**
 * @param {number} frame
 * @param {Json} element
 */
function describeElement(frame, { ref, label, url, kind, value }) {
  return {
    label: clamp(label, LABEL),
    ...(url !== undefined && { url: clamp(url, ADDRESS) }),
    ...(kind !== undefined && { kind }),
    ...(value !== undefined && { value: clamp(value, TEXT) }),
    ref: join(frame, ref),
  };
}
