// The position of this frame among the frames of its page, and of its child frames. A frame is identified by its path of indices
// ("top.0.2"), which parent and child can both compute without a message that the page could intercept.
"use strict";
(() => {
  const { dom } = rubato;
  const MAX_DEPTH = 32;

  /** @param {Window} parent @param {Window | null} child @returns {number} The child's index; -1 when it is in a shadow root. */
  function indexOf(parent, child) {
    for (let n = 0; n < parent.length; n++) if (parent[n] === child) return n;
    return -1;
  }

  /**
   * One step of the path. Frames in shadow roots have no index that both sides see: those of the same origin use the ref of the
   * parent's content script instead; others cannot be located.
   * @param {Window} at @returns {string}
   */
  function step(at) {
    const index = indexOf(at.parent, at);
    if (index >= 0) return String(index);
    try {
      const { rubato: parentRubato } = /** @type {{rubato?: Rubato}} */ (/** @type {unknown} */ (at.parent));
      const element = at.frameElement;
      return parentRubato && element ? `s${parentRubato.refs.of(element)}` : "?";
    } catch {
      return "?";
    }
  }

  /** @param {Window} of @returns {string} */
  function path(of) {
    const names = [];
    let at = of;
    for (let depth = 0; at !== at.parent && depth < MAX_DEPTH; depth++, at = at.parent) names.push(step(at));
    return ["top", ...names.reverse()].join(".");
  }

  rubato.frames = {
    token: () => path(globalThis.window),

    /** The content box of a frame in this view, and its visible part. */
    describe(element, clip) {
      const box = dom.box(element);
      const style = dom.style(element);
      const side = (/** @type {string} */ name) => Number.parseFloat(style.getPropertyValue(name)) || 0;
      // A frame may be scaled by a transform.
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
      const index = indexOf(globalThis.window, element.contentWindow);
      return { token: `${path(globalThis.window)}.${index < 0 ? `s${ref}` : index}`, ref, ...inner, scale, clip };
    },
  };
})();
