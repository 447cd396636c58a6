// What could be seen on the page, as a tree that grows where one looks: a part that was never near the view is never walked.
// Kept while the document does not change, so that a scroll costs no walk.
"use strict";
(() => {
  const { dom, kinds } = rubato;

  // Names of elements that do not end a paragraph. What a style sheet makes of them only makes a text's box coarser.
  const INLINE = new Set(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark nobr q ruby rb rt rp s samp small span strike \
     strong sub sup time tt u var wbr br img svg slot".split(/\s+/),
  );
  // Nothing inside of these is a target of its own.
  const WHOLE = new Set(["button", "summary"]);

  /** @type {Entry | null} */
  let top = null;
  rubato.watching.onDrop(() => {
    top = null;
  });

  /** @param {Element} element @param {Entry | null} outer @returns {Entry | null} null when there is nothing in it for anybody */
  function entryOf(element, outer) {
    const name = dom.localName(element);
    const hollow = rubato.hollow.has(name);
    /** @type {Entry["kind"]} */
    const kind = name === "iframe" || name === "frame" ? "frame" : kinds.of(element);
    if (hollow && !kind) return null;
    const closed = hollow || WHOLE.has(name) || (kind === "field" && dom.hasAttribute(element, "contenteditable"));
    return {
      node: element,
      kind,
      level: kind === "heading" ? kinds.level(element) : 0,
      texts: null,
      inline: INLINE.has(name),
      // Words in a link, a button or a heading are the link, the button or the heading.
      held: (outer?.held ?? false) || (kind !== "" && kind !== "image"),
      opens: !closed,
      kids: null,
      shadow: null,
    };
  }

  rubato.tree = {
    /** The document itself. */
    top() {
      const root = dom.root();
      rubato.watching.start();
      if (top?.node !== root) top = root && entryOf(root, null);
      return top;
    },

    /** Looks what lies in an entry: its words, and its elements, those within its lines with what they hold. */
    async expand(entry, slices) {
      /** @type {Entry | null} */
      let run = null;
      let steps = 0;
      entry.kids = [];
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
        const kids = /** @type {Entry[]} */ (level.entry.kids);
        if (dom.isText(node)) {
          if (level.entry.held || !/\S/.test(dom.ownText(node))) continue;
          if (run) /** @type {Text[]} */ (run.texts).push(node);
          else {
            run = {
              node,
              kind: "text",
              level: 0,
              texts: [node],
              inline: true,
              held: false,
              opens: false,
              kids: null,
              shadow: null,
            };
            kids.push(run);
          }
        } else if (dom.isElement(node)) {
          const kid = entryOf(node, level.entry);
          if (!kid?.inline) run = null;
          if (!kid) continue;
          kids.push(kid);
          if (!kid.inline || !kid.opens) continue;
          kid.kids = [];
          stack.push({ entry: kid, at: rubato.inside(kid) });
        }
      }
    },
  };
})();
