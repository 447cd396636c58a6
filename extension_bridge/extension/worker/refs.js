/**
 * References to elements across frames: the content script's number in the low 26 bits, the browser's frame id above. Both
 * together stay below 2^53.
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
