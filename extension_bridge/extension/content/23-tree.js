// A lazy tree of what could be visible on the page: parts that were never near the view are never walked. It is cached while
// the document does not change, so scrolling needs no new walk.
"use strict";
(() => {
  const { dom, kinds } = rubato;

  // Inline elements, by name. If a style sheet displays them otherwise, a text's box merely becomes coarser.
  const INLINE = new Set(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark nobr q ruby rb rt rp s samp small span strike \
     strong sub sup time tt u var wbr br img svg slot".split(/\s+/),
  );
  // Elements without separate targets inside.
  const ATOMIC = new Set(["button", "summary"]);

  /** @type {Entry | null} */
  let top = null;
  rubato.watching.onInvalidate(() => {
    top = null;
  });

  /** @param {Element} element @param {Entry | null} outer @returns {Entry | null} Null when it can show nothing. */
  function entryOf(element, outer) {
    const name = dom.localName(element);
    const leaf = rubato.leaves.has(name);
    /** @type {Entry["kind"]} */
    const kind = name === "iframe" || name === "frame" ? "frame" : kinds.of(element);
    if (leaf && !kind) return null;
    const atomic = leaf || ATOMIC.has(name) || (kind === "field" && dom.hasAttribute(element, "contenteditable"));
    return {
      node: element,
      kind,
      level: kind === "heading" ? kinds.level(element) : 0,
      texts: null,
      inline: INLINE.has(name),
      // Text in a link, a button or a heading belongs to that element.
      owned: (outer?.owned ?? false) || (kind !== "" && kind !== "image"),
      expandable: !atomic,
      children: null,
      shadow: null,
    };
  }

  rubato.tree = {
    /** The entry of the document's root. */
    top() {
      const root = dom.root();
      rubato.watching.start();
      if (top?.node !== root) top = root && entryOf(root, null);
      return top;
    },

    /** Fills in the children of an entry: its texts and elements, and the content of its inline elements. */
    async expand(entry, slices) {
      /** @type {Entry | null} */
      let run = null;
      let steps = 0;
      entry.children = [];
      const stack = [{ entry, at: rubato.inside(entry) }];
      for (let level = stack.at(-1); level; level = stack.at(-1)) {
        if (!(++steps & 31) && slices.due) {
          await slices.rest();
          if (slices.spent) break;
        }
        const { at } = level;
        const node = at.list ? (at.list[at.index++] ?? null) : at.next;
        if (!node) {
          stack.pop();
          continue;
        }
        if (!at.list) at.next = dom.nextSibling(node);
        const children = /** @type {Entry[]} */ (level.entry.children);
        if (dom.isText(node)) {
          if (level.entry.owned || !/\S/.test(dom.ownText(node))) continue;
          if (run) /** @type {Text[]} */ (run.texts).push(node);
          else {
            run = {
              node,
              kind: "text",
              level: 0,
              texts: [node],
              inline: true,
              owned: false,
              expandable: false,
              children: null,
              shadow: null,
            };
            children.push(run);
          }
        } else if (dom.isElement(node)) {
          const kid = entryOf(node, level.entry);
          if (!kid?.inline) run = null;
          if (!kid) continue;
          children.push(kid);
          if (!kid.inline || !kid.expandable) continue;
          kid.children = [];
          stack.push({ entry: kid, at: rubato.inside(kid) });
        }
      }
    },
  };
})();
