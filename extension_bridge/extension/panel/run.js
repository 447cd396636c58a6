import { element, showResult } from "./page.js";

/** @import { Wire } from "./wire.js" */

/**
 * Set up the command line, for commands such as `scroll 3` or `find "slow air"`.
 * @param {Wire} wire
 */
export function initCommandLine(wire) {
  const input = element("words");
  element("run").addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    const [name, ...words] = split(input.value);
    if (!name) return input.focus();
    input.select();
    showResult(element("ran"), await wire.request(name.replaceAll("-", "_"), { words }));
  });
}

/**
 * Split a command line into words; quotes group words.
 * @param {string} line
 * @returns {string[]}
 */
export function split(line) {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double?.replace(/\\(.)/g, "$1") ?? single ?? bare ?? "",
  );
}
