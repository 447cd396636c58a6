import { ADDRESS, clamp } from "./clamp.js";
import { Trouble } from "./errors.js";
import { targetTab } from "./windows.js";

/** @import { Command } from "./types.js" */

const DAY_MS = 24 * 60 * 60 * 1000;
const MOST = 1000;

/** History and bookmarks. @type {Record<string, Command>} */
export const memory = {
  async history({ text, days, limit }) {
    const found = await chrome.history.search({
      text: text ?? "",
      startTime: days ? Date.now() - days * DAY_MS : 0,
      maxResults: Math.min(limit ?? 100, MOST),
    });
    return found.map(({ title, url, lastVisitTime, visitCount }) => ({
      title: clamp(title),
      url: clamp(url, ADDRESS),
      time: iso(lastVisitTime),
      visits: visitCount ?? 0,
    }));
  },

  async visits({ url }) {
    const found = await chrome.history.getVisits({ url });
    return found
      .slice(-MOST)
      .reverse()
      .map(({ visitTime, transition }) => ({ time: iso(visitTime), transition }));
  },

  async bookmark({ title, tab }, run) {
    const { id, title: its, url } = await targetTab(tab);
    run.at(id);
    return told(await chrome.bookmarks.create({ title: title ?? its, url }));
  },

  async unbookmark({ id }) {
    await chrome.bookmarks.remove(id).catch(() => {
      throw new Trouble("not_found", "There is no such bookmark.");
    });
    return {};
  },

  async bookmarks({ text, limit }) {
    const most = Math.min(limit ?? 100, MOST);
    const found = text ? await chrome.bookmarks.search(text) : await chrome.bookmarks.getRecent(most);
    return found
      .filter(({ url }) => url)
      .slice(0, most)
      .map(told);
  },
};

/** @param {number | undefined} ms */
function iso(ms) {
  return new Date(ms ?? 0).toISOString();
}

/** @param {chrome.bookmarks.BookmarkTreeNode} node */
function told({ id, title, url }) {
  return { id, title: clamp(title), url: clamp(url, ADDRESS) };
}
