import { ADDRESS, clamp } from "./clamp.js";

/** @import { SecretFields } from "./secrets.js" */
/** @import { Json } from "./types.js" */

/**
 * Forward notifications from content scripts: a page has loaded, media started or stopped, a secret field has the focus. Their
 * content is untrusted; only the expected fields are passed on.
 * @param {(name: string, args: Json) => void} notify
 * @param {SecretFields} secrets
 */
export function forwardNotifications(notify, secrets) {
  chrome.runtime.onMessage.addListener((message, sender) => {
    const { tab, frameId: frame } = sender;
    if (sender.id !== chrome.runtime.id || tab?.id === undefined || frame === undefined) return;
    if (message?.event === "loaded" && frame === 0) {
      notify("loaded", { tab: tab.id, url: clamp(tab.url, ADDRESS), title: clamp(tab.title), ms: number(message.ms) });
    } else if (message?.event === "sounding") {
      const { ref, title, playing } = message;
      notify("sounding", { tab: tab.id, frame, ref: number(ref), title: clamp(title), playing: playing === true });
    } else if (message?.event === "secret") {
      secrets.update(tab.id, frame, message.on === true);
    }
  });
}

/** @param {unknown} value */
const number = (value) => (typeof value === "number" && Number.isFinite(value) ? value : 0);
