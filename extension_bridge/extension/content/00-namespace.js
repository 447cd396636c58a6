// The one object that the files of this folder share. It lives in the extension's isolated world, where the page's
// scripts see and change nothing. A second injection (the extension was updated) ends the first one's listeners.
"use strict";
/** @type {{rubato?: Rubato}} */ (globalThis).rubato?.end();
globalThis.rubato = /** @type {Rubato} */ ({
  /** @type {Array<() => void>} */
  endings: [],

  /** Listens until this injection ends. */
  listen(target, type, listener, options) {
    EventTarget.prototype.addEventListener.call(target, type, listener, options);
    this.endings.push(() => EventTarget.prototype.removeEventListener.call(target, type, listener, options));
  },

  /** Takes away every listener and observer, and what is shown on the page. */
  end() {
    for (const ending of this.endings.splice(0)) ending();
  },
});
