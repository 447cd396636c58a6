/** What `within` gives for what did not come in time. */
export const LATE = Symbol("late");

/**
 * What comes of a promise, or `LATE`.
 * @template Value
 * @param {Promise<Value>} promise
 * @param {number} ms
 * @param {Promise<unknown>} [least]  Waited for as well before anything is late.
 * @returns {Promise<Value | typeof LATE>}
 */
export async function within(promise, ms, least = Promise.resolve()) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {Promise<typeof LATE>} */
  const late = new Promise((resolve) => {
    timer = setTimeout(() => {
      const end = () => resolve(LATE);
      least.then(end, end);
    }, ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
