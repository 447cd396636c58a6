import { acting } from "./acting.js";
import { browsing } from "./browsing.js";
import { finding } from "./finding.js";
import { memory } from "./memory.js";
import { moving } from "./moving.js";
import { navigation } from "./navigation.js";
import { Place } from "./place.js";
import { playing } from "./playing.js";
import { reading } from "./reading.js";

/** @import { Command } from "./types.js" */
/** @import { Commits } from "./commits.js" */
/** @import { Pages } from "./pages.js" */

/**
 * Every command the app may ask for: a name and a function. A test compares the names with the protocol's.
 * @param {Commits} commits
 * @param {Pages} pages
 * @returns {Record<string, Command>}
 */
export function table(commits, pages) {
  const place = new Place(pages);
  return {
    ping: async () => ({}),
    // What is being read is heard in the app, and stops there; what plays on a page is `media_do`'s.
    stop: async () => ({}),
    ...browsing,
    ...navigation(commits),
    ...memory,
    ...moving(pages, place),
    ...reading(pages, place),
    ...finding(pages, place),
    ...acting(pages, place, commits),
    ...playing(pages),
  };
}
