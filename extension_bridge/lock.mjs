/**
 * Regenerate package-lock.json from package.json, with versions and hashes but without URLs: `npm run lock`
 */

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const LOCK = new URL("package-lock.json", import.meta.url);

execFileSync("npm", ["install", "--package-lock-only"], { stdio: "inherit", cwd: new URL(".", import.meta.url) });
const lock = JSON.parse(readFileSync(LOCK, "utf8"));
for (const entry of Object.values(lock.packages)) {
  delete entry.funding; // npm does not need it
  delete entry.resolved;
}
writeFileSync(LOCK, `${JSON.stringify(lock, null, 2)}\n`);
