import { CommandError } from "./errors.js";

const STILL_WORKS = "Tabs, addresses, back and forward still work here.";

/** @type {[RegExp, string][]} */
const RESTRICTED = [
  [/^https:\/\/chromewebstore\.google\.com\/|^https:\/\/chrome\.google\.com\/webstore/, "the browser's web store"],
  [/^view-source:/, "the source of a page"],
  [/^(chrome|edge|brave|vivaldi|about|devtools|chrome-untrusted):/, "a page of the browser itself"],
  [/^chrome-extension:/, "a page of an extension"],
];

/**
 * The error that explains why extensions cannot access a page.
 * @param {string} url
 * @param {string} [reason]  The browser's error message.
 * @returns {Promise<CommandError>}
 */
export async function restrictedError(url, reason = "") {
  const kind = RESTRICTED.find(([pattern]) => pattern.test(url))?.[1];
  if (kind) return refused(`This is ${kind}; extensions cannot read or click anything here. ${STILL_WORKS}`);
  if (url.startsWith("file:") && !(await chrome.extension.isAllowedFileSchemeAccess())) {
    return refused(`This is a local file. Turn on "Allow access to file URLs" in Rubato's details in chrome://extensions. ${STILL_WORKS}`);
  }
  if (/error page/i.test(reason)) return refused(`The page did not load; this is the browser's error page. ${STILL_WORKS}`);
  return refused(`The browser does not let extensions read or click anything here. ${STILL_WORKS}`);
}

/** @returns {CommandError} */
export function pdfError() {
  return refused(`This is a PDF document in the browser's viewer, which extensions cannot read. ${STILL_WORKS}`);
}

/** @param {string} message */
function refused(message) {
  return new CommandError("restricted_page", message);
}
