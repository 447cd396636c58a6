// The page as it is seen now: what is in view, in the order of the document, with its boxes.
"use strict";
(() => {
  const { dom, refs, visible } = rubato;
  // Skipping what is far away is only believed beyond this share of the view: margins may be negative, and menus open upwards.
  const MARGIN = 0.25;
  // What is placed by itself (a banner, a dialog) may be in view while what holds it is far away: it is hit at one of these
  // points of the view, across and down.
  const [ACROSS, DOWN] = [8, 6];
  // Of a long list, so many neighbours are passed over at once when the first and the last lie on one side of the view.
  const TOGETHER = 32;
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

  /** @param {Edges} view @param {Slices} slices @returns {Promise<Set<Element>>} what is hit in the view, with all that holds it */
  async function sampled(view, slices) {
    /** @type {Set<Element>} */
    const found = new Set();
    for (let row = 0; row < DOWN; row++) {
      for (let column = 0; column < ACROSS; column++) {
        let at = dom.deepHit((view.right * (column + 0.5)) / ACROSS, (view.bottom * (row + 0.5)) / DOWN);
        for (; at && !found.has(at); at = dom.parent(at)) found.add(at);
        if (slices.due) await slices.rest();
      }
    }
    return found;
  }

  /** @param {Entry[]} list @param {number} at @param {Edges} view @param {Set<Element>} hit whether those from `at` on can be passed over */
  function passed(list, at, view, hit) {
    const few = list.slice(at, at + TOGETHER);
    const [first, last] = [few[0], few.at(-1)].map((entry) => entry && visible.coarse(entry));
    if (!first || !last || first.bottom === first.top || last.bottom === last.top) return false;
    const [up, down] = [-view.bottom * MARGIN, view.bottom * (1 + MARGIN)];
    if (!(first.bottom < up && last.bottom < up) && !(first.top > down && last.top > down)) return false;
    return !few.some(({ node }) => hit.has(node));
  }

  /** @param {Edges} view @param {Slices} slices @returns {AsyncGenerator<Entry>} those that may be in view, in order */
  async function* near(view, slices) {
    const top = rubato.tree.top();
    const hit = await sampled(view, slices);
    const stack = [{ list: top ? [top] : [], at: 0 }];
    let steps = 0;
    for (let level = stack.at(-1); level; level = stack.at(-1)) {
      if (!(++steps & 7) && slices.due) {
        await slices.rest();
        if (slices.spent) return;
      }
      const { list } = level;
      if (list.length > 2 * TOGETHER && level.at % TOGETHER === 0 && passed(list, level.at, view, hit)) {
        level.at += TOGETHER;
        continue;
      }
      const entry = list[level.at++];
      if (!entry) stack.pop();
      else if (!entry.opens) {
        if (entry.kind) yield entry;
      } else if (entry.inline || hit.has(entry.node) || !away(entry.node, view)) {
        if (entry.kind) yield entry;
        if (!entry.inline && leftOut(entry.node, view)) continue;
        // A root that came after the first look changed nothing that is watched.
        if (!entry.kids || (!entry.shadow && dom.localName(entry.node).includes("-") && dom.shadowOf(entry.node)))
          {await rubato.tree.expand(entry, slices);}
        stack.push({ list: entry.kids ?? [], at: 0 });
      }
    }
  }

  /** @param {Edges | null} box @param {Edges} view whether any of it may be in view; one without a size is looked at closer */
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

  /** What is in view, with the entries it was made from. */
  rubato.look = async (slices) => {
    const around = new rubato.Surroundings();
    /** @type {Sight[]} */
    const found = [];
    for await (const entry of near(around.view, slices)) {
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
