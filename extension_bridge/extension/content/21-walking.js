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

  /** @param {Element} element @param {(root: ShadowRoot) => void} [found] @returns {Inside} */
  function inside(element, found) {
    const shadow = dom.shadowOf(element);
    if (shadow) {
      found?.(shadow);
      return { next: dom.firstChild(shadow), list: null, index: 0 };
    }
    if (dom.localName(element) === "slot") {
      const list = dom.assignedNodes(element);
      if (list.length) return { next: null, list, index: 0 };
    }
    return { next: dom.firstChild(element), list: null, index: 0 };
  }

  /** Where a look into an entry begins; its shadow root is watched from then on, and heard. */
  rubato.inside = (entry) =>
    inside(entry.node, (shadow) => {
      entry.shadow = shadow;
      rubato.watching.add(shadow);
      rubato.hearMedia(shadow);
    });

  /**
   * Walks below `root`. `enter` is called for each element and text and says whether to go inside; `leave` for each element
   * that was gone into, after all that is in it. False when there was no time for all of it.
   */
  rubato.walk = async (root, slices, { enter, leave, shadow }) => {
    let steps = 0;
    const stack = [inside(root, shadow)];
    for (let level = stack.at(-1); level; level = stack.at(-1)) {
      const node = level.list ? (level.list[level.index++] ?? null) : level.next;
      if (!node) {
        stack.pop();
        if (stack.length) leave?.();
        continue;
      }
      if (!level.list) level.next = dom.nextSibling(node);
      // Looking at the clock costs as much as a step.
      if (!(++steps & 31) && slices.due) {
        await slices.rest();
        if (slices.spent) return false;
      }
      if (dom.isText(node)) enter(node, true);
      else if (dom.isElement(node) && enter(node, false) && !rubato.hollow.has(dom.localName(node)))
        {stack.push(inside(node, shadow));}
    }
    return true;
  };

  /** Every shadow root of the document. */
  rubato.shadowRoots = async (slices) => {
    /** @type {ShadowRoot[]} */
    const found = [];
    const root = dom.root();
    /** @type {Array<Iterable<Element>>} */
    const lists = root ? [[root], dom.queryAll(root, "*")] : [];
    let steps = 0;
    for (const list of lists) {
      for (const element of list) {
        if (!(++steps & 63) && slices.due) {
          await slices.rest();
          if (slices.spent) return found;
        }
        const shadow = dom.shadowOf(element);
        if (!shadow) continue;
        found.push(shadow);
        lists.push(shadow.querySelectorAll("*"));
      }
    }
    return found;
  };
})();
