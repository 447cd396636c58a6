// What lies around an element and cuts it: overflow of its ancestors, and whether they are out of use. Kept for one scan.
"use strict";
(() => {
  const { dom } = rubato;
  const EVERYWHERE = { left: -1e9, top: -1e9, right: 1e9, bottom: 1e9 };

  /** @param {Edges} a @param {Edges} b @returns {Edges} */
  const meet = (a, b) => ({
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  });

  /** @param {CSSStyleDeclaration} style whether it holds absolutely and even fixedly placed descendants */
  const holdsAll = (style) => style.transform !== "none" || style.filter !== "none" || style.perspective !== "none";

  rubato.Surroundings = class {
    constructor() {
      /** @type {Map<Element, Around>} */
      this.known = new Map();
      const scroller = dom.scroller();
      const right = (scroller && dom.clientWidth(scroller)) || innerWidth;
      const bottom = (scroller && dom.clientHeight(scroller)) || innerHeight;
      /** @type {Edges} The view of this frame, scroll bars left out. */
      this.view = { left: 0, top: 0, right: Math.min(right, innerWidth), bottom: Math.min(bottom, innerHeight) };
    }

    /**
     * How an element is cut (`clip`, in pixels of the view), how what it holds is cut (`inside`), whether it or what holds
     * it is inert.
     * @param {Element} element
     * @returns {Around}
     */
    of(element) {
      /** @type {Element[]} */
      const chain = [];
      /** @type {Element | null} */
      let at = element;
      for (; at && !this.known.has(at); at = dom.parent(at)) chain.push(at);
      for (const each of chain.reverse()) this.known.set(each, this.look(each));
      return /** @type {Around} */ (this.known.get(element));
    }

    /** @param {Element} element whose ancestors are known @returns {Around} */
    look(element) {
      const parent = dom.parent(element);
      const outer = parent ? this.known.get(parent) : null;
      const style = dom.style(element);
      const { position } = style;
      const clip = outer ? this.cut(/** @type {Element} */ (parent), outer, position) : EVERYWHERE;
      let inside = clip;
      // What overflows the root and the body scrolls the view itself.
      if (outer && (style.overflowX !== "visible" || style.overflowY !== "visible") && element !== dom.body()) {
        const box = dom.box(element);
        const left = box.left + dom.clientLeft(element);
        const top = box.top + dom.clientTop(element);
        const across = style.overflowX !== "visible";
        const along = style.overflowY !== "visible";
        // An inline box has no inner width, and cuts nothing.
        if (style.display !== "inline") {
          inside = meet(clip, {
            left: across ? left : -1e9,
            top: along ? top : -1e9,
            right: across ? left + dom.clientWidth(element) : 1e9,
            bottom: along ? top + dom.clientHeight(element) : 1e9,
          });
        }
      }
      return {
        clip,
        inside,
        position,
        inert: (outer?.inert ?? false) || dom.hasAttribute(element, "inert"),
        all: holdsAll(style),
      };
    }

    /**
     * The overflow that cuts an element by its position: an absolutely placed one is cut only from its containing block on.
     * @param {Element} parent @param {Around} outer @param {string} position @returns {Edges}
     */
    cut(parent, outer, position) {
      if (position !== "absolute" && position !== "fixed") return outer.inside;
      /** @type {Element | null} */
      let at = parent;
      /** @type {Around | undefined} */
      let around = outer;
      while (at && around) {
        if (around.all || (position === "absolute" && around.position !== "static")) return around.inside;
        at = dom.parent(at);
        around = at ? this.known.get(at) : undefined;
      }
      return EVERYWHERE;
    }
  };
  rubato.meet = meet;
})();
