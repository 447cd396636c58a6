// Numbers that identify nodes outside of the page. They do not keep the nodes alive.
"use strict";
(() => {
  /** @type {WeakMap<Node, number>} */
  const numbers = new WeakMap();
  /** @type {Map<number, WeakRef<Node>>} */
  const nodes = new Map();
  const collected = new FinalizationRegistry((/** @type {number} */ number) => nodes.delete(number));
  let last = 0;

  rubato.refs = {
    of(node) {
      let number = numbers.get(node);
      if (!number) {
        number = ++last;
        numbers.set(node, number);
        nodes.set(number, new WeakRef(node));
        collected.register(node, number);
      }
      return number;
    },

    /** The node with a number, or null when it is no longer in the document. */
    node(ref) {
      const node = nodes.get(ref)?.deref();
      return node && rubato.dom.isConnected(node) ? node : null;
    },

    /** The node with a number; throws `gone` when it is no longer in the document. */
    need(ref) {
      const node = this.node(ref);
      if (!node) throw new rubato.CommandError("gone", "The element is no longer on the page.");
      return node;
    },

    get size() {
      return nodes.size;
    },
  };

  /** An error that is sent as the answer, with a code. Any other exception is a bug. */
  rubato.CommandError = class extends Error {
    /** @param {string} code @param {string} message */
    constructor(code, message) {
      super(message);
      this.code = code;
    }
  };
})();
