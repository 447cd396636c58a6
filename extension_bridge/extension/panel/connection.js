import { element, say } from "./page.js";

/** @import { Wire } from "./wire.js" */

const WORDS = {
  off: "Off",
  pairing: "Waiting for your yes",
  connected: "Connected, piano off",
  listening: "Connected, listening",
};

const TODO = {
  off: "Start Rubato Desktop; the connection comes by itself.",
  pairing: "Rubato Desktop asks whether this browser may join it. Say yes there, or run: rubato browser pair",
  connected: "Words on the keys are not heard. Play “piano on” to be understood again.",
  listening: "",
};

/** @param {Wire} wire */
export function connection(wire) {
  element("again").addEventListener("click", () => wire.send({ type: "connect" }));
}

/**
 * Show the state of the connection in words, and what to do about it.
 * @param {{face: keyof typeof WORDS, reason: string, version: string}} state
 */
export function showConnection({ face, reason, version }) {
  element("state").closest("section").dataset.face = face;
  say(element("state"), WORDS[face]);
  const known = face === "off" && reason && !TODO.off.startsWith(reason) ? reason : "";
  say(element("todo"), [known, known.includes("`") || /^Update/.test(known) ? "" : TODO[face]].filter(Boolean).join(" "));
  element("again").hidden = face !== "off";
  say(element("version"), version && `Desktop ${version}`);
}
