// Invalidates caches when the document changes. The observer is disconnected at the first change and connected again by the next
// request, so a page that changes all the time pays for at most one notification per request.
"use strict";
(() => {
  // Attributes that decide an element's kind and content.
  const STRUCTURE = ["href", "role", "type", "contenteditable", "onclick", "slot", "aria-level"];
  // Attributes that decide whether and how it is rendered.
  const APPEARANCE = ["class", "style", "hidden", "open", "inert", "aria-hidden"];
  const WATCHED = { childList: true, subtree: true, characterData: true, attributes: true };
  // Style sheets and late shadow roots cause no mutations, so caches expire after this time, ms.
  const MAX_AGE_MS = 30_000;

  /** @type {Array<Document | ShadowRoot>} */
  const roots = [];
  /** @type {Array<() => void>} */
  const callbacks = [];
  let started = 0;
  let version = 0;
  let watchesAppearance = false;

  const observer = new MutationObserver((records) => {
    const structural = records.some(
      ({ type, attributeName }) => type !== "attributes" || STRUCTURE.includes(String(attributeName)),
    );
    if (structural) invalidate();
    else {
      version++;
      watchesAppearance = false;
      roots.forEach(observe);
    }
  });

  /** @param {Document | ShadowRoot} root */
  function observe(root) {
    observer.observe(root, { ...WATCHED, attributeFilter: watchesAppearance ? [...STRUCTURE, ...APPEARANCE] : STRUCTURE });
  }

  function invalidate() {
    observer.disconnect();
    roots.length = 0;
    watchesAppearance = false;
    version++;
    for (const callback of callbacks) callback();
  }
  rubato.cleanups.push(invalidate);

  rubato.watching = {
    /** Starts observing the document, unless it is observed. */
    start() {
      if (roots.length && rubato.now() - started > MAX_AGE_MS) invalidate();
      if (roots.length) return;
      started = rubato.now();
      this.add(document);
    },

    /** Observes another root too. */
    add(root) {
      if (roots.includes(root)) return;
      roots.push(root);
      observe(root);
    },

    /** Observes the next change of appearance as well. */
    appearance() {
      if (watchesAppearance) return;
      watchesAppearance = true;
      roots.forEach(observe);
    },

    invalidate,

    /** Increases with each observed change. */
    get version() {
      return version;
    },

    /** Adds a callback for invalidation: caches of the document's structure must be dropped. */
    onInvalidate: (callback) => callbacks.push(callback),
  };
})();
