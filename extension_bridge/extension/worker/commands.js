import { browsing } from "./browsing.js";
import { memory } from "./memory.js";
import { navigation } from "./navigation.js";

/** @import { Command } from "./types.js" */
/** @import { Commits } from "./commits.js" */

/**
 * Every command the app may ask for: a name and a function. A test compares the names with the protocol's.
 * @param {Commits} commits
 * @returns {Record<string, Command>}
 */
export function table(commits) {
  return {
    ping: async () => ({}),
    ...browsing,
    ...navigation(commits),
    ...memory,
  };
}
