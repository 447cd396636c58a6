import { toPage } from "./frames.js";
import { scanPage } from "./moving.js";
import { CommandError } from "./errors.js";

/** @import { Pages } from "./pages.js" */
/** @import { Cursor } from "./cursor.js" */

/** @type {chrome.permissions.Permissions} */
const PERMISSION = { permissions: ["debugger"] };

/** Whether trusted clicks, which pages cannot tell from the user's, are allowed. @returns {Promise<boolean>} */
export function clicksAllowed() {
  return chrome.permissions.contains(PERMISSION);
}

/**
 * Call `onChange` when the permission is granted or revoked.
 * @param {(allowed: boolean) => void} onChange
 */
export function onPermissionChange(onChange) {
  const changed = async () => onChange(await clicksAllowed());
  chrome.permissions.onAdded.addListener(changed);
  chrome.permissions.onRemoved.addListener(changed);
}

/**
 * Click at the cursor with a trusted event, which may do what the browser reserves for the user's own clicks.
 * @param {number} tab
 * @param {Pages} pages
 * @param {Cursor} cursor
 * @returns {Promise<{frame: number, value: any}>}
 * @throws {CommandError} `needs_permission`, `nothing_there`, or an error of the page.
 */
export async function trustedClick(tab, pages, cursor) {
  if (!(await clicksAllowed())) {
    throw new CommandError("needs_permission", 'First allow "Trusted clicks" in Rubato\'s side panel in the browser.');
  }
  const { frame, value } = await cursor.ask(tab, "aim");
  const target = (await scanPage(pages, tab)).find((each) => each.frame === frame);
  if (!target) throw new CommandError("nothing_there", "The element at the cursor is not visible.");
  const { x, y } = toPage(target, { ...value.point, width: 0, height: 0 });
  await dispatchClick(tab, x, y);
  return { frame, value: { label: value.label, kind: value.kind, effect: "clicked" } };
}

/**
 * @param {number} tab
 * @param {number} x
 * @param {number} y
 */
async function dispatchClick(tab, x, y) {
  const debuggee = { tabId: tab };
  await chrome.debugger.attach(debuggee, "1.3").catch(() => {
    throw new CommandError("needs_permission", "The browser's developer tools are open for this page; close them first.");
  });
  try {
    const at = { x, y, button: "left", clickCount: 1 };
    for (const type of ["mouseMoved", "mousePressed", "mouseReleased"]) {
      await chrome.debugger.sendCommand(debuggee, "Input.dispatchMouseEvent", { ...at, type });
    }
  } finally {
    await chrome.debugger.detach(debuggee).catch(() => {});
  }
}
