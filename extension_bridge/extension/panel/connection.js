import { element, setText } from "./page.js";

/** @import { Wire } from "./wire.js" */

const LABELS = {
  off: "Off",
  pairing: "Waiting for your confirmation",
  connected: "Connected, piano off",
  listening: "Connected, listening",
};

const HINTS = {
  off: "Start Rubato Desktop; this browser then connects by itself.",
  pairing: "Rubato Desktop is asking whether to allow this browser. Confirm there, or run: rubato browser pair",
  connected: "Words on the keys are ignored. Play “piano on” to use them again.",
  listening: "",
};

/** @param {Wire} wire */
export function initConnection(wire) {
  element("again").addEventListener("click", () => wire.send({ type: "connect" }));
}

/**
 * Show the state of the connection, and what to do about it.
 * @param {{connection: keyof typeof LABELS, reason: string, version: string}} state
 */
export function showConnection({ connection, reason, version }) {
  element("state").closest("section").dataset.connection = connection;
  setText(element("state"), LABELS[connection]);
  const explanation = connection === "off" && reason && !HINTS.off.startsWith(reason) ? reason : "";
  setText(element("todo"), [explanation, explanation.includes("`") || /^Update/.test(explanation) ? "" : HINTS[connection]].filter(Boolean).join(" "));
  element("again").hidden = connection !== "off";
  setText(element("version"), version && `Desktop ${version}`);
}
