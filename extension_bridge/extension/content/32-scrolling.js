// Scrolls the page or the scroller at the cursor; instantly, so that the answer is sent when the scroll is done.
"use strict";
(() => {
  const { dom } = rubato;
  const STEP = 1 / 8;
  const PAGE = 7 / 8;

  /** @param {Element} element @param {"X" | "Y"} axis @returns {boolean} Whether it can scroll. */
  function canScroll(element, axis) {
    const room =
      axis === "X"
        ? dom.scrollWidth(element) - dom.clientWidth(element)
        : dom.scrollHeight(element) - dom.clientHeight(element);
    if (room < 2) return false;
    if (element === dom.scroller()) return true;
    const overflow = axis === "X" ? dom.style(element).overflowX : dom.style(element).overflowY;
    return overflow === "auto" || overflow === "scroll";
  }

  /** @param {Element} element @param {number} x @param {number} y @returns {boolean} Whether it moved. */
  function move(element, x, y) {
    const before = [element.scrollLeft, element.scrollTop];
    dom.scrollBy(element, { left: x, top: y, behavior: "instant" });
    return element.scrollLeft !== before[0] || element.scrollTop !== before[1];
  }

  /** @param {Element | null} from @returns {Element[]} The scrollers around an element, innermost first, the page last. */
  function scrollersOf(from) {
    const scrollers = [];
    for (let at = from; at; at = dom.parent(at)) {
      if (at !== dom.scroller() && at !== dom.body() && at !== dom.root() && (canScroll(at, "X") || canScroll(at, "Y")))
        {scrollers.push(at);}
    }
    const page = dom.scroller();
    if (page) scrollers.push(page);
    return scrollers;
  }

  rubato.scrolling = {
    /** The scroll position and size of the page, px. */
    position() {
      const page = dom.scroller();
      return {
        x: page?.scrollLeft ?? 0,
        y: page?.scrollTop ?? 0,
        width: page ? dom.scrollWidth(page) : 0,
        height: page ? dom.scrollHeight(page) : 0,
      };
    },

    scrollersOf,

    /** Scrolls a node into the middle part of the view, unless it is there; returns whether the page moved. */
    reveal(node) {
      const element = dom.elementOf(node);
      const box = dom.isText(node) ? rubato.visible.lines(node)[0] : element && dom.box(element);
      if (!element || !box) return false;
      const [low, high] = [innerHeight * 0.12, innerHeight * 0.88];
      const fits = box.bottom - box.top < high - low;
      const inside =
        box.top >= low && (fits ? box.bottom <= high : box.top <= high) && box.left >= 0 && box.left < innerWidth;
      const before = this.position();
      if (!inside || rubato.scrolling.scrollersOf(element).length > 1) {
        dom.scrollIntoView(element, {
          block: fits && !dom.isText(node) ? "center" : "nearest",
          inline: "nearest",
          behavior: "instant",
        });
        // A paragraph may be longer than the view, and a sticky header may cover its beginning.
        const now = dom.isText(node) ? rubato.visible.lines(node)[0] : dom.box(element);
        const page = scrollersOf(element)[0];
        if (now && page && (now.top < low || now.top > high)) move(page, 0, now.top - (fits ? innerHeight * 0.4 : low));
      }
      const after = this.position();
      return before.x !== after.x || before.y !== after.y;
    },
  };

  rubato.scroll = ({ vertical = 0, horizontal = 0, unit = "step" }) => {
    const share = unit === "page" ? PAGE : STEP;
    const at = rubato.cursor.element();
    const start = at ?? dom.hit(innerWidth / 2, innerHeight / 2);
    const page = dom.scroller();
    const chain = scrollersOf(start);
    // Without a cursor the page scrolls, or the scroller in its middle if the page cannot.
    if (!at && page && (canScroll(page, "Y") || canScroll(page, "X"))) chain.splice(0, chain.length - 1);
    let moved = false;
    let scroller = page;
    for (const element of chain) {
      const [width, height] =
        element === page ? [innerWidth, innerHeight] : [dom.clientWidth(element), dom.clientHeight(element)];
      scroller = element;
      if ((moved = move(element, horizontal * share * width, vertical * share * height))) break;
    }
    return { x: scroller?.scrollLeft ?? 0, y: scroller?.scrollTop ?? 0, moved };
  };
})();
