import { area, contains, intersect } from "./boxes.js";

/** @import { Box } from "./boxes.js" */
/** @import { Json } from "./types.js" */

/**
 * A frame of a page, and its position in the page's view.
 *
 * @typedef {object} Frame
 * @property {number} frame  The browser's frame id; 0 is the top frame.
 * @property {Json} scan  The scan by its content script.
 * @property {number} left  The origin of its view, in pixels of the page's view.
 * @property {number} top
 * @property {number} scale  The size of one of its pixels in the page's view.
 * @property {Box} visible  The visible part of its view.
 *
 * @typedef {object} VisibleElement  An element of any frame, in pixels of the page's view.
 * @property {number} frame
 * @property {number} ref
 * @property {string} kind
 * @property {number} [level]
 * @property {Box} box
 * @property {Box[]} parts  Its boxes: a link that wraps has several.
 * @property {number} share  The share of it that is visible, 0-1.
 * @property {number} ink  How densely it fills its parts, 0-1.
 */

/**
 * Place the frames of a page: a child is where its parent saw its token. Each token is used once, so that no page can make
 * a frame appear twice.
 * @param {{frame: number, value: Json}[]} scans
 * @returns {Frame[]}  The top frame first, then the visible ones, each after its parent.
 */
export function compose(scans) {
  const root = scans.find(({ frame }) => frame === 0);
  if (!root) return [];
  const waiting = new Map(scans.filter((scan) => scan !== root).map((scan) => [scan.value.token, scan]));
  const { width, height } = root.value.viewport;
  const placed = [{ frame: 0, scan: root.value, left: 0, top: 0, scale: 1, visible: { x: 0, y: 0, width, height } }];
  for (const parent of placed) {
    for (const hole of parent.scan.frames) {
      const child = waiting.get(hole.token);
      if (!child) continue;
      waiting.delete(hole.token);
      const frame = placeChild(parent, hole, child);
      if (area(frame.visible) > 0) placed.push(frame);
    }
  }
  return placed;
}

/**
 * @param {Frame} parent
 * @param {Json} hole  The child's view as its parent saw it: box, scale, and the visible part in `clip`.
 * @param {{frame: number, value: Json}} child
 * @returns {Frame}
 */
function placeChild(parent, hole, { frame, value }) {
  const box = { x: hole.x, y: hole.y, width: hole.width, height: hole.height };
  const { x, y } = toPage(parent, box);
  const visible = intersect(intersect(parent.visible, toPage(parent, box)), toPage(parent, hole.clip ?? hole));
  return { frame, scan: value, left: x, top: y, scale: parent.scale * (hole.scale ?? 1), visible };
}

/**
 * All visible elements, frame by frame.
 * @param {Frame[]} frames
 * @returns {VisibleElement[]}
 */
export function elements(frames) {
  const seen = [];
  for (const frame of frames) {
    for (const element of frame.scan.elements) {
      const box = intersect(frame.visible, toPage(frame, element));
      if (area(box) <= 0) continue;
      const parts = element.parts?.map((/** @type {Box} */ part) => intersect(frame.visible, toPage(frame, part)));
      seen.push({
        frame: frame.frame,
        ref: element.ref,
        kind: element.kind,
        level: element.level,
        box,
        parts: parts ?? [box],
        share: element.area ?? 1,
        ink: parts ? 1 : (element.ink ?? 1),
      });
    }
  }
  return seen;
}

/**
 * The innermost frame at a point of the page's view, and the point in that frame's pixels.
 * @param {Frame[]} frames
 * @param {number} x
 * @param {number} y
 * @returns {{frame: number, x: number, y: number}}
 */
export function frameAt(frames, x, y) {
  const frame = frames.findLast(({ visible }) => contains(visible, x, y));
  return frame ? { frame: frame.frame, ...toFrame(frame, x, y) } : { frame: 0, x, y };
}

/**
 * Convert a point of the page's view to a frame's pixels.
 * @param {Frame} frame
 * @param {number} x
 * @param {number} y
 */
export function toFrame({ left, top, scale }, x, y) {
  return { x: (x - left) / scale, y: (y - top) / scale };
}

/**
 * Convert a box of a frame to pixels of the page's view.
 * @param {Frame} frame
 * @param {{x: number, y: number, width: number, height: number}} box
 * @returns {Box}
 */
export function toPage({ left, top, scale }, { x, y, width, height }) {
  return { x: left + x * scale, y: top + y * scale, width: width * scale, height: height * scale };
}
