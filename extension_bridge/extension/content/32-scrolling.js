// Moving the page, or what scrolls at the cursor. At once, never smoothly: an answer means that it has moved.
"use strict";
(() => {
  const { dom } = rubato;
  const STEP = 1 / 8;
  const PAGE = 7 / 8;

  /** @param {Element} element @param {"X" | "Y"} axis whether it has further to go */
  function scrolls(element, axis) {
    const room =
      axis === "X"
        ? dom.scrollWidth(element) - dom.clientWidth(element)
        : dom.scrollHeight(element) - dom.clientHeight(element);
    if (room < 2) return false;
    if (element === dom.scroller()) return true;
    const overflow = axis === "X" ? dom.style(element).overflowX : dom.style(element).overflowY;
    return overflow === "auto" || overflow === "scroll";
  }

  /** @param {Element} element @param {number} x @param {number} y @returns {boolean} whether it moved */
  function move(element, x, y) {
    const before = [element.scrollLeft, element.scrollTop];
    dom.scrollBy(element, { left: x, top: y, behavior: "instant" });
    return element.scrollLeft !== before[0] || element.scrollTop !== before[1];
  }

  /** @param {Element | null} from @returns {Element[]} what scrolls around an element, innermost first, the page last */
  function around(from) {
    const found = [];
    for (let at = from; at; at = dom.parent(at)) {
      if (at !== dom.scroller() && at !== dom.body() && at !== dom.root() && (scrolls(at, "X") || scrolls(at, "Y")))
        {found.push(at);}
    }
    const page = dom.scroller();
    if (page) found.push(page);
    return found;
  }

  rubato.scrolling = {
    /** Where the page is, and how large. */
    place() {
      const page = dom.scroller();
      return {
        x: page?.scrollLeft ?? 0,
        y: page?.scrollTop ?? 0,
        width: page ? dom.scrollWidth(page) : 0,
        height: page ? dom.scrollHeight(page) : 0,
      };
    },

    around,

    /** Brings a node into the middle part of the view, unless it is there; whether anything moved. */
    show(node) {
      const element = dom.elementOf(node);
      const box = dom.isText(node) ? rubato.visible.lines(node)[0] : element && dom.box(element);
      if (!element || !box) return false;
      const [low, high] = [innerHeight * 0.12, innerHeight * 0.88];
      const fits = box.bottom - box.top < high - low;
      const inside =
        box.top >= low && (fits ? box.bottom <= high : box.top <= high) && box.left >= 0 && box.left < innerWidth;
      const before = this.place();
      if (!inside || rubato.scrolling.around(element).length > 1) {
        dom.scrollIntoView(element, {
          block: fits && !dom.isText(node) ? "center" : "nearest",
          inline: "nearest",
          behavior: "instant",
        });
        // A paragraph may be longer than the view, and a header may lie over its beginning.
        const now = dom.isText(node) ? rubato.visible.lines(node)[0] : dom.box(element);
        const page = around(element)[0];
        if (now && page && (now.top < low || now.top > high)) move(page, 0, now.top - (fits ? innerHeight * 0.4 : low));
      }
      const after = this.place();
      return before.x !== after.x || before.y !== after.y;
    },
  };

  rubato.scroll = ({ vertical = 0, horizontal = 0, unit = "step" }) => {
    const share = unit === "page" ? PAGE : STEP;
    const at = rubato.cursor.element();
    const start = at ?? dom.hit(innerWidth / 2, innerHeight / 2);
    const page = dom.scroller();
    const chain = around(start);
    // With no cursor the page moves; where the page itself cannot, what fills its middle does.
    if (!at && page && (scrolls(page, "Y") || scrolls(page, "X"))) chain.splice(0, chain.length - 1);
    let moved = false;
    let mover = page;
    for (const element of chain) {
      const [width, height] =
        element === page ? [innerWidth, innerHeight] : [dom.clientWidth(element), dom.clientHeight(element)];
      mover = element;
      if ((moved = move(element, horizontal * share * width, vertical * share * height))) break;
    }
    return { x: mover?.scrollLeft ?? 0, y: mover?.scrollTop ?? 0, moved };
  };
})();
