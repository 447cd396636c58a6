/**
 * Write package-lock.json anew from package.json: versions and hashes, no address. `npm run lock`
 */

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const LOCK = new URL("package-lock.json", import.meta.url);

execFileSync("npm", ["install", "--package-lock-only"], { stdio: "inherit", cwd: new URL(".", import.meta.url) });
const lock = JSON.parse(readFileSync(LOCK, "utf8"));
for (const entry of Object.values(lock.packages)) {
  delete entry.funding; // pages to give money on: npm does not need them
  delete entry.resolved;
}
writeFileSync(LOCK, `${JSON.stringify(lock, null, 2)}\n`);
