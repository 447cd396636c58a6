import { VERSION } from "./version.js";

/** @import { Json, Response } from "./types.js" */

/** Pending requests to the app. Each gets exactly one answer, whatever happens. */
export class Requests {
  #next = 1;
  /** @type {Map<number, {answer: (response: Response) => void, timer: ReturnType<typeof setTimeout>, since: number}>} */
  #pending = new Map();

  /** @param {(message: Json) => boolean} post  Sends a message; false when the app is not connected. */
  constructor(post) {
    this.post = post;
  }

  /**
   * Send a request and wait for its answer.
   * @param {string} type
   * @param {string} name
   * @param {Json} args
   * @param {number} [deadlineMs]
   * @returns {Promise<Response>}  Never rejects: timeouts and lost connections are error responses.
   */
  send(type, name, args, deadlineMs = 5000) {
    const id = this.#next++;
    return new Promise((answer) => {
      const timer = setTimeout(() => this.#fail(id, "timeout", "timeout", "Rubato Desktop did not answer in time."), deadlineMs);
      this.#pending.set(id, { answer, timer, since: performance.now() });
      if (!this.post({ v: VERSION, id, type, name, args, deadline_ms: deadlineMs })) {
        this.#fail(id, "refused", "disconnected", "Rubato Desktop is not connected.");
      }
    });
  }

  /**
   * Complete a request with its answer; a late answer is dropped.
   * @param {Response} response
   */
  resolve(response) {
    const request = this.#pending.get(response.id);
    if (!request) return;
    clearTimeout(request.timer);
    this.#pending.delete(response.id);
    request.answer(response);
  }

  /** Fail all pending requests. @param {string} message */
  failAll(message) {
    for (const id of [...this.#pending.keys()]) this.#fail(id, "failed", "disconnected", message);
  }

  /**
   * @param {number} id
   * @param {import("./types.js").Status} status
   * @param {string} code
   * @param {string} message
   */
  #fail(id, status, code, message) {
    const since = this.#pending.get(id)?.since ?? performance.now();
    this.resolve({ v: VERSION, id, status, value: null, error: { code, message }, state: {}, elapsed_ms: performance.now() - since });
  }
}
