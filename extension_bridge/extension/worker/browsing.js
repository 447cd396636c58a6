import { Trouble } from "./errors.js";
import { channels, close, currentChannel, remember, targetTab, tell } from "./windows.js";

/** @import { Channel, Command, Run, Tab } from "./types.js" */

/** Windows and tabs. @type {Record<string, Command>} */
export const browsing = {
  async channels() {
    const [all, current] = await Promise.all([channels(), currentChannel().catch(() => null)]);
    return all.map((channel) => describe(channel, channel.id === current?.id));
  },

  async channel({ number }) {
    const all = await channels();
    const found = all.find((channel) => channel.number === number);
    if (!found) throw new Trouble("no_tab", `There is no channel ${number}; the last one is ${all.length}.`);
    await remember(found.id);
    await chrome.windows.update(found.id, { focused: true });
    return describe(found, true);
  },

  async tabs() {
    return (await currentChannel()).tabs;
  },

  async tab({ number }, run) {
    const { tabs } = await currentChannel();
    return activate(numbered(tabs, number), run);
  },

  next_tab: (_args, run) => step(1, run),
  previous_tab: (_args, run) => step(-1, run),

  async new_tab({ url }, run) {
    const channel = await currentChannel().catch(() => null);
    const made = channel
      ? await chrome.tabs.create({ windowId: channel.id, ...(url && { url: address(url) }) })
      : (await chrome.windows.create({ focused: true, ...(url && { url: address(url) }) }))?.tabs?.[0];
    if (!made?.id) throw new Trouble("no_tab", "The browser made no tab.");
    run.at(made.id);
    return tell(made);
  },

  async close_tab({ number }, run) {
    const { tabs } = await currentChannel();
    const closed = number ? numbered(tabs, number) : tabs.find(({ active }) => active);
    if (!closed) throw new Trouble("no_tab", "No tab is open.");
    close(closed.id);
    await chrome.tabs.remove(closed.id);
    const now = await targetTab().catch(() => null);
    if (now) run.at(now.id);
    return { closed, now };
  },

  async reopen_tab(_args, run) {
    const restored = await chrome.sessions.restore().catch(() => null);
    const tab = restored?.tab ?? restored?.window?.tabs?.find(({ active }) => active);
    if (!tab) throw new Trouble("not_found", "There is no closed tab to open again.");
    const id = tab.id ?? -1;
    run.at(id);
    return tell(await chrome.tabs.get(id).catch(() => tab));
  },

  async mute({ on }, run) {
    const { id } = await targetTab();
    run.at(id);
    const muted = await chrome.tabs.update(id, { muted: on });
    if (!muted) throw new Trouble("tab_closed", "The tab has been closed.");
    return tell(muted);
  },

  async picture({ tab }, run) {
    const { id, window } = await targetTab(tab);
    run.at(id);
    const data = await chrome.tabs.captureVisibleTab(window, { format: "png" });
    return { png: data.slice(data.indexOf(",") + 1) };
  },

  async go({ tab, url }, run) {
    const wanted = address(url);
    const named = tab === undefined || tab === null ? null : await chrome.tabs.get(tab).catch(() => null);
    if (named?.url && sameOrigin(named.url, wanted)) return show(named, run);
    const open = (await channels()).flatMap((channel) => channel.tabs).find((other) => other.url === wanted);
    if (open) return show(await chrome.tabs.get(open.id), run);
    return browsing.new_tab?.({ url: wanted }, run);
  },
};

/**
 * An address people or the app named, whole.
 * @param {string} text
 * @returns {string}
 * @throws {Trouble} `bad_arguments`
 */
export function address(text) {
  // A browser takes a number for the address of a machine: 1 would be 0.0.0.1.
  if (/^[\d.]+$/.test(text) && !/^\d+(\.\d+){3}$/.test(text)) throw new Trouble("bad_arguments", `"${text.slice(0, 100)}" is no address.`);
  const whole = URL.canParse(text) ? text : `https://${text}`;
  if (!URL.canParse(whole)) throw new Trouble("bad_arguments", `"${text.slice(0, 100)}" is no address.`);
  const { protocol, href } = new URL(whole);
  if (protocol === "javascript:") throw new Trouble("bad_arguments", "An address that runs a script is not opened.");
  return href;
}

/**
 * @param {Channel} channel
 * @param {boolean} focused
 */
function describe({ number, tabs }, focused) {
  return { number, title: tabs.find(({ active }) => active)?.title ?? "", tabs: tabs.length, focused };
}

/**
 * @param {Tab[]} tabs
 * @param {number} number
 */
function numbered(tabs, number) {
  const found = tabs.find((tab) => tab.number === number);
  if (!found) throw new Trouble("no_tab", `There is no tab ${number}; the last one is ${tabs.length}.`);
  return found;
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
  if (!next) throw new Trouble("no_tab", "No tab is open.");
  return activate(next, run);
}

/**
 * @param {chrome.tabs.Tab} tab
 * @param {Run} run
 */
async function show(tab, run) {
  await remember(tab.windowId);
  await chrome.windows.update(tab.windowId, { focused: true });
  return activate(tell(tab), run);
}

/**
 * @param {string} one
 * @param {string} other
 */
function sameOrigin(one, other) {
  const [a, b] = [new URL(one), new URL(other)];
  return a.origin === "null" ? one === other : a.origin === b.origin;
}
