export const LABEL = 200;
export const TEXT = 4000;
export const ADDRESS = 4096;

/**
 * Return a string of strangers in bounds: at most `longest` characters, whole ones only.
 * @param {unknown} text
 * @param {number} [longest]
 * @returns {string}
 */
export function clamp(text, longest = LABEL) {
  if (typeof text !== "string") return "";
  if (text.length <= longest) return text;
  const cut = text.slice(0, longest - 1);
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}
