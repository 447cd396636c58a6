import { ADDRESS, clamp } from "./clamp.js";
import { CommandError } from "./errors.js";

/** @import { Channel, Tab } from "./types.js" */

const CURRENT = "channel";

/** @type {Set<number>} Closing tabs, which the browser still lists for a moment. */
const closing = new Set();

/**
 * Describe a tab as it is sent to the app.
 * @param {chrome.tabs.Tab} tab
 * @param {number} [number]  Its position in its window, from 1.
 * @returns {Tab}
 */
export function describeTab(tab, number = tab.index + 1) {
  return {
    id: tab.id ?? -1,
    number,
    title: clamp(tab.title),
    url: clamp(tab.url || tab.pendingUrl, ADDRESS),
    active: tab.active,
    audible: tab.audible ?? false,
    muted: tab.mutedInfo?.muted ?? false,
  };
}

/**
 * All normal and pop-up windows in the order they were opened, without closing tabs and without private windows.
 * @returns {Promise<Channel[]>}
 */
export async function listChannels() {
  const windows = await chrome.windows.getAll({ populate: true, windowTypes: ["normal", "popup"] });
  // Window ids increase in the order windows are opened.
  const shown = windows.filter((window) => !window.incognito).sort((a, b) => (a.id ?? 0) - (b.id ?? 0));
  forgetClosed(shown);
  return shown
    .map((window) => ({ window, tabs: (window.tabs ?? []).filter((tab) => !closing.has(tab.id ?? -1)) }))
    .filter(({ tabs }) => tabs.length)
    .map(({ window, tabs }, index) => ({
      id: window.id ?? -1,
      number: index + 1,
      focused: window.focused,
      tabs: tabs.map((tab, position) => describeTab(tab, position + 1)),
    }));
}

/** @param {chrome.windows.Window[]} windows */
function forgetClosed(windows) {
  if (!closing.size) return;
  const open = new Set(windows.flatMap((window) => (window.tabs ?? []).map((tab) => tab.id)));
  for (const id of closing) if (!open.has(id)) closing.delete(id);
}

/** Hide a tab that is closing. @param {number} id */
export function markClosing(id) {
  closing.add(id);
}

/**
 * The error for a number that names no channel or tab.
 * @param {"channel" | "tab"} what
 * @param {number} number
 * @param {number} count  How many there are.
 */
export function notThere(what, number, count) {
  const hint = count === 1 ? "there is only one" : `choose 1 to ${count}`;
  return new CommandError("no_tab", `There is no ${what} ${number}; ${hint}.`);
}

/** @type {number | undefined} The window last focused, or selected by a command. */
let current;

/**
 * The current channel: the window last focused, or selected by a command.
 * @returns {Promise<Channel>}
 * @throws {CommandError} `no_tab`: no window is open.
 */
export async function currentChannel() {
  const [all, id] = await Promise.all([listChannels(), current ?? storedChannel()]);
  // The selected channel counts at once, even before the browser has moved the focus.
  const channel = all.find((each) => each.id === id) ?? all.find(({ focused }) => focused) ?? all[all.length - 1];
  if (!channel) throw new CommandError("no_tab", "No window is open in the browser.");
  return channel;
}

/** Set the current channel; kept while the worker is stopped. @param {number} id */
export async function setCurrentChannel(id) {
  if (current === id) return;
  current = id;
  await chrome.storage.session.set({ [CURRENT]: id });
}

/** @returns {Promise<number | undefined>} */
async function storedChannel() {
  const stored = /** @type {Record<string, number>} */ (await chrome.storage.session.get(CURRENT));
  current ??= stored[CURRENT];
  return current;
}

/**
 * The tab a command is about: the one with the given id, else the active tab of the current channel.
 * @param {number | undefined | null} [id]
 * @returns {Promise<Tab & {window: number}>}
 * @throws {CommandError} `tab_closed` or `no_tab`.
 */
export async function targetTab(id) {
  if (id !== undefined && id !== null) {
    const tab = await chrome.tabs.get(id).catch(() => null);
    if (!tab || closing.has(id)) throw new CommandError("tab_closed", "That tab has been closed.");
    return { ...describeTab(tab), window: tab.windowId };
  }
  const channel = await currentChannel();
  const tab = channel.tabs.find(({ active }) => active);
  if (!tab) throw new CommandError("no_tab", "No tab is open.");
  return { ...tab, window: channel.id };
}
