// Where the player is on the page: an element or a text, and its place, in case the page takes it away.
"use strict";
(() => {
  const { dom, refs } = rubato;
  const HEADINGS = "h1,h2,h3,h4,h5,h6,[role=heading]";
  /** @type {WeakRef<Node> | null} */
  let held = null;
  /** @type {{x: number, y: number} | null} in pixels of the document */
  let place = null;
  // What it was when the cursor was set to it.
  let called = { kind: "", label: "" };

  /** @returns {Node | null} */
  function node() {
    const at = held?.deref();
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

    /** Whether there was something at the cursor which the page has taken away. */
    get gone() {
      return held !== null && node() === null;
    },

    /** Whether something is what was at the cursor: a page that draws itself anew has another element for the same. */
    was: ({ kind, label }) => kind === called.kind && label === called.label,

    set(at) {
      held = new WeakRef(at);
      const target = rubato.target(at);
      called = { kind: target.kind, label: rubato.labels.of(target.node) };
      this.remember();
    },

    /** Notes where the element is; the page may have moved it since. */
    remember() {
      const at = node();
      const box = at && boxOf(at);
      if (!box) return;
      const scrolled = rubato.scrolling.place();
      place = { x: (box.left + box.right) / 2 + scrolled.x, y: (box.top + box.bottom) / 2 + scrolled.y };
    },

    /** Sets it to a point of the view where nothing need be. */
    put(x, y) {
      const scrolled = rubato.scrolling.place();
      held = null;
      place = { x: x + scrolled.x, y: y + scrolled.y };
    },

    /** The point of the view where it is, or where it was. */
    point() {
      this.remember();
      if (!place) return null;
      const scrolled = rubato.scrolling.place();
      return { x: place.x - scrolled.x, y: place.y - scrolled.y };
    },

    box: () => {
      const at = node();
      const box = at && boxOf(at);
      return box ? rubato.boxOf(box) : null;
    },

    clear() {
      held = null;
      place = null;
    },
  };

  /** @param {Node} at @returns {{kind: Kind | "", node: Node, level: number}} what it is for the player */
  rubato.target = (at) => {
    if (dom.isText(at)) {
      // Words within a link or a button are the link or the button.
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

  /** What is at a point of the view: the innermost thing with a kind that holds it, or null. */
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

  /** @param {Element} element @param {number} x @param {number} y @returns {Text | null} its own text with a line at the point */
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
      else rubato.cursor.put(args.x, args.y);
    }
    return rubato.where();
  };

  /** What is at the cursor, under which heading, and how far down the page. */
  rubato.where = async () => {
    const { cursor } = rubato;
    const at = cursor.node();
    const target = at && rubato.target(at);
    const page = rubato.scrolling.place();
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

  /** @param {Node | null} at @returns {Promise<string>} the last heading before it; with no cursor, before the middle of the view */
  async function headingBefore(at) {
    const slices = new rubato.Slices(300);
    // In a shadow root: the headings of that root, else those around what it hangs on.
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
