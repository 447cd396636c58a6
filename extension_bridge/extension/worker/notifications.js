import { ADDRESS, clamp } from "./clamp.js";

/** @import { Secrets } from "./secrets.js" */
/** @import { Json } from "./types.js" */

/**
 * What content scripts tell of their own accord: that a page has loaded, that something began or ceased to play, that a field for a
 * secret has the focus. Their words are data of strangers, and only what is expected is passed on.
 * @param {(name: string, args: Json) => void} tell
 * @param {Secrets} secrets
 */
export function listen(tell, secrets) {
  chrome.runtime.onMessage.addListener((message, sender) => {
    const { tab, frameId: frame } = sender;
    if (sender.id !== chrome.runtime.id || tab?.id === undefined || frame === undefined) return;
    if (message?.event === "loaded" && frame === 0) {
      tell("loaded", { tab: tab.id, url: clamp(tab.url, ADDRESS), title: clamp(tab.title), ms: number(message.ms) });
    } else if (message?.event === "sounding") {
      const { ref, title, playing } = message;
      tell("sounding", { tab: tab.id, frame, ref: number(ref), title: clamp(title), playing: playing === true });
    } else if (message?.event === "secret") {
      secrets.heard(tab.id, frame, message.on === true);
    }
  });
}

/** @param {unknown} value */
const number = (value) => (typeof value === "number" && Number.isFinite(value) ? value : 0);
