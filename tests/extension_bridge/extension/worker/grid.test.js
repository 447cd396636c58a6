/** The grid: which elements are in which cells. */

import assert from "node:assert/strict";
import test from "node:test";
import { cellAt, cells, coverage, elementIn, squareRows, weight } from "../../../../extension_bridge/extension/worker/grid.js";

const VIEW = { width: 1200, height: 800 };

/** A visible element that fills its box by default. */
const seen = (kind, x, y, width, height, more = {}) => {
  const box = { x, y, width, height };
  return { frame: 0, ref: 1, kind, box, parts: [box], share: 1, ink: 1, ...more };
};

test("an element in one cell has its column and row", () => {
  const [cell, ...rest] = cells([seen("link", 250, 110, 40, 30)], VIEW, 24, 16);
  assert.deepEqual(rest, []);
  assert.deepEqual([cell.x, cell.y, cell.kind], [5, 2, "link"]);
  assert.ok(Math.abs(cell.density - (40 * 30) / (50 * 50)) < 1e-9);
});

test("an element across cells is in each with its share", () => {
  const found = cells([seen("image", 75, 25, 50, 50)], VIEW, 24, 16);
  assert.deepEqual(
    found.map(({ x, y, density }) => [x, y, density]),
    [
      [1, 0, 0.25],
      [2, 0, 0.25],
      [1, 1, 0.25],
      [2, 1, 0.25],
    ],
  );
});

test("a wrapped link is where its lines are, not in the whole bounding box", () => {
  const link = seen("link", 0, 0, 1200, 100, {
    parts: [
      { x: 1000, y: 0, width: 200, height: 50 },
      { x: 0, y: 50, width: 150, height: 50 },
    ],
  });
  const at = new Set(cells([link], VIEW, 24, 16).map(({ x, y }) => `${x},${y}`));
  assert.ok(at.has("20,0") && at.has("0,1"));
  assert.ok(!at.has("0,0") && !at.has("20,1"));
});

test("each kind in a cell has one entry, with a density of at most 1", () => {
  const found = cells([seen("text", 0, 0, 50, 40), seen("text", 0, 10, 50, 40), seen("link", 0, 0, 10, 10)], VIEW, 24, 16);
  assert.deepEqual(
    found.map(({ kind, density }) => [kind, density]),
    [
      ["text", 1],
      ["link", 0.04],
    ],
  );
});

test("a cell refers to the element that covers most of it", () => {
  const found = cells([seen("link", 0, 0, 10, 10, { ref: 1 }), seen("link", 10, 0, 40, 40, { ref: 2 })], VIEW, 24, 16);
  assert.equal(found[0].largest.ref, 2);
});

test("cells are in page order and nearly square", () => {
  const order = cells([seen("a", 600, 600, 10, 10), seen("b", 0, 0, 10, 10), seen("c", 100, 0, 10, 10)], VIEW, 24, 16);
  assert.deepEqual(order.map(({ kind }) => kind), ["b", "c", "a"]);
  assert.equal(squareRows({ width: 1280, height: 800 }, 24), 15);
  assert.equal(squareRows({ width: 800, height: 10 }, 24), 1);
});

test("pointing at a cell prefers interactive elements, then the one nearest to its middle", () => {
  const cell = cellAt(VIEW, 0, 0, 12);
  assert.deepEqual(cell, { x: 0, y: 0, width: 100, height: 800 / 12 });
  const text = seen("text", 0, 0, 100, 60);
  const near = seen("link", 40, 30, 20, 10, { ref: 7 });
  const far = seen("link", 0, 0, 20, 10, { ref: 8 });
  assert.equal(elementIn([text, far, near], cell)?.ref, 7);
  assert.equal(elementIn([seen("link", 500, 500, 10, 10)], cell), null);
  assert.equal(coverage(text, cell), (100 * 60) / (100 * (800 / 12)));
});

test("an element that only touches a cell does not win over one inside it", () => {
  const cell = cellAt(VIEW, 0, 0, 12);
  const wide = seen("link", 90, 0, 900, 60, { ref: 1 });
  const inside = seen("image", 10, 10, 40, 40, { ref: 2 });
  assert.equal(elementIn([wide, inside], cell)?.ref, 2);
});

test("half of a link counts more than a whole text, a corner of it does not", () => {
  const cell = cellAt(VIEW, 0, 0, 12);
  const text = seen("text", 10, 10, 80, 20, { ref: 1 });
  assert.equal(elementIn([text, seen("link", 10, 40, 160, 20, { ref: 2 })], cell)?.ref, 2);
  assert.equal(elementIn([text, seen("link", 80, 40, 160, 20, { ref: 2 })], cell)?.ref, 1);
});

test("headings have a level and images their share of the view", () => {
  assert.deepEqual(weight(seen("heading", 0, 0, 100, 20, { level: 3 }), VIEW), { level: 3 });
  assert.deepEqual(weight(seen("image", 0, 0, 600, 400), VIEW), { area: 0.25 });
  assert.deepEqual(weight(seen("link", 0, 0, 600, 400), VIEW), {});
});
