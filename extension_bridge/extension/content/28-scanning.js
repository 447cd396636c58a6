// The page as it is seen now: what is in view, in the order of the document, with its boxes.
"use strict";
(() => {
  const { dom, refs, visible } = rubato;
  // Skipping what is far away is only believed beyond this share of the view: margins may be negative, and menus open upwards.
  const MARGIN = 0.25;
  // A part of the page is looked at as one before its entries are, from so many entries on.
  const WORTH = 6;
  const MOST = 3000;
  const LONGEST = 4000;

  /**
   * Whether all that lies in an element's flow is away from the view. What overflows it counts on both sides, as it may be
   * written from right to left.
   * @param {Element} element @param {Edges} view
   */
  function away(element, view) {
    const box = dom.box(element);
    const { top, bottom, left, right } = box;
    if (bottom - top <= 0 || right - left <= 0) return false;
    const [up, down, aside] = [-view.bottom * MARGIN, view.bottom * (1 + MARGIN), view.right * MARGIN];
    if (bottom > up && top < down && right > -aside && left < view.right + aside) return false;
    // Most of the page is above or below: how far it overflows is asked only where it matters.
    const overflowY = bottom <= up || top >= down ? Math.max(0, dom.scrollHeight(element) - dom.clientHeight(element)) : 0;
    if (bottom + overflowY <= up || top - overflowY >= down) return true;
    const overflowX = Math.max(0, dom.scrollWidth(element) - dom.clientWidth(element));
    return right + overflowX <= -aside || left - overflowX >= view.right + aside;
  }

  /**
   * Whether the browser itself leaves out what an element holds (`content-visibility`). Measuring in there would lay it out.
   * @param {Element} element @param {Edges} view
   */
  function leftOut(element, view) {
    const { contentVisibility } = dom.style(element);
    return contentVisibility === "hidden" || (contentVisibility === "auto" && !touches(dom.box(element), view));
  }

  /** @param {Entry[]} entries @param {Edges} view @param {Slices} slices @returns {AsyncGenerator<Entry>} those that may be in view */
  async function* near(entries, view, slices) {
    /** @type {Array<[number, number]>} */
    const parts = [[0, entries.length]];
    const escaping = [];
    for (let n = 0; n < entries.length; n++) if (entries[n]?.escapes) escaping.push(n);
    let steps = 0;
    while (parts.length) {
      const [start, end] = /** @type {[number, number]} */ (parts.pop());
      let at = start;
      while (at < end) {
        if (!(++steps & 7) && slices.due) {
          await slices.rest();
          if (slices.spent) return;
        }
        const entry = /** @type {Entry} */ (entries[at]);
        if (entry.end - at > WORTH && away(entry.node, view)) {
          // What is placed by itself may be anywhere: it is looked at as a part of its own.
          /** @type {Array<[number, number]>} */
          const inside = [];
          let from = at + 1;
          for (let k = after(escaping, at); k < escaping.length; k++) {
            const one = /** @type {number} */ (escaping[k]);
            if (one >= entry.end) break;
            if (one < from) continue;
            from = /** @type {Entry} */ (entries[one]).end;
            inside.push([one, from]);
          }
          // In the order of the document: what was found inside first, then the rest.
          parts.push([entry.end, end], ...inside.reverse());
          at = end;
          continue;
        }
        if (entry.kind) yield entry;
        at = entry.end - at > 1 && !entry.texts && leftOut(entry.node, view) ? entry.end : at + 1;
      }
    }
  }

  /** @param {number[]} sorted @param {number} value @returns {number} index of the first above `value` */
  function after(sorted, value) {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (/** @type {number} */ (sorted[middle]) > value) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** @param {Edges | null} box @param {Edges} view whether any of it may be in view; one without a size is looked at closer */
  const touches = (box, view) =>
    !box || box.right - box.left < 1 || box.bottom - box.top < 1
      || (box.right > view.left && box.left < view.right && box.bottom > view.top && box.top < view.bottom);

  /** @param {Edges} edges @returns {Box} */
  const boxOf = (edges) => ({
    x: round(edges.left),
    y: round(edges.top),
    width: round(edges.right - edges.left),
    height: round(edges.bottom - edges.top),
  });
  const round = (/** @type {number} */ value) => Math.round(value * 10) / 10;

  rubato.boxOf = boxOf;

  /** What is in view, with the entries it was made from. */
  rubato.look = async (slices) => {
    const entries = await rubato.candidates.list(slices);
    const around = new rubato.Surroundings();
    /** @type {Sight[]} */
    const found = [];
    for await (const entry of near(entries, around.view, slices)) {
      if (!touches(visible.coarse(entry), around.view)) continue;
      const seen = visible.of(entry, around);
      if (seen) found.push({ entry, seen });
      if (found.length >= MOST) break;
    }
    visible.rest();
    return { found, view: around.view, truncated: found.length >= MOST || slices.spent };
  };

  rubato.scan = async () => {
    const began = rubato.now();
    const slices = new rubato.Slices(LONGEST);
    const { found, truncated } = await rubato.look(slices);
    const elements = [];
    const frames = [];
    for (const { entry, seen } of found) {
      const box = boxOf(seen.bounds);
      if (entry.kind === "frame") {
        frames.push(rubato.frames.inside(/** @type {HTMLIFrameElement} */ (entry.node), box));
        continue;
      }
      /** @type {ScannedElement} */
      const element = { ref: refs.of(entry.node), kind: /** @type {Kind} */ (entry.kind), ...box, area: Math.round(seen.area * 1000) / 1000, ink: Math.round(seen.ink * 1000) / 1000 };
      if (entry.level) element.level = entry.level;
      if (seen.parts.length > 1) element.parts = seen.parts.map(boxOf);
      elements.push(element);
    }
    return {
      token: rubato.frames.token(),
      // With its scroll bars, as the page's own scripts and the window's owner count it.
      viewport: { width: innerWidth, height: innerHeight },
      scroll: rubato.scrolling.place(),
      elements,
      frames,
      ms: Math.round((rubato.now() - began) * 100) / 100,
      pieces: slices.pieces,
      truncated,
    };
  };
})();
