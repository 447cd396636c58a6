// Splits long work into slices that yield to the page's event loop every few milliseconds.
"use strict";
(() => {
  // Length of a slice, ms. The work between two checks of the clock must fit into the rest of 50 ms (a long task).
  const SLICE_MS = 10;
  const now = performance.now.bind(performance);

  /** @returns {Promise<void>} Resolves in a new task, without the minimum delay of timers. */
  function nextTask() {
    if (globalThis.scheduler?.yield) return globalThis.scheduler.yield();
    return new Promise((resolve) => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        channel.port1.close();
        resolve();
      };
      channel.port2.postMessage(null);
    });
  }

  rubato.now = now;
  rubato.Slices = class {
    /** @param {number} [limitMs]  Time limit of the whole work, ms; then `spent` becomes true. */
    constructor(limitMs = Infinity) {
      this.end = now() + limitMs;
      this.until = now() + SLICE_MS;
      this.pieces = 1;
    }

    /** Whether it is time to call `rest`. */
    get due() {
      return now() >= this.until;
    }

    /** Whether the time limit of the whole work has passed. */
    get spent() {
      return now() >= this.end;
    }

    /** Yields to the event loop. */
    async rest() {
      await nextTask();
      this.pieces++;
      this.until = now() + SLICE_MS;
    }
  };
})();
