import { CommandError } from "./errors.js";

/** @import { Json } from "./types.js" */

export const LARGEST = 8 * 1024 * 1024;
const MAX_OPEN = 4;

/** Joins the parts of messages that are too long for Chrome to pass on at once. Limited in length and number. */
export class MessageParts {
  /** @type {Map<number, {of: number, next: number, length: number, pieces: string[]}>} */
  #open = new Map();

  /**
   * Add one part.
   * @param {Json} part  `{id, n, of, data}`; the parts of a message arrive in order.
   * @returns {Json | null}  The whole message after its last part, else null.
   * @throws {CommandError} The part is out of order, the message is too long, or it is not a JSON object.
   */
  add(part) {
    const { id, n, of, data } = part;
    const message = this.#open.get(id) ?? { of, next: 0, length: 0, pieces: /** @type {string[]} */ ([]) };
    if (of !== message.of || n !== message.next) {
      this.#open.delete(id);
      throw new CommandError("bad_arguments", `Part ${n} of ${of} of message ${id} arrived out of order.`);
    }
    message.length += data.length;
    if (message.length > LARGEST) {
      this.#open.delete(id);
      throw new CommandError("too_long", "The message is longer than 8 MiB.");
    }
    message.pieces.push(data);
    message.next += 1;
    if (message.next < of) {
      this.#open.set(id, message);
      this.#dropOldest();
      return null;
    }
    this.#open.delete(id);
    return parse(message.pieces.join(""));
  }

  /** Discard unfinished messages. */
  clear() {
    this.#open.clear();
  }

  #dropOldest() {
    while (this.#open.size > MAX_OPEN) {
      const [oldest] = this.#open.keys();
      if (oldest !== undefined) this.#open.delete(oldest);
    }
  }
}

/**
 * @param {string} text
 * @returns {Json}
 */
function parse(text) {
  let message;
  try {
    message = JSON.parse(text);
  } catch {
    throw new CommandError("bad_arguments", "The joined parts are not valid JSON.");
  }
  if (message === null || typeof message !== "object" || Array.isArray(message) || message.type === "part") {
    throw new CommandError("bad_arguments", "The joined parts are not a message.");
  }
  return message;
}
