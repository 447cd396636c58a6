import { ADDRESS, clamp } from "./clamp.js";
import { CommandError } from "./errors.js";
import { targetTab } from "./windows.js";

/** @import { Command } from "./types.js" */

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_RESULTS = 1000;

/** History and bookmarks. @type {Record<string, Command>} */
export const memory = {
  async history({ text, days, limit }) {
    const items = await chrome.history.search({
      text: text ?? "",
      startTime: days ? Date.now() - days * DAY_MS : 0,
      maxResults: Math.min(limit ?? 100, MAX_RESULTS),
    });
    return items.map(({ title, url, lastVisitTime, visitCount }) => ({
      title: clamp(title),
      url: clamp(url, ADDRESS),
      time: iso(lastVisitTime),
      visits: visitCount ?? 0,
    }));
  },

  async visits({ url }) {
    const all = await chrome.history.getVisits({ url });
    return all
      .slice(-MAX_RESULTS)
      .reverse()
      .map(({ visitTime, transition }) => ({ time: iso(visitTime), transition }));
  },

  async bookmark({ title, tab }, run) {
    const { id, title: pageTitle, url } = await targetTab(tab);
    run.at(id);
    return describeBookmark(await chrome.bookmarks.create({ title: title ?? pageTitle, url }));
  },

  async unbookmark({ id }) {
    await chrome.bookmarks.remove(id).catch(() => {
      throw new CommandError("not_found", "There is no such bookmark.");
    });
    return {};
  },

  async bookmarks({ text, limit }) {
    const count = Math.min(limit ?? 100, MAX_RESULTS);
    const nodes = text ? await chrome.bookmarks.search(text) : await chrome.bookmarks.getRecent(count);
    return nodes
      .filter(({ url }) => url)
      .slice(0, count)
      .map(describeBookmark);
  },
};

/** @param {number | undefined} ms */
function iso(ms) {
  return new Date(ms ?? 0).toISOString();
}

/** @param {chrome.bookmarks.BookmarkTreeNode} node */
function describeBookmark({ id, title, url }) {
  return { id, title: clamp(title), url: clamp(url, ADDRESS) };
}
