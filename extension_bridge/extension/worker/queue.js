import { CommandError } from "./errors.js";

/**
 * Runs commands one after another in order of arrival, each with a deadline; some may overtake.
 *
 * The deadline counts from the arrival of the command. When it passes, the command fails with a timeout, its signal is
 * aborted so that it does nothing more, and the next command starts; a late result is dropped.
 */
export class Queue {
  /** @type {Promise<void>} */
  #last = Promise.resolve();

  /**
   * @template Value
   * @param {(signal: AbortSignal) => Promise<Value>} work
   * @param {{deadlineMs: number, overtakes?: boolean}} rule
   * @returns {Promise<Value>}
   * @throws {CommandError} `timeout`, or whatever `work` throws.
   */
  run(work, { deadlineMs, overtakes = false }) {
    const controller = new AbortController();
    /** @type {Promise<never>} */
    const timeout = new Promise((_, reject) => {
      const timer = setTimeout(() => {
        const error = new CommandError("timeout", `The command was not done within ${duration(deadlineMs)}.`);
        controller.abort(error);
        reject(error);
      }, deadlineMs);
      controller.signal.addEventListener("abort", () => clearTimeout(timer));
    });
    timeout.catch(() => {});
    const previous = overtakes ? Promise.resolve() : this.#last;
    const result = Promise.race([previous.then(() => start(work, controller.signal)), timeout]).finally(() => controller.abort());
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
async function start(work, signal) {
  signal.throwIfAborted();
  return work(signal);
}

/** @param {number} ms */
function duration(ms) {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 100) / 10} s`;
}
