import { Trouble } from "./errors.js";

/**
 * Runs commands one after another in the order they came, each within its deadline; some may overtake.
 *
 * The deadline counts from the moment the command came in. When it passes, the caller is told so once, the command's
 * signal is aborted so that it takes no further step, and the next one begins: whatever the late one still brings is dropped.
 */
export class Queue {
  /** @type {Promise<void>} */
  #last = Promise.resolve();

  /**
   * @template Value
   * @param {(signal: AbortSignal) => Promise<Value>} work
   * @param {{deadlineMs: number, overtakes?: boolean}} rule
   * @returns {Promise<Value>}
   * @throws {Trouble} `timeout`, or whatever `work` throws.
   */
  run(work, { deadlineMs, overtakes = false }) {
    const ending = new AbortController();
    /** @type {Promise<never>} */
    const late = new Promise((_, reject) => {
      const timer = setTimeout(() => {
        const trouble = new Trouble("timeout", `It was not done within ${seconds(deadlineMs)}.`);
        ending.abort(trouble);
        reject(trouble);
      }, deadlineMs);
      ending.signal.addEventListener("abort", () => clearTimeout(timer));
    });
    late.catch(() => {});
    const before = overtakes ? Promise.resolve() : this.#last;
    const result = Promise.race([before.then(() => begin(work, ending.signal)), late]).finally(() => ending.abort());
    if (!overtakes) {
      this.#last = result.then(
        () => {},
        () => {},
      );
    }
    return result;
  }
}

/**
 * @template Value
 * @param {(signal: AbortSignal) => Promise<Value>} work
 * @param {AbortSignal} signal
 * @returns {Promise<Value>}
 */
async function begin(work, signal) {
  signal.throwIfAborted();
  return work(signal);
}

/** @param {number} ms */
function seconds(ms) {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 100) / 10} s`;
}
