// What could be seen on the page, in order: kept while the document does not change, so that a scroll costs no walk.
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
  const WATCHED = { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: [
    "class", "style", "href", "role", "type", "contenteditable", "hidden", "open", "slot", "inert", "onclick"] };
  // Style sheets can change without a mutation: nothing is believed for longer than this, in milliseconds.
  const LONGEST = 30_000;
  // So many single styles may change before all is read anew.
  const RESTYLED = 64;

  /** @type {{entries: Entry[], born: number, hosts: Element[]} | null} */
  let kept = null;
  /** @type {Promise<Entry[]> | null} */
  let building = null;
  /** @type {Set<Element>} */
  const restyled = new Set();
  let changed = false;
  let version = 0;
  /** @type {Array<() => void>} */
  const droppings = [];

  const observer = new MutationObserver((records) => {
    version++;
    for (const record of records) {
      if (record.type === "attributes" && record.attributeName === "style" && restyled.size < RESTYLED) {
        restyled.add(/** @type {Element} */ (record.target));
      } else return drop();
    }
  });
  rubato.endings.push(drop);
  rubato.listen(globalThis, "resize", drop, { passive: true });

  function drop() {
    observer.disconnect();
    restyled.clear();
    kept = null;
    changed = true;
    version++;
    for (const dropping of droppings) dropping();
  }

  /** @param {Element} element whether it may lie far from what holds it */
  function escapes(element) {
    const { position } = dom.style(element);
    return position === "fixed" || position === "absolute";
  }

  /** Whether what is kept still holds, so far as can be told. */
  function fresh() {
    if (!kept || rubato.now() - kept.born > LONGEST) return false;
    for (const element of restyled) {
      const entry = kept.entries.find((each) => each.node === element);
      if (entry && entry.escapes !== escapes(element)) return false;
    }
    restyled.clear();
    return !kept.hosts.some((host) => dom.shadowOf(host));
  }

  /** @param {Slices} slices @returns {Promise<Entry[]>} */
  async function build(slices) {
    drop();
    changed = false;
    const born = rubato.now();
    /** @type {Entry[]} */
    const entries = [];
    /** @type {Element[]} */
    const hosts = [];
    /** @type {Entry[]} */
    const open = [];
    /** @type {Entry | null} */
    let run = null;
    let held = 0;
    const root = dom.root();
    if (!root) return entries;
    observer.observe(document, WATCHED);
    await rubato.walk(root, slices, {
      shadow: (shadow) => observer.observe(shadow, WATCHED),
      enter(node, isText) {
        if (isText) {
          if (held || !/\S/.test(dom.ownText(node))) return false;
          if (run) /** @type {Text[]} */ (run.texts).push(/** @type {Text} */ (node));
          else {
            run = { node, kind: "text", level: 0, end: entries.length + 1, escapes: false, texts: [/** @type {Text} */ (node)] };
            entries.push(run);
          }
          return false;
        }
        const element = /** @type {Element} */ (node);
        const name = dom.localName(element);
        const hollow = rubato.hollow.has(name);
        if (!INLINE.has(name)) run = null;
        /** @type {Entry["kind"]} */
        const kind = name === "iframe" || name === "frame" ? "frame" : kinds.of(element);
        if (hollow && !kind) return false;
        if (name.includes("-") && !dom.shadowOf(element)) hosts.push(element);
        const level = kind === "heading" ? kinds.level(element) : 0;
        /** @type {Entry} */
        const entry = { node, kind, level, end: entries.length + 1, escapes: escapes(element), texts: null };
        entries.push(entry);
        if (hollow || WHOLE.has(name) || (kind === "field" && dom.hasAttribute(element, "contenteditable"))) return false;
        open.push(entry);
        if (kind && kind !== "image") held++;
        return true;
      },
      leave(element) {
        const entry = /** @type {Entry} */ (open.pop());
        entry.end = entries.length;
        if (entry.kind && entry.kind !== "image") held--;
        if (!INLINE.has(dom.localName(element))) run = null;
      },
    });
    if (!changed) kept = { entries, born, hosts };
    return entries;
  }

  rubato.candidates = {
    /** All that could be seen, in the order of the document; shared by all who ask at once. */
    list(slices) {
      if (building) return building;
      if (fresh()) return Promise.resolve(/** @type {NonNullable<typeof kept>} */ (kept).entries);
      building = build(slices).finally(() => {
        building = null;
      });
      return building;
    },
    drop,

    /** Counts changes of the document, so far as they are watched: they are while something is kept. */
    get version() {
      return version;
    },

    /** Asks to be told when what is kept is let go of. */
    onDrop: (dropping) => droppings.push(dropping),
    get kept() {
      return kept !== null;
    },
  };
})();
