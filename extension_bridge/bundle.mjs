/** A package's modules in one classic script, for where a page's content scripts find no modules. */

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";

/**
 * Put plain CommonJS, which asks for nothing but its own files, into one file: each module a function, called once when it is
 * first asked for.
 * @param {string} home  The package's folder.
 * @param {string} entry  Its file to begin with.
 * @param {string} global  The name under which a script finds what it exports.
 * @param {string} head  A line of comment about where it comes from.
 * @returns {Promise<string>}
 */
export async function bundle(home, entry, global, head) {
  /** @type {Map<string, string>} */
  const modules = new Map();
  const waiting = [entry];
  for (const path of waiting) {
    if (modules.has(path)) continue;
    const source = (await readFile(join(home, path), "utf8")).replace(/^\/\/# sourceMappingURL=.*$/gm, "").trimEnd();
    const asking = source.replace(/\brequire\("(\.[^"]*)"\)/g, (_, asked) => {
      const found = file(home, posix.join(posix.dirname(path), asked));
      waiting.push(found);
      return `require(${JSON.stringify(found)})`;
    });
    modules.set(path, asking);
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
 * @param {string} asked
 */
function file(home, asked) {
  const found = [asked, `${asked}.js`, `${asked}/index.js`].find((path) => path.endsWith(".js") && existsSync(join(home, path)));
  if (!found) throw new Error(`${home} has no ${asked}`);
  return found;
}
