/** Run all Node tests, or the given ones: `node test.mjs [FILE …]`. Node 20 does not expand patterns itself. */

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const TESTS = fileURLToPath(new URL("../tests/extension_bridge/extension", import.meta.url));

const all = () => readdirSync(TESTS, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".test.js"));
const named = process.argv.slice(2);
const files = named.length ? named : all().map((name) => join(TESTS, name));
process.exitCode = spawnSync(process.execPath, ["--test", ...files], { stdio: "inherit" }).status ?? 1;
