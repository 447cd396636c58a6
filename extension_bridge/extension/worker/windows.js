import { ADDRESS, clamp } from "./clamp.js";
import { Trouble } from "./errors.js";

/** @import { Channel, Tab } from "./types.js" */

const CURRENT = "channel";

/** @type {Set<number>} Tabs that are closing: the browser still lists them for a moment, we do not. */
const closing = new Set();

/**
 * A tab as it is told.
 * @param {chrome.tabs.Tab} tab
 * @param {number} [number]  Its place in its window, from 1.
 * @returns {Tab}
 */
export function tell(tab, number = tab.index + 1) {
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
 * All windows a person opened, in the order they were opened, each with its tabs that are not closing. Never private ones.
 * @returns {Promise<Channel[]>}
 */
export async function channels() {
  const windows = await chrome.windows.getAll({ populate: true, windowTypes: ["normal", "popup"] });
  // The browser numbers windows as it opens them.
  const shown = windows.filter((window) => !window.incognito).sort((a, b) => (a.id ?? 0) - (b.id ?? 0));
  forget(shown);
  return shown
    .map((window) => ({ window, tabs: (window.tabs ?? []).filter((tab) => !closing.has(tab.id ?? -1)) }))
    .filter(({ tabs }) => tabs.length)
    .map(({ window, tabs }, index) => ({
      id: window.id ?? -1,
      number: index + 1,
      focused: window.focused,
      tabs: tabs.map((tab, place) => tell(tab, place + 1)),
    }));
}

/** @param {chrome.windows.Window[]} windows */
function forget(windows) {
  if (!closing.size) return;
  const there = new Set(windows.flatMap((window) => (window.tabs ?? []).map((tab) => tab.id)));
  for (const id of closing) if (!there.has(id)) closing.delete(id);
}

/** A tab is closing: from now on it is not told. @param {number} id */
export function close(id) {
  closing.add(id);
}

/** @type {number | undefined} The window that was focused, or chosen by a command, last. */
let current;

/**
 * The current channel: the one whose window was focused, or chosen by a command, last.
 * @returns {Promise<Channel>}
 * @throws {Trouble} `no_tab`: there is no window.
 */
export async function currentChannel() {
  const [all, id] = await Promise.all([channels(), current ?? recall()]);
  // What was chosen counts from that moment on; the screen follows when it can.
  const found = all.find((channel) => channel.id === id) ?? all.find(({ focused }) => focused) ?? all[all.length - 1];
  if (!found) throw new Trouble("no_tab", "No window is open in the browser.");
  return found;
}

/** Remember which channel is current, also over a sleep of the worker. @param {number} id */
export async function remember(id) {
  if (current === id) return;
  current = id;
  await chrome.storage.session.set({ [CURRENT]: id });
}

/** @returns {Promise<number | undefined>} */
async function recall() {
  const kept = /** @type {Record<string, number>} */ (await chrome.storage.session.get(CURRENT));
  current ??= kept[CURRENT];
  return current;
}

/**
 * The tab a command is about: the one with that id, else the active one of the current channel.
 * @param {number | undefined | null} [id]
 * @returns {Promise<Tab & {window: number}>}
 * @throws {Trouble} `tab_closed` or `no_tab`.
 */
export async function targetTab(id) {
  if (id !== undefined && id !== null) {
    const tab = await chrome.tabs.get(id).catch(() => null);
    if (!tab || closing.has(id)) throw new Trouble("tab_closed", "That tab has been closed.");
    return { ...tell(tab), window: tab.windowId };
  }
  const channel = await currentChannel();
  const tab = channel.tabs.find(({ active }) => active);
  if (!tab) throw new Trouble("no_tab", "No tab is open.");
  return { ...tab, window: channel.id };
}
