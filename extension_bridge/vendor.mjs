/**
 * Copies the libraries of the extension from their packages, or bundles them into one classic script: `node vendor.mjs` writes
 * them, `node vendor.mjs --check` only compares. The SHA-256 of each file guards against other versions.
 */

import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const TO = join(HERE, "extension", "vendor");

/** @type {{name: string, version: string, from: string, to: string, files: Record<string, string>}[]} */
const LIBRARIES = [
  {
    // Validates messages against the JSON schema without eval, which extensions must not use.
    name: "@cfworker/json-schema",
    version: "4.1.6",
    from: "dist/esm",
    to: "json-schema",
    files: {
      "deep-compare-strict.d.ts": "a7012ead3e1520f1c3f876490e11d3ff46ed0851256859531abd563b73d8cbaa",
      "deep-compare-strict.js": "e2505a61f0825178ac42d5a506d506abe418ab11116bc091bb9a442f5af13856",
      "dereference.d.ts": "8ce9596c8b92371757d3a998b986694d1d157cca0ae117d6aa6bbb1bb7520467",
      "dereference.js": "1e56a8ad39adc596097362727b2dfe2731efe7e6de31395519b8abe0de341f36",
      "format.d.ts": "e3ea6b4e9a06bdafbc68dd9b96c30209113a71c5d9ec86f9b6fa383f7dd1241a",
      "format.js": "2cf9acde33bceee0f8a766325ce25ced44bbbe78efafb092d3948b6f6b47834b",
      "pointer.d.ts": "757fb3894ad48fd492990f17f442ee041e82ef33b2812513a761b918f506a0f2",
      "pointer.js": "e2e6a1c6ed3c298ebef9972718f1b0c24098457a5982ffc2840269d2b300084f",
      "types.d.ts": "711dbcacaa2e1c1cc0118043bdd1ef38cae8ed8e188d0bf643d2719769fd8930",
      "types.js": "f6c22b344e9da38187d85cbd93e15bb7ec0b245d8b09ba3e2f37e563813c4187",
      "ucs2-length.d.ts": "5578a7d1672515ee5153a9ac965c4a7e120584a0bfba553fd5f2aef778340416",
      "ucs2-length.js": "86b053d97a90e5cb81b8feda48aeded8b9da078f521447ad5d7d63823f974d0c",
      "validate.d.ts": "a77ce9cac12675658d2ce24d9de3d00e77a0ce9e3d628d8441f8278b66a38c74",
      "validate.js": "0a39e19822777b23c8f373eee9e0ba19dd1fa4f2c61a559aa97545390aa62571",
      "validator.d.ts": "6b33fc822e967a600d6f2ac112fd5d4170997ddf802b7a5d250cf58d06ffcb67",
      "validator.js": "9d448d37388bbf096fc31b0e654927739070653df56c54d44504d21e06227525",
    },
  },
];

/** @type {{name: string, version: string, entry: string, global: string, to: string, hash: string, licence: string}[]} */
const SCRIPTS = [
  {
    // Accessible names and roles, computed by the W3C rules.
    name: "dom-accessibility-api",
    version: "0.7.1",
    entry: "dist/index.js",
    global: "domAccessibilityApi",
    to: "dom-accessibility-api.js",
    hash: "b8c6dcd4b00ba667597ddff2ad009d304e0c578427adf5cca11f59c154b39011",
    licence: "LICENSE.md",
  },
];

let failures = 0;
const checking = process.argv.includes("--check");
for (const library of LIBRARIES) {
  const home = await packed(library);
  for (const [file, hash] of Object.entries(library.files)) {
    const source = await readFile(join(file === "LICENSE.md" ? home : join(home, library.from), file));
    if (sha256(source) !== hash) fail(`${library.name}/${file} has changed: ${sha256(source)}`);
    await put(join(TO, library.to, file), source);
  }
}
for (const script of SCRIPTS) {
  const home = await packed(script);
  const head = `${script.name} ${script.version}, see ${script.to.replace(".js", ".LICENSE.md")}. Made by vendor.mjs.`;
  const source = Buffer.from(await bundle(home, script.entry, script.global, head));
  if (sha256(source) !== script.hash) fail(`${script.name} has changed: ${sha256(source)}`);
  await put(join(TO, script.to), source);
  await put(join(TO, script.to.replace(".js", ".LICENSE.md")), await readFile(join(home, script.licence)));
}
process.exitCode = failures ? 1 : 0;

/**
 * @param {{name: string, version: string}} library
 * @returns {Promise<string>}  Its folder.
 */
async function packed({ name, version: expected }) {
  const home = join(HERE, "node_modules", name);
  const { version } = JSON.parse(await readFile(join(home, "package.json"), "utf8"));
  if (version !== expected) fail(`${name} is ${version}, not ${expected}`);
  return home;
}

/**
 * @param {string} target
 * @param {Buffer} source
 */
async function put(target, source) {
  if (checking) {
    const current = await readFile(target).catch(() => Buffer.alloc(0));
    if (!current.equals(source)) fail(`${target} differs from its package`);
  } else {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, source);
  }
}

/** @param {Buffer} bytes */
function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

/** @param {string} message */
function fail(message) {
  failures += 1;
  console.error(message);
}
