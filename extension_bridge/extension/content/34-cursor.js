// The cursor: an element or a text, and its position, in case the page removes it.
"use strict";
(() => {
  const { dom, refs } = rubato;
  const HEADINGS = "h1,h2,h3,h4,h5,h6,[role=heading]";
  /** @type {WeakRef<Node> | null} */
  let current = null;
  /** @type {{x: number, y: number} | null} In pixels of the document. */
  let position = null;
  // The kind and label of the element when the cursor was set.
  let lastSeen = { kind: "", label: "" };

  /** @returns {Node | null} */
  function node() {
    const at = current?.deref();
    return at && dom.isConnected(at) ? at : null;
  }

  /** @param {Node} at @returns {Edges | null} */
  function boxOf(at) {
    if (dom.isText(at)) return rubato.visible.lines(at)[0] ?? null;
    const element = /** @type {Element} */ (at);
    return rubato.visible.boxes(element)[0] ?? dom.box(element);
  }

  rubato.cursor = {
    node,
    element: () => {
      const at = node();
      return at && dom.elementOf(at);
    },

    /** Whether the page has removed the element at the cursor. */
    get gone() {
      return current !== null && node() === null;
    },

    /** Whether a target is the one that was at the cursor; a page that re-renders replaces its elements. */
    matches: ({ kind, label }) => kind === lastSeen.kind && label === lastSeen.label,

    set(at) {
      current = new WeakRef(at);
      const target = rubato.target(at);
      lastSeen = { kind: target.kind, label: rubato.labels.of(target.node) };
      this.remember();
    },

    /** Updates the position; the page may have moved the element. */
    remember() {
      const at = node();
      const box = at && boxOf(at);
      if (!box) return;
      const scrolled = rubato.scrolling.position();
      position = { x: (box.left + box.right) / 2 + scrolled.x, y: (box.top + box.bottom) / 2 + scrolled.y };
    },

    /** Sets the cursor to a point of the view without an element. */
    setPoint(x, y) {
      const scrolled = rubato.scrolling.position();
      current = null;
      position = { x: x + scrolled.x, y: y + scrolled.y };
    },

    /** The point of the view where the cursor is, or was when its element was removed. */
    point() {
      this.remember();
      if (!position) return null;
      const scrolled = rubato.scrolling.position();
      return { x: position.x - scrolled.x, y: position.y - scrolled.y };
    },

    box: () => {
      const at = node();
      const box = at && boxOf(at);
      return box ? rubato.boxOf(box) : null;
    },

    clear() {
      current = null;
      position = null;
    },
  };

  /** @param {Node} at @returns {{kind: Kind | "", node: Node, level: number}} The element that a node stands for. */
  rubato.target = (at) => {
    if (dom.isText(at)) {
      // Text in a link or a button stands for the link or the button.
      for (let outer = dom.parent(at), n = 0; outer && n < 16; outer = dom.parent(outer), n++) {
        const kind = rubato.kinds.of(outer);
        if (kind && kind !== "image")
          {return { kind, node: outer, level: kind === "heading" ? rubato.kinds.level(outer) : 0 };}
      }
      return { kind: "text", node: at, level: 0 };
    }
    const kind = rubato.kinds.of(/** @type {Element} */ (at));
    return { kind, node: at, level: kind === "heading" ? rubato.kinds.level(/** @type {Element} */ (at)) : 0 };
  };

  /** The innermost element with a kind at a point of the view, or null. */
  rubato.at = ({ x, y }) => {
    const hit = dom.deepHit(x, y);
    if (!hit) return null;
    /** @type {Element | null} */
    let at = hit;
    for (; at; at = dom.parent(at)) {
      if (dom.localName(at) === "label" && /** @type {HTMLLabelElement} */ (at).control)
        {at = /** @type {HTMLLabelElement} */ (at).control;}
      const kind = at && rubato.kinds.of(at);
      if (at && kind) return { ref: refs.of(at), kind, label: rubato.labels.of(at), box: rubato.boxOf(dom.box(at)) };
    }
    const text = textAt(hit, x, y);
    if (!text) return null;
    return { ref: refs.of(text), kind: "text", label: rubato.labels.of(text), box: rubato.boxOf(dom.box(hit)) };
  };

  /** @param {Element} element @param {number} x @param {number} y @returns {Text | null} Its text node with a line at the point. */
  function textAt(element, x, y) {
    let child = dom.firstChild(element);
    for (let n = 0; child && n < 200; child = dom.nextSibling(child), n++) {
      if (
        dom.isText(child) &&
        rubato.visible.lines(child).some((box) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom)
      )
        {return child;}
    }
    return null;
  }

  rubato.setCursor = (args) => {
    if ("ref" in args) rubato.cursor.set(refs.need(args.ref));
    else {
      const found = rubato.at(args);
      if (found) rubato.cursor.set(refs.need(found.ref));
      else rubato.cursor.setPoint(args.x, args.y);
    }
    return rubato.where();
  };

  /** The element at the cursor, its heading, and how far down the page it is. */
  rubato.where = async () => {
    const { cursor } = rubato;
    const at = cursor.node();
    const target = at && rubato.target(at);
    const page = rubato.scrolling.position();
    const room = page.height - innerHeight;
    const active = dom.active();
    const focused = active && active !== dom.body() && active !== dom.root() ? rubato.labels.of(active) : "";
    return {
      kind: target?.kind || null,
      label: target ? rubato.labels.of(target.node) : "",
      ref: target ? refs.of(target.node) : null,
      heading: await headingBefore(at),
      box: cursor.box(),
      point: cursor.point(),
      percent: room > 0 ? Math.round((100 * page.y) / room) : 100,
      focused,
      gone: cursor.gone,
    };
  };

  /** @param {Node | null} at @returns {Promise<string>} The last heading before a node; for null, before the middle of the view. */
  async function headingBefore(at) {
    const slices = new rubato.Slices(300);
    // In a shadow root: its own headings first, then those before its host.
    for (let from = at; ;) {
      const root = from ? dom.rootOf(from) : document;
      const all =
        root instanceof ShadowRoot
          ? root.querySelectorAll(HEADINGS)
          : dom.queryAll(/** @type {Element} */ (dom.root()), HEADINGS);
      for (let n = all.length - 1; n >= 0; n--) {
        const each = /** @type {Element} */ (all[n]);
        const before = from ? each === from || (dom.compare(each, from) & 4) !== 0 : dom.box(each).top <= innerHeight / 2;
        if (before && dom.rendered(each)) return rubato.labels.of(each);
        if (slices.due) await slices.rest();
        if (slices.spent) return "";
      }
      if (!(root instanceof ShadowRoot)) return "";
      from = root.host;
    }
  }
})();
