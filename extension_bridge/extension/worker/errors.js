/** @import { Status } from "./types.js" */

const REFUSED = new Set(["restricted_page", "password", "needs_click", "needs_permission", "pairing", "version", "too_long", "bad_arguments"]);

/** The error of a command: a sentence for people and a code of the protocol. */
export class CommandError extends Error {
  /**
   * @param {string} code  One of the protocol's codes.
   * @param {string} message  A sentence for people.
   */
  constructor(code, message) {
    super(message);
    this.name = "CommandError";
    this.code = code;
  }

  /** How the command ended: refused by a rule, timed out, or failed. @returns {Status} */
  get status() {
    if (this.code === "timeout") return "timeout";
    return REFUSED.has(this.code) ? "refused" : "failed";
  }
}

/**
 * Convert anything thrown to a CommandError. Anything unexpected is a bug: it is logged, and people see no internal text.
 * @param {unknown} thrown
 * @returns {CommandError}
 */
export function asCommandError(thrown) {
  if (thrown instanceof CommandError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  if (/^No tab with id|^Tab.* was closed|^No window with id/.test(text)) {
    return new CommandError("tab_closed", "That tab has been closed.");
  }
  // eslint-disable-next-line no-console -- the log of the extension is the place for bugs
  console.error("Rubato:", thrown);
  return new CommandError("fault", "Something went wrong in Rubato's extension; its log in the browser has the details.");
}
