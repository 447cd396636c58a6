import { at, compose, drawnIn, elements } from "./frames.js";
import { cellAt, cells, coverage, meant, squareRows, weight } from "./grid.js";
import { join } from "./refs.js";
import { asTrouble } from "./errors.js";
import { targetTab } from "./windows.js";

/** @import { Frame, Seen } from "./frames.js" */
/** @import { Command } from "./types.js" */
/** @import { Pages } from "./pages.js" */
/** @import { Place } from "./place.js" */

export const POINTS = 12;

/**
 * Moving about a page, and how it is laid out.
 * @param {Pages} pages
 * @param {Place} place
 * @returns {Record<string, Command>}
 */
export function moving(pages, place) {
  /**
   * @param {number} tab
   * @param {{vertical: number, horizontal: number, unit: "step" | "page"}} by
   */
  async function scroll(tab, by) {
    const { frame, value } = await place.tell(tab, "scroll", by);
    // A frame that cannot move any further hands over to the page around it.
    return frame !== 0 && !value.moved ? pages.tell(tab, 0, "scroll", by) : value;
  }

  /**
   * Where on its page the player is; nothing where the browser lets nobody see the page, such as its own settings.
   * @param {number} tab
   */
  async function onPage(tab) {
    try {
      const { frame, value } = await place.tell(tab, "where");
      return { ...value, ...(value.point && (await cellOf(pages, tab, frame, value.point))) };
    } catch (thrown) {
      if (asTrouble(thrown).code === "restricted_page") return {};
      throw thrown;
    }
  }

  return {
    async scroll({ vertical, horizontal, tab }, run) {
      return scroll(await place.tab({ tab }, run), { vertical, horizontal, unit: "step" });
    },

    async page({ pages: count, tab }, run) {
      return scroll(await place.tab({ tab }, run), { vertical: count, horizontal: 0, unit: "page" });
    },

    async move({ row, column, tab: id }, run) {
      const tab = await place.tab({ tab: id }, run);
      const frames = await look(pages, tab);
      run.signal.throwIfAborted();
      const view = /** @type {Frame} */ (frames[0]).scan.viewport;
      const cell = cellAt(view, row, column, POINTS);
      const found = meant(elements(frames), cell);
      if (!found) {
        const point = at(frames, cell.x + cell.width / 2, cell.y + cell.height / 2);
        await pages.tell(tab, point.frame, "cursor", { x: point.x, y: point.y });
        await place.moved(tab, point.frame);
        return { row, column, kind: null, label: "", box: cell, density: 0, ref: null };
      }
      const { label } = await pages.tell(tab, found.frame, "cursor", { ref: found.ref });
      await place.moved(tab, found.frame);
      const { frame, ref, kind, box } = found;
      return { row, column, kind, label, box, density: coverage(found, cell), ...weight(found, view), ref: join(frame, ref) };
    },

    async where_am_i({ tab: id }, run) {
      const tab = await targetTab(id);
      run.at(tab.id);
      const { tabs = [] } = await chrome.windows.get(tab.window, { populate: true });
      const there = { title: tab.title, url: tab.url, window: tab.window, tab: tab.number, tabs: tabs.length };
      return { ...(await onPage(tab.id)), ...there };
    },

    async layout({ columns, tab: id }, run) {
      const tab = await place.tab({ tab: id }, run);
      const frames = await look(pages, tab);
      run.signal.throwIfAborted();
      const seen = elements(frames);
      const viewport = /** @type {Frame} */ (frames[0]).scan.viewport;
      const rows = squareRows(viewport, columns);
      const found = cells(seen, viewport, columns, rows);
      const began = performance.now();
      const labels = await names(pages, tab, found.map(({ largest }) => largest));
      return {
        viewport,
        columns,
        rows,
        cells: found.map(({ largest, ...cell }) => ({
          ...cell,
          label: labels.get(join(largest.frame, largest.ref)) ?? "",
          ...weight(largest, viewport),
        })),
        elements: seen.length,
        scan_ms: Math.max(...frames.map(({ scan }) => scan.ms)),
        names_ms: performance.now() - began,
      };
    },
  };
}

/**
 * All that can be seen of a page now, frame by frame.
 * @param {Pages} pages
 * @param {number} tab
 * @returns {Promise<Frame[]>}  Never empty: the page itself comes first.
 */
export async function look(pages, tab) {
  const scans = await pages.everywhere(tab, "scan");
  const frames = compose(scans);
  return frames.length ? frames : compose([{ frame: 0, value: await pages.tell(tab, 0, "scan") }]);
}

/**
 * The cell of the 12 x 12 in which a point of a frame lies.
 * @param {Pages} pages
 * @param {number} tab
 * @param {number} frame
 * @param {{x: number, y: number}} point
 */
export async function cellOf(pages, tab, frame, point) {
  // Only the place of a frame within the page needs a look at all of it.
  if (frame === 0) return cellIn((await pages.tell(tab, 0, "state")).viewport, point);
  const frames = await look(pages, tab);
  const found = frames.find((each) => each.frame === frame);
  if (!found) return { row: null, column: null };
  return cellIn(/** @type {Frame} */ (frames[0]).scan.viewport, drawnIn(found, { ...point, width: 0, height: 0 }));
}

/**
 * @param {{width: number, height: number}} view
 * @param {{x: number, y: number}} point
 */
function cellIn({ width, height }, { x, y }) {
  return { row: cellNumber(y, height), column: cellNumber(x, width) };
}

/**
 * @param {number} pixel
 * @param {number} length
 */
function cellNumber(pixel, length) {
  return Math.min(POINTS - 1, Math.max(0, Math.floor((pixel * POINTS) / length)));
}

/**
 * What elements are called, asked of each frame once.
 * @param {Pages} pages
 * @param {number} tab
 * @param {Seen[]} seen
 * @returns {Promise<Map<number, string>>}
 */
async function names(pages, tab, seen) {
  /** @type {Map<number, Set<number>>} */
  const byFrame = new Map();
  for (const { frame, ref } of seen) byFrame.set(frame, (byFrame.get(frame) ?? new Set()).add(ref));
  /** @type {Map<number, string>} */
  const labels = new Map();
  const asked = [...byFrame].map(async ([frame, refs]) => {
    const found = await pages.tell(tab, frame, "names", { refs: [...refs] }).catch(() => ({}));
    for (const [ref, { label }] of Object.entries(found)) labels.set(join(frame, Number(ref)), label);
  });
  await Promise.all(asked);
  return labels;
}
