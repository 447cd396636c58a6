// The object shared by the content scripts. It is in the extension's isolated world, which the page's scripts can neither see
// nor change. When the scripts are injected again (the extension was updated), the previous instance is ended first.
"use strict";
/** @type {{rubato?: Rubato}} */ (globalThis).rubato?.end();
globalThis.rubato = /** @type {Rubato} */ ({
  /** @type {Array<() => void>} */
  cleanups: [],

  /** Adds an event listener that is removed by `end`. */
  listen(target, type, listener, options) {
    EventTarget.prototype.addEventListener.call(target, type, listener, options);
    this.cleanups.push(() => EventTarget.prototype.removeEventListener.call(target, type, listener, options));
  },

  /** Removes all listeners, observers and highlights. */
  end() {
    for (const cleanup of this.cleanups.splice(0)) cleanup();
  },
});
