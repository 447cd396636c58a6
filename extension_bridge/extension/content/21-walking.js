// Walks the flat tree in order, into shadow roots and through slots, in slices and without recursion (pages may be nested
// deeper than the call stack).
"use strict";
(() => {
  const { dom } = rubato;

  // Elements whose content is not walked.
  rubato.leaves = new Set(
    "script style noscript template head title meta link base option optgroup datalist param source track iframe frame \
     textarea select svg canvas object embed video audio img input br hr wbr area".split(/\s+/),
  );

  /** @param {Element} element @param {(root: ShadowRoot) => void} [onShadow] @returns {Inside} */
  function inside(element, onShadow) {
    const shadow = dom.shadowOf(element);
    if (shadow) {
      onShadow?.(shadow);
      return { next: dom.firstChild(shadow), list: null, index: 0 };
    }
    if (dom.localName(element) === "slot") {
      const list = dom.assignedNodes(element);
      if (list.length) return { next: null, list, index: 0 };
    }
    return { next: dom.firstChild(element), list: null, index: 0 };
  }

  /** The start of a walk inside an entry; from then on its shadow root is observed. */
  rubato.inside = (entry) =>
    inside(entry.node, (shadow) => {
      entry.shadow = shadow;
      rubato.watching.add(shadow);
      rubato.watchMedia(shadow);
    });

  /**
   * Walks the tree below `root`. `enter` is called for each element and text and returns whether to go inside; `leave` is called
   * after the content of each element entered. Returns false when the time limit was reached.
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
      // Reading the clock costs as much as a step.
      if (!(++steps & 31) && slices.due) {
        await slices.rest();
        if (slices.spent) return false;
      }
      if (dom.isText(node)) enter(node, true);
      else if (dom.isElement(node) && enter(node, false) && !rubato.leaves.has(dom.localName(node)))
        {stack.push(inside(node, shadow));}
    }
    return true;
  };

  /** All shadow roots of the document. */
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
