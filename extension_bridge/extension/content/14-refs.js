// Numbers for nodes, so that others can speak of them. Nothing is kept alive by its number.
"use strict";
(() => {
  /** @type {WeakMap<Node, number>} */
  const numbers = new WeakMap();
  /** @type {Map<number, WeakRef<Node>>} */
  const nodes = new Map();
  const gone = new FinalizationRegistry((/** @type {number} */ number) => nodes.delete(number));
  let last = 0;

  rubato.refs = {
    of(node) {
      let number = numbers.get(node);
      if (!number) {
        number = ++last;
        numbers.set(node, number);
        nodes.set(number, new WeakRef(node));
        gone.register(node, number);
      }
      return number;
    },

    /** The node, or null when it is no longer in the document. */
    node(ref) {
      const node = nodes.get(ref)?.deref();
      return node && rubato.dom.isConnected(node) ? node : null;
    },

    /** The node; throws `gone` when it is no longer in the document. */
    need(ref) {
      const node = this.node(ref);
      if (!node) throw new rubato.Refusal("gone", "The element is no longer on the page.");
      return node;
    },

    get size() {
      return nodes.size;
    },
  };

  /** A reason that is answered as an error, with a code; anything else that is thrown is a bug. */
  rubato.Refusal = class extends Error {
    /** @param {string} code @param {string} message */
    constructor(code, message) {
      super(message);
      this.code = code;
    }
  };
})();
