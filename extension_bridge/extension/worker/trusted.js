import { drawnIn } from "./frames.js";
import { look } from "./moving.js";
import { Trouble } from "./errors.js";

/** @import { Pages } from "./pages.js" */
/** @import { Place } from "./place.js" */

/** @type {chrome.permissions.Permissions} */
const PERMISSION = { permissions: ["debugger"] };

/** Whether clicks may be made that pages cannot tell from a hand's. @returns {Promise<boolean>} */
export function allowed() {
  return chrome.permissions.contains(PERMISSION);
}

/**
 * Tell whenever that is allowed or taken away.
 * @param {(allowed: boolean) => void} tell
 */
export function onAllowed(tell) {
  const changed = async () => tell(await allowed());
  chrome.permissions.onAdded.addListener(changed);
  chrome.permissions.onRemoved.addListener(changed);
}

/**
 * Press at the cursor as a hand would: what the browser gives only to a physical click is given to this one too.
 * @param {number} tab
 * @param {Pages} pages
 * @param {Place} place
 * @returns {Promise<{frame: number, value: any}>}
 * @throws {Trouble} `needs_permission`, `nothing_there`, and what a press refuses.
 */
export async function press(tab, pages, place) {
  if (!(await allowed())) {
    throw new Trouble("needs_permission", 'Allow "Clicks like a hand\'s" in Rubato\'s side panel in the browser first.');
  }
  const { frame, value } = await place.tell(tab, "aim");
  const found = (await look(pages, tab)).find((each) => each.frame === frame);
  if (!found) throw new Trouble("nothing_there", "What is at the cursor cannot be seen.");
  const { x, y } = drawnIn(found, { ...value.point, width: 0, height: 0 });
  await mouse(tab, x, y);
  return { frame, value: { label: value.label, kind: value.kind, effect: "clicked" } };
}

/**
 * @param {number} tab
 * @param {number} x
 * @param {number} y
 */
async function mouse(tab, x, y) {
  const target = { tabId: tab };
  await chrome.debugger.attach(target, "1.3").catch(() => {
    throw new Trouble("needs_permission", "The browser's own tools hold this page: close them first.");
  });
  try {
    const at = { x, y, button: "left", clickCount: 1 };
    for (const type of ["mouseMoved", "mousePressed", "mouseReleased"]) {
      await chrome.debugger.sendCommand(target, "Input.dispatchMouseEvent", { ...at, type });
    }
  } finally {
    await chrome.debugger.detach(target).catch(() => {});
  }
}
