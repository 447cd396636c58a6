// Scans the page: the visible elements in document order, with their boxes.
"use strict";
(() => {
  const { dom, refs, visible } = rubato;
  // Elements this share of the view outside of it may still have visible content: margins may be negative, and menus may open upwards.
  const MARGIN = 0.25;
  // Positioned elements (a banner, a dialog) may be in view while their parent is not. They are found by hit-testing this many
  // points of the view, across and down.
  const [COLUMNS, ROWS] = [8, 6];
  // In a long list, this many siblings are skipped at once when the first and the last are on the same side of the view.
  const BATCH = 32;
  const MAX_ELEMENTS = 3000;
  const TIME_LIMIT_MS = 4000;

  /**
   * Whether all in-flow content of an element is away from the view. Overflow counts on both sides, as the text may run from right
   * to left.
   * @param {Element} element @param {Edges} view
   */
  function isFarAway(element, view) {
    const box = dom.box(element);
    const { top, bottom, left, right } = box;
    if (bottom - top <= 0 || right - left <= 0) return false;
    const [up, down, aside] = [-view.bottom * MARGIN, view.bottom * (1 + MARGIN), view.right * MARGIN];
    if (bottom > up && top < down && right > -aside && left < view.right + aside) return false;
    // Most of a page is above or below the view, so overflow is measured only where it matters.
    const overflowY = bottom <= up || top >= down ? Math.max(0, dom.scrollHeight(element) - dom.clientHeight(element)) : 0;
    if (bottom + overflowY <= up || top - overflowY >= down) return true;
    const overflowX = Math.max(0, dom.scrollWidth(element) - dom.clientWidth(element));
    return right + overflowX <= -aside || left - overflowX >= view.right + aside;
  }

  /**
   * Whether the browser skips an element's content (`content-visibility`). Measuring it would force its layout.
   * @param {Element} element @param {Edges} view
   */
  function contentSkipped(element, view) {
    const { contentVisibility } = dom.style(element);
    return contentVisibility === "hidden" || (contentVisibility === "auto" && !touches(dom.box(element), view));
  }

  /** @param {Edges} view @param {Slices} slices @returns {Promise<Set<Element>>} The elements hit in the view, with their ancestors. */
  async function hitTest(view, slices) {
    /** @type {Set<Element>} */
    const found = new Set();
    for (let row = 0; row < ROWS; row++) {
      for (let column = 0; column < COLUMNS; column++) {
        let at = dom.deepHit((view.right * (column + 0.5)) / COLUMNS, (view.bottom * (row + 0.5)) / ROWS);
        for (; at && !found.has(at); at = dom.parent(at)) found.add(at);
        if (slices.due) await slices.rest();
      }
    }
    return found;
  }

  /** @param {Entry[]} list @param {number} at @param {Edges} view @param {Set<Element>} hit @returns {boolean} Whether the batch from `at` on can be skipped. */
  function canSkip(list, at, view, hit) {
    const batch = list.slice(at, at + BATCH);
    const [first, last] = [batch[0], batch.at(-1)].map((entry) => entry && visible.roughBox(entry));
    if (!first || !last || first.bottom === first.top || last.bottom === last.top) return false;
    const [up, down] = [-view.bottom * MARGIN, view.bottom * (1 + MARGIN)];
    if (!(first.bottom < up && last.bottom < up) && !(first.top > down && last.top > down)) return false;
    return !batch.some(({ node }) => hit.has(node));
  }

  /** @param {Edges} view @param {Slices} slices @returns {AsyncGenerator<Entry>} The entries that may be in view, in order. */
  async function* candidates(view, slices) {
    const top = rubato.tree.top();
    const hit = await hitTest(view, slices);
    const stack = [{ list: top ? [top] : [], at: 0 }];
    let steps = 0;
    for (let level = stack.at(-1); level; level = stack.at(-1)) {
      if (!(++steps & 7) && slices.due) {
        await slices.rest();
        if (slices.spent) return;
      }
      const { list } = level;
      if (list.length > 2 * BATCH && level.at % BATCH === 0 && canSkip(list, level.at, view, hit)) {
        level.at += BATCH;
        continue;
      }
      const entry = list[level.at++];
      if (!entry) stack.pop();
      else if (!entry.expandable) {
        if (entry.kind) yield entry;
      } else if (entry.inline || hit.has(entry.node) || !isFarAway(entry.node, view)) {
        if (entry.kind) yield entry;
        if (!entry.inline && contentSkipped(entry.node, view)) continue;
        // A shadow root attached after the walk causes no mutation.
        if (!entry.children || (!entry.shadow && dom.localName(entry.node).includes("-") && dom.shadowOf(entry.node)))
          {await rubato.tree.expand(entry, slices);}
        stack.push({ list: entry.children ?? [], at: 0 });
      }
    }
  }

  /** @param {Edges | null} box @param {Edges} view @returns {boolean} Whether a box may be in view; true for one without a size. */
  const touches = (box, view) =>
    !box ||
    box.right - box.left < 1 ||
    box.bottom - box.top < 1 ||
    (box.right > view.left && box.left < view.right && box.bottom > view.top && box.top < view.bottom);

  /** @param {Edges} edges @returns {Box} */
  const boxOf = (edges) => ({
    x: round(edges.left),
    y: round(edges.top),
    width: round(edges.right - edges.left),
    height: round(edges.bottom - edges.top),
  });
  const round = (/** @type {number} */ value) => Math.round(value * 10) / 10;

  rubato.boxOf = boxOf;

  /** The visible entries. */
  rubato.visibleEntries = async (slices) => {
    const clipping = new rubato.Clipping();
    /** @type {VisibleEntry[]} */
    const found = [];
    for await (const entry of candidates(clipping.view, slices)) {
      if (!touches(visible.roughBox(entry), clipping.view)) continue;
      const seen = visible.of(entry, clipping);
      if (seen) found.push({ entry, seen });
      if (found.length >= MAX_ELEMENTS) break;
    }
    visible.release();
    return { found, view: clipping.view, truncated: found.length >= MAX_ELEMENTS || slices.spent };
  };

  rubato.scan = async () => {
    const started = rubato.now();
    const slices = new rubato.Slices(TIME_LIMIT_MS);
    const { found, truncated } = await rubato.visibleEntries(slices);
    const elements = [];
    const frames = [];
    for (const { entry, seen } of found) {
      const box = boxOf(seen.bounds);
      if (entry.kind === "frame") {
        frames.push(rubato.frames.describe(/** @type {HTMLIFrameElement} */ (entry.node), box));
        continue;
      }
      /** @type {ScannedElement} */
      const element = {
        ref: refs.of(entry.node),
        kind: /** @type {Kind} */ (entry.kind),
        ...box,
        area: Math.round(seen.area * 1000) / 1000,
        ink: Math.round(seen.ink * 1000) / 1000,
      };
      if (entry.level) element.level = entry.level;
      if (seen.parts.length > 1) element.parts = seen.parts.map(boxOf);
      elements.push(element);
    }
    return {
      token: rubato.frames.token(),
      // Including scroll bars, like `innerWidth` for the page's scripts.
      viewport: { width: innerWidth, height: innerHeight },
      scroll: rubato.scrolling.position(),
      elements,
      frames,
      ms: Math.round((rubato.now() - started) * 100) / 100,
      pieces: slices.pieces,
      truncated,
    };
  };
})();
