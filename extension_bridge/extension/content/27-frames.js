// Where this frame is among the frames of its page, and where its own frames are. A frame is known by its path of places
// among the window's frames ("top.0.2"): parent and child both see it, without a word that the page could hear.
"use strict";
(() => {
  const { dom } = rubato;
  const DEEPEST = 32;

  /** @param {Window} parent @param {Window | null} child @returns {number} the child's place, -1 when it has none (shadow roots) */
  function placeOf(parent, child) {
    for (let n = 0; n < parent.length; n++) if (parent[n] === child) return n;
    return -1;
  }

  /**
   * The place of a frame in its parent. Frames in shadow roots have none that both sides see: those of the same origin go by the
   * number that the parent's own content script has for them; others cannot be placed.
   * @param {Window} at @returns {string}
   */
  function step(at) {
    const place = placeOf(at.parent, at);
    if (place >= 0) return String(place);
    try {
      const { rubato: its } = /** @type {{rubato?: Rubato}} */ (/** @type {unknown} */ (at.parent));
      const element = at.frameElement;
      return its && element ? `s${its.refs.of(element)}` : "?";
    } catch {
      return "?";
    }
  }

  /** @param {Window} of @returns {string} */
  function path(of) {
    const names = [];
    let at = of;
    for (let depth = 0; at !== at.parent && depth < DEEPEST; depth++, at = at.parent) names.push(step(at));
    return ["top", ...names.reverse()].join(".");
  }

  rubato.frames = {
    token: () => path(globalThis.window),

    /** Where the inside of a frame lies in this view, and what of it shows. */
    inside(element, clip) {
      const box = dom.box(element);
      const style = dom.style(element);
      const side = (/** @type {string} */ name) => Number.parseFloat(style.getPropertyValue(name)) || 0;
      // A frame may be drawn larger or smaller than it is laid out.
      const scale = element.offsetWidth ? box.width / element.offsetWidth : 1;
      const left = side("border-left-width") + side("padding-left");
      const top = side("border-top-width") + side("padding-top");
      const inner = {
        x: box.left + left * scale,
        y: box.top + top * scale,
        width: box.width - (left + side("border-right-width") + side("padding-right")) * scale,
        height: box.height - (top + side("border-bottom-width") + side("padding-bottom")) * scale,
      };
      const ref = rubato.refs.of(element);
      const place = placeOf(globalThis.window, element.contentWindow);
      return { token: `${path(globalThis.window)}.${place < 0 ? `s${ref}` : place}`, ref, ...inner, scale, clip };
    },
  };
})();
