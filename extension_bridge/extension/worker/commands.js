import { acting } from "./acting.js";
import { browsing } from "./browsing.js";
import { finding } from "./finding.js";
import { memory } from "./memory.js";
import { moving } from "./moving.js";
import { navigation } from "./navigation.js";
import { Cursor } from "./cursor.js";
import { playing } from "./playing.js";
import { reading } from "./reading.js";

/** @import { Command } from "./types.js" */
/** @import { Commits } from "./commits.js" */
/** @import { Pages } from "./pages.js" */

/**
 * All commands the app can send, by name. A test compares the names with the protocol's.
 * @param {Commits} commits
 * @param {Pages} pages
 * @returns {Record<string, Command>}
 */
export function commandTable(commits, pages) {
  const cursor = new Cursor(pages);
  return {
    ping: async () => ({}),
    // The app reads aloud, so it stops the reading itself; media on a page is stopped by `media_do`.
    stop: async () => ({}),
    ...browsing,
    ...navigation(commits),
    ...memory,
    ...moving(pages, cursor),
    ...reading(pages, cursor),
    ...finding(pages, cursor),
    ...acting(pages, cursor, commits),
    ...playing(pages),
  };
}
