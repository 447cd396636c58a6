import { compose, elements, frameAt, toPage } from "./frames.js";
import { cellAt, cells, coverage, elementIn, squareRows, weight } from "./grid.js";
import { join } from "./refs.js";
import { asCommandError } from "./errors.js";
import { targetTab } from "./windows.js";

/** @import { Frame, VisibleElement } from "./frames.js" */
/** @import { Command } from "./types.js" */
/** @import { Pages } from "./pages.js" */
/** @import { Cursor } from "./cursor.js" */

export const GRID_SIZE = 12;

/**
 * Commands for moving on a page, and its layout.
 * @param {Pages} pages
 * @param {Cursor} cursor
 * @returns {Record<string, Command>}
 */
export function moving(pages, cursor) {
  /**
   * @param {number} tab
   * @param {{vertical: number, horizontal: number, unit: "step" | "page"}} by
   */
  async function scroll(tab, by) {
    const { frame, value } = await cursor.ask(tab, "scroll", by);
    // A frame at its end hands the scroll over to the page.
    return frame !== 0 && !value.moved ? pages.ask(tab, 0, "scroll", by) : value;
  }

  /**
   * The position of the cursor on its page; empty on pages that extensions cannot access.
   * @param {number} tab
   */
  async function cursorPosition(tab) {
    try {
      const { frame, value } = await cursor.ask(tab, "where");
      return { ...value, ...(value.point && (await cellOf(pages, tab, frame, value.point))) };
    } catch (thrown) {
      if (asCommandError(thrown).code === "restricted_page") return {};
      throw thrown;
    }
  }

  return {
    async scroll({ vertical, horizontal, tab }, run) {
      return scroll(await cursor.tab({ tab }, run), { vertical, horizontal, unit: "step" });
    },

    async page({ pages: count, tab }, run) {
      return scroll(await cursor.tab({ tab }, run), { vertical: count, horizontal: 0, unit: "page" });
    },

    async move({ row, column, tab: id }, run) {
      const tab = await cursor.tab({ tab: id }, run);
      const frames = await scanPage(pages, tab);
      run.signal.throwIfAborted();
      const view = /** @type {Frame} */ (frames[0]).scan.viewport;
      const cell = cellAt(view, row, column, GRID_SIZE);
      const element = elementIn(elements(frames), cell);
      if (!element) {
        const point = frameAt(frames, cell.x + cell.width / 2, cell.y + cell.height / 2);
        await pages.ask(tab, point.frame, "cursor", { x: point.x, y: point.y });
        await cursor.setFrame(tab, point.frame);
        return { row, column, kind: null, label: "", box: cell, density: 0, ref: null };
      }
      const { label } = await pages.ask(tab, element.frame, "cursor", { ref: element.ref });
      await cursor.setFrame(tab, element.frame);
      const { frame, ref, kind, box } = element;
      return { row, column, kind, label, box, density: coverage(element, cell), ...weight(element, view), ref: join(frame, ref) };
    },

    async where_am_i({ tab: id }, run) {
      const tab = await targetTab(id);
      run.at(tab.id);
      const { tabs = [] } = await chrome.windows.get(tab.window, { populate: true });
      const location = { title: tab.title, url: tab.url, window: tab.window, tab: tab.number, tabs: tabs.length };
      return { ...(await cursorPosition(tab.id)), ...location };
    },

    async layout({ columns, tab: id }, run) {
      const tab = await cursor.tab({ tab: id }, run);
      const frames = await scanPage(pages, tab);
      run.signal.throwIfAborted();
      const visible = elements(frames);
      const viewport = /** @type {Frame} */ (frames[0]).scan.viewport;
      const rows = squareRows(viewport, columns);
      const occupied = cells(visible, viewport, columns, rows);
      const started = performance.now();
      const labels = await fetchLabels(pages, tab, occupied.map(({ largest }) => largest));
      return {
        viewport,
        columns,
        rows,
        cells: occupied.map(({ largest, ...cell }) => ({
          ...cell,
          label: labels.get(join(largest.frame, largest.ref)) ?? "",
          ...weight(largest, viewport),
        })),
        elements: visible.length,
        scan_ms: Math.max(...frames.map(({ scan }) => scan.ms)),
        names_ms: performance.now() - started,
      };
    },
  };
}

/**
 * Scan what is visible of a page, frame by frame.
 * @param {Pages} pages
 * @param {number} tab
 * @returns {Promise<Frame[]>}  Never empty; the top frame comes first.
 */
export async function scanPage(pages, tab) {
  const scans = await pages.askAll(tab, "scan");
  const frames = compose(scans);
  return frames.length ? frames : compose([{ frame: 0, value: await pages.ask(tab, 0, "scan") }]);
}

/**
 * The cell of the 12 x 12 grid that contains a point of a frame.
 * @param {Pages} pages
 * @param {number} tab
 * @param {number} frame
 * @param {{x: number, y: number}} point
 */
export async function cellOf(pages, tab, frame, point) {
  // Only a point in an inner frame needs a scan, which says where the frame is.
  if (frame === 0) return cellIn((await pages.ask(tab, 0, "state")).viewport, point);
  const frames = await scanPage(pages, tab);
  const holder = frames.find((each) => each.frame === frame);
  if (!holder) return { row: null, column: null };
  return cellIn(/** @type {Frame} */ (frames[0]).scan.viewport, toPage(holder, { ...point, width: 0, height: 0 }));
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
  return Math.min(GRID_SIZE - 1, Math.max(0, Math.floor((pixel * GRID_SIZE) / length)));
}

/**
 * Get the labels of elements, with one request per frame.
 * @param {Pages} pages
 * @param {number} tab
 * @param {VisibleElement[]} visible
 * @returns {Promise<Map<number, string>>}
 */
async function fetchLabels(pages, tab, visible) {
  /** @type {Map<number, Set<number>>} */
  const byFrame = new Map();
  for (const { frame, ref } of visible) byFrame.set(frame, (byFrame.get(frame) ?? new Set()).add(ref));
  /** @type {Map<number, string>} */
  const labels = new Map();
  const requests = [...byFrame].map(async ([frame, refs]) => {
    const answer = await pages.ask(tab, frame, "names", { refs: [...refs] }).catch(() => ({}));
    for (const [ref, { label }] of Object.entries(answer)) labels.set(join(frame, Number(ref)), label);
  });
  await Promise.all(requests);
  return labels;
}
