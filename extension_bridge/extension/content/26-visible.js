// What of an element can be seen: its real boxes, cut by the view and by what overflows, and not covered.
//
// aria-hidden is still seen: it speaks to those who listen, and reading leaves it out. Inert is not: the page itself has put
// it out of use. A control that is itself transparent or tiny (a drawn switch, a styled check box) is seen as its label.
"use strict";
(() => {
  const { dom } = rubato;
  // A box smaller than this, in pixels of either side, is a trick for screen readers or nothing at all.
  const LEAST = 2;
  const RENDERED = { opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true };
  const REPLACED = new Set("img video canvas iframe embed object svg input textarea select button".split(" "));
  const MOST_BOXES = 200;
  /** @type {Range | null} */
  let range = null;

  /** @param {Text} text @returns {Edges[]} the boxes of its lines */
  function lines(text) {
    range ??= /** @type {Range} */ (dom.newRange());
    range.setStart(text, 0);
    range.setEnd(text, dom.ownText(text).length);
    return [...range.getClientRects()];
  }

  /** @param {Element} element @returns {Edges[]} its boxes; those of what it holds when it has none (`display: contents`) */
  function boxes(element) {
    const own = [...dom.boxes(element)].filter((box) => box.width >= LEAST && box.height >= LEAST);
    if (own.length || rubato.hollow.has(dom.localName(element))) return own;
    /** @type {Edges[]} */
    const found = [];
    const shadow = dom.shadowOf(element);
    let child = dom.firstChild(shadow ?? element);
    for (let n = 0; child && n < 16; n++, child = dom.nextSibling(child)) {
      if (dom.isText(child)) found.push(...lines(child));
      else if (dom.isElement(child)) found.push(...dom.boxes(child));
    }
    return found.filter((box) => box.right - box.left >= LEAST && box.bottom - box.top >= LEAST);
  }

  /** @param {Element} element whether it hides what lies under it, so far as its own box goes */
  function paints(element) {
    if (REPLACED.has(dom.localName(element))) return true;
    const style = dom.style(element);
    const alpha = /^rgba\(.*, ([\d.]+)\)$/.exec(style.backgroundColor);
    if (!alpha || Number(alpha[1]) > 0.5) return true;
    // A gradient that lets something through lies over a picture to make words legible.
    const image = style.backgroundImage;
    return image !== "none" && !(image.includes("gradient") && /rgba\(|transparent/.test(image));
  }

  /** @param {Element} top @param {Element} target whether pressing `top` presses `target` */
  function belongs(top, target) {
    if (dom.holds(target, top)) return true;
    for (let at = /** @type {Element | null} */ (top), n = 0; at && n < 8; at = dom.parent(at), n++) {
      if (dom.localName(at) === "label") return /** @type {HTMLLabelElement} */ (at).control === target;
    }
    return false;
  }

  /**
   * @param {Candidate} entry @param {Element[]} elements it, or those that hold its words
   * @param {number} x @param {number} y @returns {boolean} whether it is what one sees there
   */
  function seenAt(entry, elements, x, y) {
    const top = dom.deepHit(x, y);
    const [element] = elements;
    if (!top || !element) return false;
    if (entry.kind === "text" ? elements.includes(top) : belongs(top, element)) return true;
    if (rubato.kinds.pressable(entry.kind)) {
      // Nothing takes presses for it where it takes none itself: its parent is hit in its place.
      return dom.holds(top, element) && dom.style(element).pointerEvents === "none";
    }
    // Words and pictures are seen through what paints nothing.
    const scope = dom.rootOf(element);
    for (const each of (scope.elementsFromPoint ? scope : document).elementsFromPoint(x, y)) {
      if (entry.kind === "text" ? elements.includes(each) : dom.holds(element, each)) return true;
      if (dom.holds(each, element) && dom.style(element).pointerEvents === "none") return true;
      if (paints(each)) return false;
    }
    return false;
  }

  /** @param {Edges} box */
  const surface = (box) => Math.max(0, box.right - box.left) * Math.max(0, box.bottom - box.top);

  /**
   * Points that tell whether a box is covered: its middle first, which mostly settles it, then towards its corners.
   * @param {Edges[]} parts @returns {Generator<[number, number]>}
   */
  function* points(parts) {
    const largest = [...parts].sort((a, b) => surface(b) - surface(a)).slice(0, 3);
    for (const box of largest) yield [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    for (const { left, top, right, bottom } of largest.slice(0, 1)) {
      for (const along of [0.15, 0.85])
        {for (const across of [0.1, 0.9]) yield [left + across * (right - left), top + along * (bottom - top)];}
    }
  }

  /**
   * @param {Candidate} entry @param {Array<[Element, Edges[]]>} wholes elements with their boxes @param {Surroundings} around
   * @returns {Seen | null}
   */
  function look(entry, wholes, around) {
    /** @type {Edges[]} */
    const parts = [];
    const elements = [];
    let own = 0;
    for (const [element, boxed] of wholes) {
      const cut = around.of(element);
      if (cut.inert) continue;
      elements.push(element);
      const clip = rubato.meet(around.view, entry.kind === "text" ? cut.inside : cut.clip);
      for (const box of boxed) {
        own += surface(box);
        const part = rubato.meet(box, clip);
        if (part.right - part.left >= LEAST && part.bottom - part.top >= LEAST && parts.length < MOST_BOXES)
          {parts.push(part);}
      }
    }
    if (!parts.length) return null;
    let seen = false;
    for (const [x, y] of points(parts)) if ((seen = seenAt(entry, elements, x, y))) break;
    if (!seen) return null;
    const bounds = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
    let filled = 0;
    for (const part of parts) {
      filled += surface(part);
      bounds.left = Math.min(bounds.left, part.left);
      bounds.top = Math.min(bounds.top, part.top);
      bounds.right = Math.max(bounds.right, part.right);
      bounds.bottom = Math.max(bounds.bottom, part.bottom);
    }
    return { bounds, parts, area: Math.min(1, filled / own), ink: Math.min(1, filled / surface(bounds)) };
  }

  rubato.visible = {
    lines,
    boxes,

    /** The box that holds an entry, to sort out what is far away; null when it has none of its own. */
    coarse(entry) {
      if (!entry.texts) return dom.box(entry.node);
      range ??= /** @type {Range} */ (dom.newRange());
      const last = entry.texts.at(-1);
      if (!last || !dom.isConnected(entry.node) || !dom.isConnected(last)) return null;
      range.setStart(entry.node, 0);
      range.setEnd(last, dom.ownText(last).length);
      return range.getBoundingClientRect();
    },

    /** What of it can be seen now, or null. */
    of(entry, around) {
      if (entry.texts) {
        /** @type {Array<[Element, Edges[]]>} */
        const wholes = [];
        for (const text of entry.texts) {
          const element = dom.isConnected(text) && dom.elementOf(text);
          if (element && dom.shown(element, RENDERED)) wholes.push([element, lines(text)]);
        }
        return look(entry, wholes, around);
      }
      const element = /** @type {Element} */ (entry.node);
      if (dom.shown(element, RENDERED)) {
        const seen = look(entry, [[element, boxes(element)]], around);
        if (seen) return seen;
      }
      if (entry.kind !== "field") return null;
      for (const label of /** @type {any} */ (element).labels ?? []) {
        if (!dom.shown(label, RENDERED) || !dom.shown(element, { visibilityProperty: true })) continue;
        const seen = look(entry, [[label, boxes(label)]], around);
        if (seen) return seen;
      }
      return null;
    },

    /** Lets go of the text that was measured last. */
    rest() {
      range?.selectNodeContents(document);
      range?.collapse(true);
    },
  };
})();
