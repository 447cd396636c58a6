// Selects or highlights the words in a box of the view.
"use strict";
(() => {
  const { dom, CommandError } = rubato;
  const MAX_TEXT = 4000;
  const MAX_MARKED = 200;
  /** @type {StaticRange[]} */
  let marked = [];

  /** @param {Edges} line @param {Edges} box @returns {boolean} Whether a line of text crosses the box. */
  function crosses(line, box) {
    const middle = (line.top + line.bottom) / 2;
    return middle >= box.top && middle <= box.bottom && line.left < box.right && line.right > box.left;
  }

  /** @param {Edges} word @param {Edges} box @returns {boolean} Whether the middle of a word is in the box. */
  const inBox = (word, box) =>
    crosses({ ...edges(word), left: (word.left + word.right) / 2, right: (word.left + word.right) / 2 + 0.01 }, box);

  /** @param {Edges} of @returns {Edges} */
  const edges = ({ left, top, right, bottom }) => ({ left, top, right, bottom });

  /** @param {Edges} box @returns {Promise<Range[]>} The words in a box of the view. */
  async function inside(box) {
    const { found } = await rubato.visibleEntries(new rubato.Slices(2000));
    const ranges = [];
    for (const { entry } of found) {
      if (entry.kind === "frame") continue;
      for (const text of textsOf(entry)) {
        const range = wordsIn(text, box);
        if (range) ranges.push(range);
      }
    }
    // A link in a heading is found twice.
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

  /** @param {Text} text @param {Edges} box @returns {Range | null} The range from its first to its last word in the box. */
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
    return rubato.labels.clean(ranges.map((range) => range.toString().slice(0, MAX_TEXT)).join(" "), MAX_TEXT);
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
      .slice(-MAX_MARKED)
      .concat(ranges.map((range) => new StaticRange(range)));
    rubato.highlighting.show("marked", marked);
    return { text: words(ranges), boxes: ranges.map((range) => rubato.boxOf(range.getBoundingClientRect())) };
  }

  rubato.selecting = {
    /** Selects the text from the first word in the box to the last. */
    async select(args) {
      const ranges = await inside(boxOf(args));
      const [first] = ranges;
      const end = ranges.at(-1);
      if (!first || !end) throw new CommandError("nothing_there", "There is no text there.");
      const selection = /** @type {Selection} */ (getSelection());
      const range = first.cloneRange();
      if (dom.rootOf(end.endContainer) === dom.rootOf(range.startContainer)) range.setEnd(end.endContainer, end.endOffset);
      selection.removeAllRanges();
      selection.addRange(range);
      return { text: rubato.labels.clean(range.toString(), MAX_TEXT) };
    },

    /** Highlights the words in the box. */
    async highlight(args) {
      const ranges = await inside(boxOf(args));
      if (!ranges.length) throw new CommandError("nothing_there", "There is no text there.");
      return mark(ranges);
    },

    unhighlight() {
      marked = [];
      rubato.highlighting.hide("marked");
      rubato.finding.clear();
      getSelection()?.removeAllRanges();
      return {};
    },
  };
})();
