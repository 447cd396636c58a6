/** Bundles a package into one classic script, as content scripts cannot use modules. */

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";

/**
 * Bundle CommonJS modules that require only each other: each becomes a function that is called once, at its first `require`.
 * @param {string} home  The package's folder.
 * @param {string} entry  Its entry file.
 * @param {string} global  The global variable for its exports.
 * @param {string} head  A comment line about its origin.
 * @returns {Promise<string>}
 */
export async function bundle(home, entry, global, head) {
  /** @type {Map<string, string>} */
  const modules = new Map();
  const pending = [entry];
  for (const path of pending) {
    if (modules.has(path)) continue;
    const source = (await readFile(join(home, path), "utf8")).replace(/^\/\/# sourceMappingURL=.*$/gm, "").trimEnd();
    const rewritten = source.replace(/\brequire\("(\.[^"]*)"\)/g, (_, request) => {
      const target = resolve(home, posix.join(posix.dirname(path), request));
      pending.push(target);
      return `require(${JSON.stringify(target)})`;
    });
    modules.set(path, rewritten);
  }
  const parts = [...modules].map(([path, source]) => `${JSON.stringify(path)}(exports, require, module) {\n${source}\n},`);
  return `// ${head}
globalThis.${global} = (() => {
"use strict";
const modules = {
${parts.join("\n")}
};
const made = {};
function require(name) {
  if (!made[name]) {
    made[name] = { exports: {} };
    modules[name](made[name].exports, require, made[name]);
  }
  return made[name].exports;
}
return require(${JSON.stringify(entry)});
})();
`;
}

/**
 * @param {string} home
 * @param {string} request
 */
function resolve(home, request) {
  const path = [request, `${request}.js`, `${request}/index.js`].find((each) => each.endsWith(".js") && existsSync(join(home, each)));
  if (!path) throw new Error(`${home} has no ${request}`);
  return path;
}
