/**
 * One number for an element of any frame: the content script's own number, and above it the browser's number of the frame.
 * Both together stay below 2^53.
 */
const FRAME = 2 ** 26;

/**
 * @param {number} frame
 * @param {number} ref
 * @returns {number}
 */
export const join = (frame, ref) => frame * FRAME + ref;

/**
 * @param {number} joined
 * @returns {{frame: number, ref: number}}
 */
export const split = (joined) => ({ frame: Math.floor(joined / FRAME), ref: joined % FRAME });
