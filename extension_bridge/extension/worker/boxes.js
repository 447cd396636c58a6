/**
 * Rectangles, in pixels.
 *
 * @typedef {object} Box
 * @property {number} x  Of the left edge.
 * @property {number} y  Of the upper edge.
 * @property {number} width
 * @property {number} height
 */

/**
 * The intersection of two boxes; its size is 0 when they do not overlap.
 * @param {Box} one
 * @param {Box} other
 * @returns {Box}
 */
export function intersect(one, other) {
  const x = Math.max(one.x, other.x);
  const y = Math.max(one.y, other.y);
  const width = Math.max(0, Math.min(one.x + one.width, other.x + other.width) - x);
  const height = Math.max(0, Math.min(one.y + one.height, other.y + other.height) - y);
  return { x, y, width, height };
}

/** @param {Box} box */
export const area = ({ width, height }) => width * height;

/**
 * Whether a box contains a point.
 * @param {Box} box
 * @param {number} x
 * @param {number} y
 */
export const contains = (box, x, y) => x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height;
