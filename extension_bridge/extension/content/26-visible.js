// The visible part of an element: its boxes, clipped by the view and by overflow, unless they are covered.
//
// aria-hidden elements count as visible (only reading skips them); inert ones do not, as the page has disabled them. A control
// that is itself transparent or tiny (a custom switch, a styled check box) is represented by its label.
"use strict";
(() => {
  const { dom } = rubato;
  // Boxes with a side smaller than this, px, are empty or hidden for screen readers.
  const MIN_SIZE = 2;
  const RENDERED = { opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true };
  const REPLACED = new Set("img video canvas iframe embed object svg input textarea select button".split(" "));
  const MAX_BOXES = 200;
  /** @type {Range | null} */
  let range = null;

  /** @param {Text} text @returns {Edges[]} The boxes of its lines. */
  function lines(text) {
    range ??= /** @type {Range} */ (dom.newRange());
    range.setStart(text, 0);
    range.setEnd(text, dom.ownText(text).length);
    return [...range.getClientRects()];
  }

  /** @param {Element} element @returns {Edges[]} Its boxes, or those of its children when it has none (`display: contents`). */
  function boxes(element) {
    const own = [...dom.boxes(element)].filter((box) => box.width >= MIN_SIZE && box.height >= MIN_SIZE);
    if (own.length || rubato.leaves.has(dom.localName(element))) return own;
    /** @type {Edges[]} */
    const found = [];
    const shadow = dom.shadowOf(element);
    let child = dom.firstChild(shadow ?? element);
    for (let n = 0; child && n < 16; n++, child = dom.nextSibling(child)) {
      if (dom.isText(child)) found.push(...lines(child));
      else if (dom.isElement(child)) found.push(...dom.boxes(child));
    }
    return found.filter((box) => box.right - box.left >= MIN_SIZE && box.bottom - box.top >= MIN_SIZE);
  }

  /** @param {Element} element @returns {boolean} Whether its own box covers what is behind it. */
  function paints(element) {
    if (REPLACED.has(dom.localName(element))) return true;
    const style = dom.style(element);
    const alpha = /^rgba\(.*, ([\d.]+)\)$/.exec(style.backgroundColor);
    if (!alpha || Number(alpha[1]) > 0.5) return true;
    // Translucent gradients are put over pictures to make text legible.
    const image = style.backgroundImage;
    return image !== "none" && !(image.includes("gradient") && /rgba\(|transparent/.test(image));
  }

  /** @param {Element} top @param {Element} target @returns {boolean} Whether a click on `top` is a click on `target`. */
  function belongs(top, target) {
    if (dom.holds(target, top)) return true;
    for (let at = /** @type {Element | null} */ (top), n = 0; at && n < 8; at = dom.parent(at), n++) {
      if (dom.localName(at) === "label") return /** @type {HTMLLabelElement} */ (at).control === target;
    }
    return false;
  }

  /**
   * @param {Candidate} entry @param {Element[]} elements  Its element, or the parents of its texts.
   * @param {number} x @param {number} y @returns {boolean} Whether it is visible at that point.
   */
  function visibleAt(entry, elements, x, y) {
    const top = dom.deepHit(x, y);
    const [element] = elements;
    if (!top || !element) return false;
    if (entry.kind === "text" ? elements.includes(top) : belongs(top, element)) return true;
    if (rubato.kinds.pressable(entry.kind)) {
      // Where it ignores pointer events, its parent is hit instead.
      return dom.holds(top, element) && dom.style(element).pointerEvents === "none";
    }
    // Texts and pictures are visible through elements that paint nothing.
    const scope = dom.rootOf(element);
    for (const each of (scope.elementsFromPoint ? scope : document).elementsFromPoint(x, y)) {
      if (entry.kind === "text" ? elements.includes(each) : dom.holds(element, each)) return true;
      if (dom.holds(each, element) && dom.style(element).pointerEvents === "none") return true;
      if (paints(each)) return false;
    }
    return false;
  }

  /** @param {Edges} box */
  const area = (box) => Math.max(0, box.right - box.left) * Math.max(0, box.bottom - box.top);

  /**
   * Sample points to test whether a box is covered: its middle first, which usually decides, then points near its corners.
   * @param {Edges[]} parts @returns {Generator<[number, number]>}
   */
  function* points(parts) {
    const largest = [...parts].sort((a, b) => area(b) - area(a)).slice(0, 3);
    for (const box of largest) yield [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    for (const { left, top, right, bottom } of largest.slice(0, 1)) {
      for (const along of [0.15, 0.85])
        {for (const across of [0.1, 0.9]) yield [left + across * (right - left), top + along * (bottom - top)];}
    }
  }

  /**
   * @param {Candidate} entry @param {Array<[Element, Edges[]]>} wholes  Elements with their boxes. @param {Clipping} clipping
   * @returns {Seen | null}
   */
  function measure(entry, wholes, clipping) {
    /** @type {Edges[]} */
    const parts = [];
    const elements = [];
    let own = 0;
    for (const [element, boxed] of wholes) {
      const info = clipping.of(element);
      if (info.inert) continue;
      elements.push(element);
      const clip = rubato.intersectEdges(clipping.view, entry.kind === "text" ? info.inside : info.clip);
      for (const box of boxed) {
        own += area(box);
        const part = rubato.intersectEdges(box, clip);
        if (part.right - part.left >= MIN_SIZE && part.bottom - part.top >= MIN_SIZE && parts.length < MAX_BOXES)
          {parts.push(part);}
      }
    }
    if (!parts.length) return null;
    let seen = false;
    for (const [x, y] of points(parts)) if ((seen = visibleAt(entry, elements, x, y))) break;
    if (!seen) return null;
    const bounds = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
    let filled = 0;
    for (const part of parts) {
      filled += area(part);
      bounds.left = Math.min(bounds.left, part.left);
      bounds.top = Math.min(bounds.top, part.top);
      bounds.right = Math.max(bounds.right, part.right);
      bounds.bottom = Math.max(bounds.bottom, part.bottom);
    }
    return { bounds, parts, area: Math.min(1, filled / own), ink: Math.min(1, filled / area(bounds)) };
  }

  rubato.visible = {
    lines,
    boxes,

    /** A box that contains an entry, to skip what is far away; null when it has none. */
    roughBox(entry) {
      if (!entry.texts) return dom.box(entry.node);
      range ??= /** @type {Range} */ (dom.newRange());
      const last = entry.texts.at(-1);
      if (!last || !dom.isConnected(entry.node) || !dom.isConnected(last)) return null;
      range.setStart(entry.node, 0);
      range.setEnd(last, dom.ownText(last).length);
      return range.getBoundingClientRect();
    },

    /** The visible part of an entry, or null. */
    of(entry, clipping) {
      if (entry.texts) {
        /** @type {Array<[Element, Edges[]]>} */
        const wholes = [];
        for (const text of entry.texts) {
          const element = dom.isConnected(text) && dom.elementOf(text);
          if (element && dom.shown(element, RENDERED)) wholes.push([element, lines(text)]);
        }
        return measure(entry, wholes, clipping);
      }
      const element = /** @type {Element} */ (entry.node);
      if (dom.shown(element, RENDERED)) {
        const seen = measure(entry, [[element, boxes(element)]], clipping);
        if (seen) return seen;
      }
      if (entry.kind !== "field") return null;
      for (const label of /** @type {any} */ (element).labels ?? []) {
        if (!dom.shown(label, RENDERED) || !dom.shown(element, { visibilityProperty: true })) continue;
        const seen = measure(entry, [[label, boxes(label)]], clipping);
        if (seen) return seen;
      }
      return null;
    },

    /** Releases the text that was measured last. */
    release() {
      range?.selectNodeContents(document);
      range?.collapse(true);
    },
  };
})();
