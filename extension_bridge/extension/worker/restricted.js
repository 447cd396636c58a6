import { Trouble } from "./errors.js";

const STILL = "Tabs, addresses, back and forward still work here.";

/** @type {[RegExp, string][]} */
const PLACES = [
  [/^https:\/\/chromewebstore\.google\.com\/|^https:\/\/chrome\.google\.com\/webstore/, "the browser's web store"],
  [/^view-source:/, "the source of a page"],
  [/^(chrome|edge|brave|vivaldi|about|devtools|chrome-untrusted):/, "a page of the browser itself"],
  [/^chrome-extension:/, "a page of an extension"],
];

/**
 * Say why a page cannot be reached.
 * @param {string} url
 * @param {string} [reason]  In the browser's words.
 * @returns {Promise<Trouble>}
 */
export async function restricted(url, reason = "") {
  const place = PLACES.find(([pattern]) => pattern.test(url))?.[1];
  if (place) return refused(`This is ${place}, where no extension may read or press anything. ${STILL}`);
  if (url.startsWith("file:") && !(await chrome.extension.isAllowedFileSchemeAccess())) {
    return refused(`This is a file. Allow "access to file URLs" for Rubato on the browser's page of extensions. ${STILL}`);
  }
  if (/error page/i.test(reason)) return refused(`The page did not load; this is the browser's own word about it. ${STILL}`);
  return refused(`The browser lets no extension read or press anything here. ${STILL}`);
}

/** @returns {Trouble} */
export function pdf() {
  return refused(`This is a PDF document in the browser's own viewer, which no extension can read. ${STILL}`);
}

/** @param {string} message */
function refused(message) {
  return new Trouble("restricted_page", message);
}
