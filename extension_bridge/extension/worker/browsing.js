import { CommandError } from "./errors.js";
import { currentChannel, describeTab, listChannels, markClosing, notThere, setCurrentChannel, targetTab } from "./windows.js";

/** @import { Channel, Command, Run, Tab } from "./types.js" */

/** Windows and tabs. @type {Record<string, Command>} */
export const browsing = {
  async channels() {
    const [all, current] = await Promise.all([listChannels(), currentChannel().catch(() => null)]);
    return all.map((channel) => describeChannel(channel, channel.id === current?.id));
  },

  async channel({ number }) {
    const all = await listChannels();
    const channel = all.find((each) => each.number === number);
    if (!channel) throw notThere("channel", number, all.length);
    await setCurrentChannel(channel.id);
    await chrome.windows.update(channel.id, { focused: true });
    return describeChannel(channel, true);
  },

  async tabs() {
    return (await currentChannel()).tabs;
  },

  async tab({ number }, run) {
    const { tabs } = await currentChannel();
    return activate(findTab(tabs, number), run);
  },

  next_tab: (_args, run) => step(1, run),
  previous_tab: (_args, run) => step(-1, run),

  async new_tab({ url }, run) {
    const channel = await currentChannel().catch(() => null);
    const made = channel
      ? await chrome.tabs.create({ windowId: channel.id, ...(url && { url: parseAddress(url) }) })
      : (await chrome.windows.create({ focused: true, ...(url && { url: parseAddress(url) }) }))?.tabs?.[0];
    if (!made?.id) throw new CommandError("no_tab", "The browser could not open a tab.");
    run.at(made.id);
    return describeTab(made);
  },

  async close_tab({ number }, run) {
    const { tabs } = await currentChannel();
    const closed = number ? findTab(tabs, number) : tabs.find(({ active }) => active);
    if (!closed) throw new CommandError("no_tab", "No tab is open.");
    markClosing(closed.id);
    await chrome.tabs.remove(closed.id);
    const now = await targetTab().catch(() => null);
    if (now) run.at(now.id);
    return { closed, now };
  },

  async reopen_tab(_args, run) {
    const restored = await chrome.sessions.restore().catch(() => null);
    const tab = restored?.tab ?? restored?.window?.tabs?.find(({ active }) => active);
    if (!tab) throw new CommandError("not_found", "There is no closed tab to reopen.");
    const id = tab.id ?? -1;
    run.at(id);
    return describeTab(await chrome.tabs.get(id).catch(() => tab));
  },

  async mute({ on }, run) {
    const { id } = await targetTab();
    run.at(id);
    const muted = await chrome.tabs.update(id, { muted: on });
    if (!muted) throw new CommandError("tab_closed", "That tab has been closed.");
    return describeTab(muted);
  },

  async picture({ tab }, run) {
    const { id, window } = await targetTab(tab);
    run.at(id);
    const data = await chrome.tabs.captureVisibleTab(window, { format: "png" });
    return { png: data.slice(data.indexOf(",") + 1) };
  },

  async go({ tab, url }, run) {
    const address = parseAddress(url);
    const named = tab === undefined || tab === null ? null : await chrome.tabs.get(tab).catch(() => null);
    if (named?.url && sameOrigin(named.url, address)) return showTab(named, run);
    const open = (await listChannels()).flatMap((channel) => channel.tabs).find((other) => other.url === address);
    if (open) return showTab(await chrome.tabs.get(open.id), run);
    return browsing.new_tab?.({ url: address }, run);
  },
};

/**
 * Complete and check an address given by the user or the app.
 * @param {string} text
 * @returns {string}
 * @throws {CommandError} `bad_arguments`
 */
export function parseAddress(text) {
  // Browsers read a bare number as an IP address: 1 would be 0.0.0.1.
  if (/^[\d.]+$/.test(text) && !/^\d+(\.\d+){3}$/.test(text)) throw new CommandError("bad_arguments", `"${text.slice(0, 100)}" is not an address.`);
  const whole = URL.canParse(text) ? text : `https://${text}`;
  if (!URL.canParse(whole)) throw new CommandError("bad_arguments", `"${text.slice(0, 100)}" is not an address.`);
  const { protocol, href } = new URL(whole);
  if (protocol === "javascript:") throw new CommandError("bad_arguments", "Addresses that run a script are not opened.");
  return href;
}

/**
 * @param {Channel} channel
 * @param {boolean} focused
 */
function describeChannel({ number, tabs }, focused) {
  return { number, title: tabs.find(({ active }) => active)?.title ?? "", tabs: tabs.length, focused };
}

/**
 * @param {Tab[]} tabs
 * @param {number} number
 */
function findTab(tabs, number) {
  const tab = tabs.find((each) => each.number === number);
  if (!tab) throw notThere("tab", number, tabs.length);
  return tab;
}

/**
 * @param {Tab} tab
 * @param {Run} run
 */
async function activate(tab, run) {
  run.at(tab.id);
  await chrome.tabs.update(tab.id, { active: true });
  return { ...tab, active: true };
}

/**
 * @param {number} by
 * @param {Run} run
 */
async function step(by, run) {
  const { tabs } = await currentChannel();
  const at = tabs.findIndex(({ active }) => active);
  const next = tabs[(at + by + tabs.length) % tabs.length];
  if (!next) throw new CommandError("no_tab", "No tab is open.");
  return activate(next, run);
}

/**
 * @param {chrome.tabs.Tab} tab
 * @param {Run} run
 */
async function showTab(tab, run) {
  await setCurrentChannel(tab.windowId);
  await chrome.windows.update(tab.windowId, { focused: true });
  return activate(describeTab(tab), run);
}

/**
 * @param {string} one
 * @param {string} other
 */
function sameOrigin(one, other) {
  const [a, b] = [new URL(one), new URL(other)];
  return a.origin === "null" ? one === other : a.origin === b.origin;
}
