import { Trouble } from "./errors.js";

/** @import { Json } from "./types.js" */

export const LARGEST = 8 * 1024 * 1024;
const MOST_AT_ONCE = 4;

/** Puts together the parts of messages too long for one frame. Bounded in length and in number. */
export class Parts {
  /** @type {Map<number, {of: number, next: number, length: number, pieces: string[]}>} */
  #open = new Map();

  /**
   * Take one part.
   * @param {Json} part  `{id, n, of, data}`; the parts of a message come in order.
   * @returns {Json | null}  The whole message after its last part.
   * @throws {Trouble} It does not fit to the others, is too long, or the whole is no JSON object.
   */
  add(part) {
    const { id, n, of, data } = part;
    const begun = this.#open.get(id) ?? { of, next: 0, length: 0, pieces: /** @type {string[]} */ ([]) };
    if (of !== begun.of || n !== begun.next) {
      this.#open.delete(id);
      throw new Trouble("bad_arguments", `Part ${n} of ${of} of message ${id} came out of turn.`);
    }
    begun.length += data.length;
    if (begun.length > LARGEST) {
      this.#open.delete(id);
      throw new Trouble("too_long", "The message is longer than 8 MiB.");
    }
    begun.pieces.push(data);
    begun.next += 1;
    if (begun.next < of) {
      this.#open.set(id, begun);
      this.#forgetOldest();
      return null;
    }
    this.#open.delete(id);
    return whole(begun.pieces.join(""));
  }

  /** Forget what is unfinished: the connection it came by is gone. */
  clear() {
    this.#open.clear();
  }

  #forgetOldest() {
    while (this.#open.size > MOST_AT_ONCE) {
      const [oldest] = this.#open.keys();
      if (oldest !== undefined) this.#open.delete(oldest);
    }
  }
}

/**
 * @param {string} text
 * @returns {Json}
 */
function whole(text) {
  let message;
  try {
    message = JSON.parse(text);
  } catch {
    throw new Trouble("bad_arguments", "The parts do not make a JSON text.");
  }
  if (message === null || typeof message !== "object" || Array.isArray(message) || message.type === "part") {
    throw new Trouble("bad_arguments", "The parts do not make a message.");
  }
  return message;
}
