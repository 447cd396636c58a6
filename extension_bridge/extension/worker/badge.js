/** @import { Link } from "./link.js" */

const BADGES = {
  off: { icon: "off", text: "", colour: "#6a6f7d", title: "Rubato: off" },
  pairing: { icon: "off", text: "?", colour: "#8f5200", title: "Rubato: waiting for your confirmation in Rubato Desktop" },
  connected: { icon: "connected", text: "", colour: "#0b7a55", title: "Rubato: connected, piano off" },
  listening: { icon: "on", text: "♪", colour: "#0b7a55", title: "Rubato: connected, listening to the keys" },
};

let shown = "";

/**
 * The badge for a state of the link: `off`, `pairing`, `connected` or `listening`.
 * @param {Link["state"]} state
 * @returns {keyof typeof BADGES}
 */
export function badgeState({ app, listening }) {
  if (app !== "joined") return app;
  return listening ? "listening" : "connected";
}

/**
 * Show the state of the link on the toolbar icon: its picture, badge and title.
 * @param {Link["state"]} state
 */
export function showBadge(state) {
  const badge = BADGES[badgeState(state)];
  const title = state.app !== "joined" && state.reason ? `${badge.title}. ${state.reason}` : badge.title;
  if (shown === badge.icon + badge.text + title) return;
  shown = badge.icon + badge.text + title;
  void chrome.action.setBadgeText({ text: badge.text });
  void chrome.action.setBadgeBackgroundColor({ color: badge.colour });
  void chrome.action.setTitle({ title });
  void chrome.action.setIcon({ path: { 16: `/icons/${badge.icon}-16.png`, 32: `/icons/${badge.icon}-32.png` } });
}
