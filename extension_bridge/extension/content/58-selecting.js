// Choosing words by places of the view: selecting them as a hand would, or marking them.
"use strict";
(() => {
  const { dom, Refusal } = rubato;
  const LONGEST = 4000;
  const MOST_MARKED = 200;
  /** @type {StaticRange[]} */
  let marked = [];

  /** @param {Edges} line @param {Edges} box whether a line of words runs through the box */
  function crosses(line, box) {
    const middle = (line.top + line.bottom) / 2;
    return middle >= box.top && middle <= box.bottom && line.left < box.right && line.right > box.left;
  }

  /** @param {Edges} word @param {Edges} box whether the better half of a word lies in the box */
  const inBox = (word, box) =>
    crosses({ ...edges(word), left: (word.left + word.right) / 2, right: (word.left + word.right) / 2 + 0.01 }, box);

  /** @param {Edges} of @returns {Edges} */
  const edges = ({ left, top, right, bottom }) => ({ left, top, right, bottom });

  /** @param {Edges} box @returns {Promise<Range[]>} the words whose lines lie in a box of the view */
  async function inside(box) {
    const { found } = await rubato.look(new rubato.Slices(2000));
    const ranges = [];
    for (const { entry } of found) {
      if (entry.kind === "frame") continue;
      for (const text of textsOf(entry)) {
        const range = wordsIn(text, box);
        if (range) ranges.push(range);
      }
    }
    // A link within a heading is found as both.
    const seen = new Set();
    return ranges.filter((range) => !seen.has(range.startContainer) && seen.add(range.startContainer));
  }

  /** @param {Entry} entry @returns {Text[]} */
  function textsOf(entry) {
    if (entry.texts) return entry.texts;
    const found = [];
    const stack = [dom.firstChild(entry.node)];
    while (stack.length && found.length < 200) {
      const at = stack.pop();
      if (!at) continue;
      stack.push(dom.nextSibling(at));
      if (dom.isText(at)) found.push(/** @type {Text} */ (at));
      else if (dom.isElement(at)) stack.push(dom.firstChild(at));
    }
    return found;
  }

  /** @param {Text} text @param {Edges} box @returns {Range | null} its words in the box, from the first to the last */
  function wordsIn(text, box) {
    const whole = /** @type {Range} */ (dom.newRange());
    whole.selectNodeContents(text);
    if (!rubato.visible.lines(text).some((line) => crosses(line, box))) return null;
    let first = -1;
    let last = -1;
    for (const word of dom.ownText(text).slice(0, 20_000).matchAll(/\S+/g)) {
      const range = /** @type {Range} */ (dom.newRange());
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      if (![...range.getClientRects()].some((part) => inBox(part, box))) continue;
      if (first < 0) first = word.index;
      last = word.index + word[0].length;
    }
    if (first < 0) return null;
    whole.setStart(text, first);
    whole.setEnd(text, last);
    return whole;
  }

  /** @param {Range[]} ranges */
  function words(ranges) {
    return rubato.labels.clean(ranges.map((range) => range.toString().slice(0, LONGEST)).join(" "), LONGEST);
  }

  /** @param {{x1: number, y1: number, x2?: number, y2?: number}} args @returns {Edges} */
  const boxOf = ({ x1, y1, x2 = x1, y2 = y1 }) => ({
    left: Math.min(x1, x2),
    top: Math.min(y1, y2),
    right: Math.max(x1, x2),
    bottom: Math.max(y1, y2),
  });

  /** @param {Range[]} ranges */
  function mark(ranges) {
    marked = marked
      .filter((range) => dom.isConnected(range.startContainer))
      .slice(-MOST_MARKED)
      .concat(ranges.map((range) => new StaticRange(range)));
    rubato.highlighting.show("marked", marked);
    return { text: words(ranges), boxes: ranges.map((range) => rubato.boxOf(range.getBoundingClientRect())) };
  }

  rubato.selecting = {
    /** Selects from the first word in the box to the last. */
    async select(args) {
      const ranges = await inside(boxOf(args));
      const [first] = ranges;
      const end = ranges.at(-1);
      if (!first || !end) throw new Refusal("nothing_there", "There are no words there.");
      const selection = /** @type {Selection} */ (getSelection());
      const range = first.cloneRange();
      if (dom.rootOf(end.endContainer) === dom.rootOf(range.startContainer)) range.setEnd(end.endContainer, end.endOffset);
      selection.removeAllRanges();
      selection.addRange(range);
      return { text: rubato.labels.clean(range.toString(), LONGEST) };
    },

    /** Marks the words in the box. */
    async highlight(args) {
      const ranges = await inside(boxOf(args));
      if (!ranges.length) throw new Refusal("nothing_there", "There are no words there.");
      return mark(ranges);
    },

    unhighlight() {
      marked = [];
      rubato.highlighting.hide("marked");
      rubato.finding.forget();
      getSelection()?.removeAllRanges();
      return {};
    },
  };
})();
