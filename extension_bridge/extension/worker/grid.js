import { area, intersect } from "./boxes.js";

/** @import { Box } from "./boxes.js" */
/** @import { VisibleElement } from "./frames.js" */

/**
 * @typedef {object} Cell  One kind of element in one grid cell.
 * @property {number} x  Column, 0 at the left.
 * @property {number} y  Row, 0 at the top.
 * @property {string} kind
 * @property {number} density  The share of the cell that is covered, 0-1.
 * @property {VisibleElement} largest  The element that covers most of it.
 */

/**
 * Divide the view into cells: which kinds of elements are in each, and how densely. Empty cells are omitted.
 * @param {VisibleElement[]} seen
 * @param {{width: number, height: number}} view  Pixels.
 * @param {number} columns
 * @param {number} rows
 * @returns {Cell[]}  In page order: row after row, from left to right.
 */
export function cells(seen, { width, height }, columns, rows) {
  const cellWidth = width / columns;
  const cellHeight = height / rows;
  /** @type {Map<string, Cell & {most: number}>} */
  const byKey = new Map();
  for (const element of seen) {
    for (const [x, y, covered] of covers(element, cellWidth, cellHeight, columns, rows)) {
      const key = `${y},${x},${element.kind}`;
      const cell = byKey.get(key);
      if (!cell) byKey.set(key, { x, y, kind: element.kind, density: covered, largest: element, most: covered });
      else {
        cell.density += covered;
        if (covered > cell.most) Object.assign(cell, { most: covered, largest: element });
      }
    }
  }
  return [...byKey.values()]
    .filter(({ density }) => density > LEAST)
    .sort((a, b) => a.y - b.y || a.x - b.x)
    .map(({ x, y, kind, density, largest }) => ({ x, y, kind, density: Math.min(1, density), largest }));
}

// Ignores slivers that rounding leaves in a neighbouring cell.
const LEAST = 0.002;

/**
 * The number of rows that makes cells closest to square.
 * @param {{width: number, height: number}} view
 * @param {number} columns
 */
export function squareRows({ width, height }, columns) {
  return Math.max(1, Math.round(height / (width / columns)));
}

/**
 * @param {VisibleElement} element
 * @param {number} cellWidth
 * @param {number} cellHeight
 * @param {number} columns
 * @param {number} rows
 * @returns {Generator<[number, number, number]>}  Column, row, and the share of that cell that is covered.
 */
function* covers({ parts, ink }, cellWidth, cellHeight, columns, rows) {
  /** @type {Map<number, number>} */
  const sums = new Map();
  for (const part of parts) {
    const [left, right] = span(part.x, part.width, cellWidth, columns);
    const [top, bottom] = span(part.y, part.height, cellHeight, rows);
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const cell = { x: x * cellWidth, y: y * cellHeight, width: cellWidth, height: cellHeight };
        const share = (area(intersect(part, cell)) / area(cell)) * ink;
        if (share > 0) sums.set(y * columns + x, (sums.get(y * columns + x) ?? 0) + share);
      }
    }
  }
  for (const [index, share] of sums) yield [index % columns, Math.floor(index / columns), Math.min(1, share)];
}

/**
 * @param {number} start
 * @param {number} length
 * @param {number} size
 * @param {number} count
 * @returns {[number, number]}  The first and the last cell.
 */
function span(start, length, size, count) {
  const first = Math.max(0, Math.floor(start / size));
  const last = Math.min(count - 1, Math.ceil((start + length) / size) - 1);
  return [first, last];
}

const INTERACTIVE = new Set(["link", "button", "field", "media"]);

/**
 * The element meant by pointing at a cell: preferably an interactive one with at least half of itself in the cell; then the
 * one with the largest share of itself in it; then the one nearest to the middle of the cell.
 * @param {VisibleElement[]} seen
 * @param {Box} cell
 * @returns {VisibleElement | null}
 */
export function elementIn(seen, cell) {
  const middle = { x: cell.x + cell.width / 2, y: cell.y + cell.height / 2 };
  /** @type {VisibleElement | null} */
  let best = null;
  let bestRank = [-1, 0, 0, 0];
  for (const element of seen) {
    const whole = sum(element.parts.map(area));
    const inside = sum(element.parts.map((part) => area(intersect(part, cell))));
    if (inside <= 0) continue;
    // Rounded to tenths, so that a pixel more does not outweigh being interactive.
    const tenths = Math.round((10 * inside) / whole);
    const interactive = INTERACTIVE.has(element.kind);
    const rank = [interactive && tenths >= 5 ? 1 : 0, tenths, interactive ? 1 : 0, -distance(element.box, middle)];
    if (ranksHigher(rank, bestRank)) [best, bestRank] = [element, rank];
  }
  return best;
}

/**
 * The box of a cell.
 * @param {{width: number, height: number}} view
 * @param {number} row
 * @param {number} column
 * @param {number} count  Number of rows, and of columns.
 * @returns {Box}
 */
export function cellAt({ width, height }, row, column, count) {
  return { x: (column * width) / count, y: (row * height) / count, width: width / count, height: height / count };
}

/**
 * The share of a cell that an element covers.
 * @param {VisibleElement} element
 * @param {Box} cell
 * @returns {number}  0-1
 */
export function coverage({ parts, ink }, cell) {
  return Math.min(1, (sum(parts.map((part) => area(intersect(part, cell)))) / area(cell)) * ink);
}

/**
 * What else decides how an element sounds, besides its position and density.
 * @param {VisibleElement} element
 * @param {{width: number, height: number}} view
 * @returns {{level?: number, area?: number}}  A heading's level, 1-6; or an image's share of the view, 0-1.
 */
export function weight({ kind, level, box }, view) {
  if (kind === "heading" && level) return { level };
  if (kind === "image") return { area: Math.min(1, area(box) / (view.width * view.height)) };
  return {};
}

/** @param {number[]} numbers */
const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

/**
 * @param {Box} box
 * @param {{x: number, y: number}} point
 */
function distance({ x, y, width, height }, point) {
  return Math.hypot(x + width / 2 - point.x, y + height / 2 - point.y);
}

/**
 * @param {number[]} one
 * @param {number[]} other
 */
function ranksHigher(one, other) {
  const first = one.findIndex((value, index) => value !== other[index]);
  return first >= 0 && Number(one[first]) > Number(other[first]);
}
