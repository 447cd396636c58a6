/** The result of `withTimeout` for a promise that did not settle in time. */
export const TIMED_OUT = Symbol("timed out");

/**
 * The value of a promise, or `TIMED_OUT` after `ms`.
 * @template Value
 * @param {Promise<Value>} promise
 * @param {number} ms
 * @param {Promise<unknown>} [least]  A promise that must settle too before the timeout counts.
 * @returns {Promise<Value | typeof TIMED_OUT>}
 */
export async function withTimeout(promise, ms, least = Promise.resolve()) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {Promise<typeof TIMED_OUT>} */
  const timeout = new Promise((resolve) => {
    timer = setTimeout(() => {
      const end = () => resolve(TIMED_OUT);
      least.then(end, end);
    }, ms);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
