/** Placing the frames of a page. */

import assert from "node:assert/strict";
import test from "node:test";
import { compose, elements, frameAt } from "../../../../extension_bridge/extension/worker/frames.js";

const scan = (token, more = {}) => ({ token, viewport: { width: 1000, height: 800 }, elements: [], frames: [], ...more });
const link = (x, y) => ({ ref: 1, kind: "link", x, y, width: 100, height: 20 });

const PAGE = [
  { frame: 0, value: scan("top", { elements: [link(10, 10)], frames: [{ token: "child", x: 200, y: 300, width: 400, height: 200 }] }) },
  { frame: 3, value: scan("child", { elements: [link(50, 40)], frames: [{ token: "inner", x: 300, y: 100, width: 200, height: 200 }] }) },
  { frame: 5, value: scan("inner", { elements: [link(20, 30), link(90, 30), link(20, 190)] }) },
];

test("elements of a frame are offset by the frame's position", () => {
  const found = elements(compose(PAGE));
  assert.deepEqual(
    found.filter(({ frame }) => frame === 3).map(({ box }) => [box.x, box.y]),
    [[250, 340]],
  );
});

test("a nested frame is clipped by both", () => {
  const inner = elements(compose(PAGE)).filter(({ frame }) => frame === 5);
  assert.deepEqual(
    inner.map(({ box }) => [box.x, box.y, box.width]),
    [
      [520, 430, 80],
      [590, 430, 10],
    ],
    "the outer frame ends at x 600 and y 500",
  );
});

test("a frame without a parent is not placed, and a repeated token is used once", () => {
  const stranger = { frame: 9, value: scan("nobody", { elements: [link(0, 0)] }) };
  const twice = { frame: 0, value: scan("top", { frames: [{ token: "child", x: 0, y: 0, width: 10, height: 10 }, { token: "child", x: 500, y: 0, width: 10, height: 10 }] }) };
  assert.deepEqual(elements(compose([...PAGE, stranger])).filter(({ frame }) => frame === 9), []);
  assert.equal(compose([twice, PAGE[1]]).filter(({ frame }) => frame === 3).length, 1);
});

test("a point belongs to the innermost frame, in that frame's pixels", () => {
  const frames = compose(PAGE);
  assert.deepEqual(frameAt(frames, 20, 20), { frame: 0, x: 20, y: 20 });
  assert.deepEqual(frameAt(frames, 250, 340), { frame: 3, x: 50, y: 40 });
  assert.deepEqual(frameAt(frames, 530, 440), { frame: 5, x: 30, y: 40 });
});

test("a page without scans has no frames", () => {
  assert.deepEqual(compose([]), []);
});
