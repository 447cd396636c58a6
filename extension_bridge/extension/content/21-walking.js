// One walk over the tree as it is drawn: into shadow roots, through slots, in order, in slices, without recursion (a page
// may be nested deeper than a stack).
"use strict";
(() => {
  const { dom } = rubato;

  // What holds no words or targets of its own for anybody to see.
  rubato.hollow = new Set(
    "script style noscript template head title meta link base option optgroup datalist param source track iframe frame \
     textarea select svg canvas object embed video audio img input br hr wbr area".split(/\s+/),
  );

  /** @param {Element} element @returns {{first: Node | null, list: Node[] | null, shadow: ShadowRoot | null}} */
  function inside(element) {
    const shadow = dom.shadowOf(element);
    if (shadow) return { first: dom.firstChild(shadow), list: null, shadow };
    if (dom.localName(element) === "slot") {
      const assigned = dom.assignedNodes(element);
      if (assigned.length) return { first: null, list: assigned, shadow: null };
    }
    return { first: dom.firstChild(element), list: null, shadow: null };
  }

  /**
   * Walks below `root`. `enter` is called for each element and text and says whether to go inside; `leave` for each element
   * that was gone into, after all that is in it. `shadow` hears of each shadow root.
   */
  rubato.walk = async (root, slices, { enter, leave, shadow }) => {
    let steps = 0;
    const top = inside(root);
    if (top.shadow) shadow?.(top.shadow);
    const stack = [{ element: root, next: top.first, list: top.list, at: 0 }];
    for (let level = stack.at(-1); level; level = stack.at(-1)) {
      /** @type {Node | null} */
      let node;
      if (level.list) node = level.list[level.at++] ?? null;
      else {
        node = level.next;
        if (node) level.next = dom.nextSibling(node);
      }
      if (!node) {
        stack.pop();
        if (stack.length) leave?.(level.element);
        continue;
      }
      // Looking at the clock costs as much as a step.
      if (!(++steps & 31) && slices.due) {
        await slices.rest();
        if (slices.spent) return false;
      }
      const type = dom.nodeType(node);
      if (type === 3) enter(node, true);
      else if (type === 1 && enter(node, false) && !rubato.hollow.has(dom.localName(/** @type {Element} */ (node)))) {
        const within = inside(/** @type {Element} */ (node));
        if (within.shadow) shadow?.(within.shadow);
        stack.push({ element: /** @type {Element} */ (node), next: within.first, list: within.list, at: 0 });
      }
    }
    return true;
  };
})();
