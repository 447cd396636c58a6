export const LABEL = 200;
export const TEXT = 4000;
export const ADDRESS = 4096;

/**
 * Limit untrusted text to `limit` code units, without splitting a surrogate pair.
 * @param {unknown} text
 * @param {number} [limit]
 * @returns {string}
 */
export function clamp(text, limit = LABEL) {
  if (typeof text !== "string") return "";
  if (text.length <= limit) return text;
  const cut = text.slice(0, limit - 1);
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}
