/** @import { Link } from "./link.js" */

const FACES = {
  off: { icon: "off", text: "", colour: "#6a6f7d", title: "Rubato: off" },
  pairing: { icon: "off", text: "?", colour: "#8f5200", title: "Rubato: waiting for your yes in Rubato Desktop" },
  connected: { icon: "connected", text: "", colour: "#0b7a55", title: "Rubato: connected, piano off" },
  listening: { icon: "on", text: "♪", colour: "#0b7a55", title: "Rubato: connected, listening to the keys" },
};

let shown = "";

/**
 * Which face shows the state: `off`, `pairing`, `connected` or `listening`.
 * @param {Link["state"]} state
 * @returns {keyof typeof FACES}
 */
export function faceOf({ app, listening }) {
  if (app !== "joined") return app;
  return listening ? "listening" : "connected";
}

/**
 * Let the icon in the toolbar tell the truth: its picture, badge and title.
 * @param {Link["state"]} state
 */
export function show(state) {
  const face = FACES[faceOf(state)];
  const title = state.app !== "joined" && state.reason ? `${face.title}. ${state.reason}` : face.title;
  if (shown === face.icon + face.text + title) return;
  shown = face.icon + face.text + title;
  void chrome.action.setBadgeText({ text: face.text });
  void chrome.action.setBadgeBackgroundColor({ color: face.colour });
  void chrome.action.setTitle({ title });
  void chrome.action.setIcon({ path: { 16: `/icons/${face.icon}-16.png`, 32: `/icons/${face.icon}-32.png` } });
}
