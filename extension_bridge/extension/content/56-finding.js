// Searches the page, ignoring case and accents, also across element boundaries.
"use strict";
(() => {
  const { dom, refs, CommandError } = rubato;
  const MAX_HITS = 1000;
  const CONTEXT = 60;

  /** @param {string} text @returns {string} The text in lower case, without accents. */
  rubato.fold = (text) =>
    text
      .normalize("NFKD")
      .replace(/\p{M}+/gu, "")
      .toLowerCase()
      .replace(/ß/g, "ss")
      .replace(/\s+/g, " ");

  /** @typedef {{pieces: Array<{node: Text, start: number}>, from: number, to: number, excerpt: string}} Hit  Offsets in the joined text of a block. */
  /** @typedef {{range: StaticRange, excerpt: string}} Match  A static range does not follow changes of the page, so it costs the page nothing. */
  /** @type {Match[]} */
  let hits = [];
  let needle = "";

  /**
   * The folded text, and for each of its characters the offset in the original text.
   * @param {string} text @returns {{folded: string, origin: number[]}}
   */
  function mapped(text) {
    let folded = "";
    const origin = [];
    let at = 0;
    for (const character of text) {
      let part = rubato.fold(character);
      if (part === " " && folded.endsWith(" ")) part = "";
      folded += part;
      for (let n = 0; n < part.length; n++) origin.push(at);
      at += character.length;
    }
    origin.push(at);
    return { folded, origin };
  }

  /** @param {Block} block @param {string} wanted @returns {Hit[]} */
  function search(block, wanted) {
    let joined = "";
    /** @type {Hit["pieces"]} */
    const pieces = [];
    for (const piece of block.pieces) {
      if (piece.node) pieces.push({ node: piece.node, start: joined.length });
      joined += piece.node ? dom.ownText(piece.node) : piece.text;
    }
    if (!rubato.fold(joined).includes(wanted)) return [];
    const { folded, origin } = mapped(joined);
    const found = [];
    for (let at = folded.indexOf(wanted); at >= 0 && found.length < MAX_HITS; at = folded.indexOf(wanted, at + wanted.length)) {
      const from = /** @type {number} */ (origin[at]);
      // Include accents after the last character.
      const to = /** @type {number} */ (origin[at + wanted.length - 1]) + 1;
      const accents = /^\p{M}*/u.exec(joined.slice(to))?.[0].length ?? 0;
      const before = joined.slice(Math.max(0, from - CONTEXT), from);
      const excerpt = rubato.labels.clean(`${before}${joined.slice(from, to + accents + CONTEXT)}`);
      found.push({ pieces, from, to: to + accents, excerpt });
    }
    return found;
  }

  /** @param {Hit} hit @returns {StaticRange | null} */
  function rangeOf({ pieces, from, to }) {
    /** @type {{startContainer: Text, startOffset: number} | null} */
    let start = null;
    for (const { node, start: begin } of pieces) {
      const end = begin + dom.ownText(node).length;
      if (!start && from < end) start = { startContainer: node, startOffset: Math.max(0, from - begin) };
      if (start && to <= end) return new StaticRange({ ...start, endContainer: node, endOffset: Math.max(0, to - begin) });
    }
    return null;
  }

  /** @param {StaticRange} range @returns {DOMRect} Its current box; empty when the page has shortened the text. */
  function boxOf({ startContainer, startOffset, endContainer, endOffset }) {
    const range = /** @type {Range} */ (dom.newRange());
    try {
      range.setStart(startContainer, startOffset);
      range.setEnd(endContainer, endOffset);
    } catch {
      return new DOMRect();
    }
    return range.getBoundingClientRect();
  }

  /** @param {string} wanted  Folded. @returns {Promise<Match[]>} */
  async function everywhere(wanted) {
    const slices = new rubato.Slices(3000);
    const found = [];
    for (const block of await rubato.blocks(slices)) {
      for (const hit of search(block, wanted)) {
        const range = rangeOf(hit);
        if (range && found.length < MAX_HITS) found.push({ range, excerpt: hit.excerpt });
      }
      if (slices.due) await slices.rest();
      if (slices.spent || found.length >= MAX_HITS) break;
    }
    return found;
  }

  rubato.finding = {
    /** Finds all matches in the visible text of the page. `quiet`: without highlighting or storing them. */
    async find({ text, quiet = false }) {
      const wanted = rubato.fold(String(text ?? "").slice(0, 1000)).trim();
      if (!wanted || wanted.length > 500) throw new CommandError("bad_arguments", "Say what to find.");
      if (!quiet) rubato.finding.clear();
      const found = await everywhere(wanted);
      if (!quiet) {
        [hits, needle] = [found, wanted];
        rubato.highlighting.show(
          "found",
          found.map(({ range }) => range),
        );
      }
      return {
        count: found.length,
        items: found
          .slice(0, 100)
          .map(({ excerpt, range }) => ({ ref: refs.of(range.startContainer), excerpt, y: topOf(range) })),
      };
    },

    /** Goes to a match: scrolls to it, sets the cursor and highlights it. Searches again if the page has re-rendered. */
    async go({ index, text }) {
      if (
        text &&
        (rubato.fold(text).trim() !== needle || (hits[index] && !dom.isConnected(hits[index].range.startContainer)))
      )
        {await this.find({ text });}
      const hit = hits[index];
      if (!hit)
        {throw new CommandError(
          "not_found",
          needle ? "This match is gone; search again." : "Nothing has been searched for yet.",
        );}
      const node = hit.range.startContainer;
      if (!dom.isConnected(node)) throw new CommandError("gone", "The text that was found is no longer on the page.");
      rubato.scrolling.reveal(node);
      const box = boxOf(hit.range);
      if (box.top < innerHeight * 0.1 || box.bottom > innerHeight * 0.9) {
        const [scroller] = rubato.scrolling.scrollersOf(dom.elementOf(node));
        if (scroller) dom.scrollBy(scroller, { left: 0, top: box.top - innerHeight * 0.4, behavior: "instant" });
      }
      rubato.cursor.set(node);
      rubato.highlighting.show("here", [hit.range]);
      return { count: hits.length, index, excerpt: hit.excerpt, ref: refs.of(node), box: rubato.boxOf(boxOf(hit.range)) };
    },

    /** The index of the first match at or below the top of the view. */
    first: () =>
      Math.max(
        0,
        hits.findIndex(({ range }) => boxOf(range).bottom > 0),
      ),

    clear() {
      hits = [];
      needle = "";
      rubato.highlighting.hide("found");
      rubato.highlighting.hide("here");
    },
  };

  /** @param {StaticRange} range @returns {number} Its top, in pixels of the document. */
  const topOf = (range) => Math.round(boxOf(range).top + rubato.scrolling.position().y);
})();
