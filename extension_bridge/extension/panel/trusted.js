import { element, setText } from "./page.js";

/** @type {chrome.permissions.Permissions} */
const PERMISSION = { permissions: ["debugger"] };

let allowed = false;

/** Set up the button that grants or revokes the permission for trusted clicks; the browser asks the user itself. */
export function initTrusted() {
  element("trusted").addEventListener("click", async () => {
    const { permissions } = chrome;
    if (allowed) showTrusted(!(await permissions.remove(PERMISSION)));
    else showTrusted(await permissions.request(PERMISSION));
  });
}

/** @param {boolean} granted */
export function showTrusted(granted) {
  allowed = granted;
  setText(element("trusted"), granted ? "Revoke" : "Allow");
}
