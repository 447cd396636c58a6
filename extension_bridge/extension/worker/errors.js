/** @import { Status } from "./types.js" */

const REFUSED = new Set(["restricted_page", "password", "needs_click", "needs_permission", "pairing", "version", "too_long", "bad_arguments"]);

/** An error that people and the app are told: what happened, in words, under a code of the protocol. */
export class Trouble extends Error {
  /**
   * @param {string} code  One of the protocol's codes.
   * @param {string} message  A sentence for people.
   */
  constructor(code, message) {
    super(message);
    this.name = "Trouble";
    this.code = code;
  }

  /** A rule said no, or it was tried and failed. @returns {Status} */
  get status() {
    if (this.code === "timeout") return "timeout";
    return REFUSED.has(this.code) ? "refused" : "failed";
  }
}

/**
 * Return any thrown thing as a Trouble; what is not one is a fault of ours and keeps its own words.
 * @param {unknown} thrown
 * @returns {Trouble}
 */
export function asTrouble(thrown) {
  if (thrown instanceof Trouble) return thrown;
  const words = thrown instanceof Error ? thrown.message : String(thrown);
  if (/^No tab with id|^Tab.* was closed|^No window with id/.test(words)) {
    return new Trouble("tab_closed", "That tab has been closed.");
  }
  return new Trouble("fault", words);
}
