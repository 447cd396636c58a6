// Long work in short pieces, so that the page stays at hand: after a few milliseconds the thread is given back.
"use strict";
(() => {
  // Milliseconds at a stretch. A piece of work between two looks at the clock must fit into what is left of 50 ms.
  const STRETCH = 10;
  const now = performance.now.bind(performance);

  /** @returns {Promise<void>} settles in a new task, without the delay that timers have */
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
    /** @param {number} [longest] milliseconds of the whole work, after which `spent` is true */
    constructor(longest = Infinity) {
      this.end = now() + longest;
      this.until = now() + STRETCH;
      this.pieces = 1;
    }

    /** Whether it is time to `rest`. */
    get due() {
      return now() >= this.until;
    }

    /** Whether the whole work has taken as long as it may. */
    get spent() {
      return now() >= this.end;
    }

    async rest() {
      await nextTask();
      this.pieces++;
      this.until = now() + STRETCH;
    }
  };
})();
