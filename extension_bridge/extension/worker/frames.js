import { area, holds, shared } from "./boxes.js";

/** @import { Box } from "./boxes.js" */
/** @import { Json } from "./types.js" */

/**
 * One document of a page, and where it lies in the view of the whole page.
 *
 * @typedef {object} Frame
 * @property {number} frame  The browser's number of it; 0 is the page itself.
 * @property {Json} scan  What its content script saw.
 * @property {number} left  Where the origin of its own view lies.
 * @property {number} top
 * @property {number} scale  How large a pixel of its own is drawn.
 * @property {Box} shows  What of it can be seen.
 *
 * @typedef {object} Seen  An element somewhere in a page, in pixels of the whole page's view.
 * @property {number} frame
 * @property {number} ref
 * @property {string} kind
 * @property {number} [level]
 * @property {Box} box
 * @property {Box[]} parts  Where it really is: a link may break over lines.
 * @property {number} share  0-1: how much of itself can be seen.
 * @property {number} ink  0-1: how densely it fills its parts.
 */

/**
 * Put the documents of a page together: a child lies where its parent saw its token. Each token counts once, so that
 * a frame lies in one place only.
 * @param {{frame: number, value: Json}[]} scans
 * @returns {Frame[]}  The page first, then those that can be seen, each after its parent.
 */
export function compose(scans) {
  const root = scans.find(({ frame }) => frame === 0);
  if (!root) return [];
  const waiting = new Map(scans.filter((scan) => scan !== root).map((scan) => [scan.value.token, scan]));
  const { width, height } = root.value.viewport;
  const placed = [{ frame: 0, scan: root.value, left: 0, top: 0, scale: 1, shows: { x: 0, y: 0, width, height } }];
  for (const parent of placed) {
    for (const hole of parent.scan.frames) {
      const child = waiting.get(hole.token);
      if (!child) continue;
      waiting.delete(hole.token);
      const frame = inside(parent, hole, child);
      if (area(frame.shows) > 0) placed.push(frame);
    }
  }
  return placed;
}

/**
 * @param {Frame} parent
 * @param {Json} hole  Where the parent saw it: the child's whole view, how large it is drawn, and in `clip` what of it shows.
 * @param {{frame: number, value: Json}} child
 * @returns {Frame}
 */
function inside(parent, hole, { frame, value }) {
  const spot = { x: hole.x, y: hole.y, width: hole.width, height: hole.height };
  const { x, y } = drawnIn(parent, spot);
  const shows = shared(shared(parent.shows, drawnIn(parent, spot)), drawnIn(parent, hole.clip ?? hole));
  return { frame, scan: value, left: x, top: y, scale: parent.scale * (hole.scale ?? 1), shows };
}

/**
 * Everything that can be seen, frame after frame.
 * @param {Frame[]} frames
 * @returns {Seen[]}
 */
export function elements(frames) {
  const seen = [];
  for (const frame of frames) {
    for (const element of frame.scan.elements) {
      const box = shared(frame.shows, drawnIn(frame, element));
      if (area(box) <= 0) continue;
      const parts = element.parts?.map((/** @type {Box} */ part) => shared(frame.shows, drawnIn(frame, part)));
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
 * The innermost frame at a point of the page's view, and the point in its own pixels.
 * @param {Frame[]} frames
 * @param {number} x
 * @param {number} y
 * @returns {{frame: number, x: number, y: number}}
 */
export function at(frames, x, y) {
  const found = frames.findLast(({ shows }) => holds(shows, x, y));
  return found ? { frame: found.frame, ...within(found, x, y) } : { frame: 0, x, y };
}

/**
 * A point of the page's view in a frame's own pixels.
 * @param {Frame} frame
 * @param {number} x
 * @param {number} y
 */
export function within({ left, top, scale }, x, y) {
  return { x: (x - left) / scale, y: (y - top) / scale };
}

/**
 * A box of a frame in pixels of the page's view.
 * @param {Frame} frame
 * @param {{x: number, y: number, width: number, height: number}} box
 * @returns {Box}
 */
export function drawnIn({ left, top, scale }, { x, y, width, height }) {
  return { x: left + x * scale, y: top + y * scale, width: width * scale, height: height * scale };
}
