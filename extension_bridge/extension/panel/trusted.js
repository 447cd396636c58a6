import { element, say } from "./page.js";

/** @type {chrome.permissions.Permissions} */
const PERMISSION = { permissions: ["debugger"] };

let allowed = false;

/** Let the permission for clicks like a hand's be given and taken back; the browser asks by itself. */
export function trusting() {
  element("trusted").addEventListener("click", async () => {
    const { permissions } = chrome;
    if (allowed) showTrusted(!(await permissions.remove(PERMISSION)));
    else showTrusted(await permissions.request(PERMISSION));
  });
}

/** @param {boolean} may */
export function showTrusted(may) {
  allowed = may;
  say(element("trusted"), may ? "Take back" : "Allow");
}
