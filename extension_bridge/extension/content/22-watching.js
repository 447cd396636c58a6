// Hears that the document has changed, while something is kept of it: once, then what was kept is let go of and nothing is
// watched until the next question. A page that never rests costs itself no more than that.
"use strict";
(() => {
  // What an element is, and what lies in it.
  const STRUCTURE = ["href", "role", "type", "contenteditable", "onclick", "slot", "aria-level"];
  // Whether it is drawn, and how.
  const APPEARANCE = ["class", "style", "hidden", "open", "inert", "aria-hidden"];
  const WATCHED = { childList: true, subtree: true, characterData: true, attributes: true };
  // Style sheets and late shadow roots change without a mutation: nothing is believed for longer, in milliseconds.
  const LONGEST = 30_000;

  /** @type {Array<Document | ShadowRoot>} */
  const roots = [];
  /** @type {Array<() => void>} */
  const droppings = [];
  let born = 0;
  let version = 0;
  let appearing = false;

  const observer = new MutationObserver((records) => {
    const structural = records.some(
      ({ type, attributeName }) => type !== "attributes" || STRUCTURE.includes(String(attributeName)),
    );
    if (structural) drop();
    else {
      version++;
      appearing = false;
      roots.forEach(observe);
    }
  });

  /** @param {Document | ShadowRoot} root */
  function observe(root) {
    observer.observe(root, { ...WATCHED, attributeFilter: appearing ? [...STRUCTURE, ...APPEARANCE] : STRUCTURE });
  }

  function drop() {
    observer.disconnect();
    roots.length = 0;
    appearing = false;
    version++;
    for (const dropping of droppings) dropping();
  }
  rubato.endings.push(drop);

  rubato.watching = {
    /** Watches from now on, unless it does. */
    start() {
      if (roots.length && rubato.now() - born > LONGEST) drop();
      if (roots.length) return;
      born = rubato.now();
      this.add(document);
    },

    /** Watches a shadow root too. */
    add(root) {
      if (roots.includes(root)) return;
      roots.push(root);
      observe(root);
    },

    /** Hears of the next change of what is drawn as well. */
    appearance() {
      if (appearing) return;
      appearing = true;
      roots.forEach(observe);
    },

    drop,

    /** Another number after each change that was heard of. */
    get version() {
      return version;
    },

    /** Asks to be told when what is kept of the document's structure is to be let go of. */
    onDrop: (dropping) => droppings.push(dropping),
  };
})();
