import { VERSION } from "./version.js";

/** @import { Json, Response } from "./types.js" */

/** What was asked of the other side and is not answered yet. Every question is answered once, whatever happens. */
export class Requests {
  #next = 1;
  /** @type {Map<number, {answer: (response: Response) => void, timer: ReturnType<typeof setTimeout>, since: number}>} */
  #open = new Map();

  /** @param {(message: Json) => boolean} send  Sends a message; false when there is nobody. */
  constructor(send) {
    this.send = send;
  }

  /**
   * Ask, and wait for the answer.
   * @param {string} type
   * @param {string} name
   * @param {Json} args
   * @param {number} [deadlineMs]
   * @returns {Promise<Response>}  Never rejects: a lost connection is an answer too.
   */
  ask(type, name, args, deadlineMs = 5000) {
    const id = this.#next++;
    return new Promise((answer) => {
      const timer = setTimeout(() => this.#end(id, "timeout", "timeout", "Rubato Desktop did not answer in time."), deadlineMs);
      this.#open.set(id, { answer, timer, since: performance.now() });
      if (!this.send({ v: VERSION, id, type, name, args, deadline_ms: deadlineMs })) {
        this.#end(id, "refused", "disconnected", "Rubato Desktop is not connected.");
      }
    });
  }

  /**
   * An answer came; one that nobody waits for is dropped.
   * @param {Response} response
   */
  answered(response) {
    const waiting = this.#open.get(response.id);
    if (!waiting) return;
    clearTimeout(waiting.timer);
    this.#open.delete(response.id);
    waiting.answer(response);
  }

  /** The connection is gone: everything asked has failed. @param {string} message */
  lost(message) {
    for (const id of [...this.#open.keys()]) this.#end(id, "failed", "disconnected", message);
  }

  /**
   * @param {number} id
   * @param {import("./types.js").Status} status
   * @param {string} code
   * @param {string} message
   */
  #end(id, status, code, message) {
    const since = this.#open.get(id)?.since ?? performance.now();
    this.answered({ v: VERSION, id, status, value: null, error: { code, message }, state: {}, elapsed_ms: performance.now() - since });
  }
}
