import { element, tellEnd } from "./page.js";

/** @import { Wire } from "./wire.js" */

/**
 * Let commands be run by their words, such as `scroll 3` or `find "slow air"`.
 * @param {Wire} wire
 */
export function running(wire) {
  const input = element("words");
  element("run").addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    const [name, ...words] = split(input.value);
    if (!name) return input.focus();
    input.select();
    tellEnd(element("ran"), await wire.ask(name.replaceAll("-", "_"), { words }));
  });
}

/**
 * Words as a command line has them: quotes hold together what spaces would part.
 * @param {string} line
 * @returns {string[]}
 */
export function split(line) {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double?.replace(/\\(.)/g, "$1") ?? single ?? bare ?? "",
  );
}
