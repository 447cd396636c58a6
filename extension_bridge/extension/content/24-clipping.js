// How the ancestors of an element clip it by overflow, and whether they are inert. Cached during one scan.
"use strict";
(() => {
  const { dom } = rubato;
  const UNCLIPPED = { left: -1e9, top: -1e9, right: 1e9, bottom: 1e9 };

  /** @param {Edges} a @param {Edges} b @returns {Edges} */
  const intersect = (a, b) => ({
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  });

  /** @param {CSSStyleDeclaration} style @returns {boolean} Whether it is the containing block even of fixed descendants. */
  const containsFixed = (style) => style.transform !== "none" || style.filter !== "none" || style.perspective !== "none";

  rubato.Clipping = class {
    constructor() {
      /** @type {Map<Element, ClipInfo>} */
      this.cache = new Map();
      const scroller = dom.scroller();
      const right = (scroller && dom.clientWidth(scroller)) || innerWidth;
      const bottom = (scroller && dom.clientHeight(scroller)) || innerHeight;
      /** @type {Edges} The view of this frame, without scroll bars. */
      this.view = { left: 0, top: 0, right: Math.min(right, innerWidth), bottom: Math.min(bottom, innerHeight) };
    }

    /**
     * How an element is clipped (`clip`, in pixels of the view), how its content is clipped (`inside`), and whether it or an
     * ancestor is inert.
     * @param {Element} element
     * @returns {ClipInfo}
     */
    of(element) {
      /** @type {Element[]} */
      const chain = [];
      /** @type {Element | null} */
      let at = element;
      for (; at && !this.cache.has(at); at = dom.parent(at)) chain.push(at);
      for (const each of chain.reverse()) this.cache.set(each, this.compute(each));
      return /** @type {ClipInfo} */ (this.cache.get(element));
    }

    /** @param {Element} element  Its ancestors must be cached. @returns {ClipInfo} */
    compute(element) {
      const parent = dom.parent(element);
      const outer = parent ? this.cache.get(parent) : null;
      const style = dom.style(element);
      const { position } = style;
      const clip = outer ? this.overflowClip(/** @type {Element} */ (parent), outer, position) : UNCLIPPED;
      let inside = clip;
      // Overflow of the root and the body scrolls the view.
      if (outer && (style.overflowX !== "visible" || style.overflowY !== "visible") && element !== dom.body()) {
        const box = dom.box(element);
        const left = box.left + dom.clientLeft(element);
        const top = box.top + dom.clientTop(element);
        const clipsX = style.overflowX !== "visible";
        const clipsY = style.overflowY !== "visible";
        // Inline boxes do not clip.
        if (style.display !== "inline") {
          inside = intersect(clip, {
            left: clipsX ? left : -1e9,
            top: clipsY ? top : -1e9,
            right: clipsX ? left + dom.clientWidth(element) : 1e9,
            bottom: clipsY ? top + dom.clientHeight(element) : 1e9,
          });
        }
      }
      return {
        clip,
        inside,
        position,
        inert: (outer?.inert ?? false) || dom.hasAttribute(element, "inert"),
        fixed: containsFixed(style),
      };
    }

    /**
     * The overflow that clips an element, by its position: an absolutely positioned one is clipped only from its containing block on.
     * @param {Element} parent @param {ClipInfo} outer @param {string} position @returns {Edges}
     */
    overflowClip(parent, outer, position) {
      if (position !== "absolute" && position !== "fixed") return outer.inside;
      /** @type {Element | null} */
      let at = parent;
      /** @type {ClipInfo | undefined} */
      let info = outer;
      while (at && info) {
        if (info.fixed || (position === "absolute" && info.position !== "static")) return info.inside;
        at = dom.parent(at);
        info = at ? this.cache.get(at) : undefined;
      }
      return UNCLIPPED;
    }
  };
  rubato.intersectEdges = intersect;
})();
