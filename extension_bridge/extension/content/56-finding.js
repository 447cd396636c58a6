// Finding words on the page, whatever their case and accents, also where they run over several elements.
"use strict";
(() => {
  const { dom, refs, Refusal } = rubato;
  const MOST = 1000;
  const AROUND = 60;

  /** @param {string} text in small letters, without accents */
  rubato.fold = (text) =>
    text
      .normalize("NFKD")
      .replace(/\p{M}+/gu, "")
      .toLowerCase()
      .replace(/ß/g, "ss")
      .replace(/\s+/g, " ");

  /** @typedef {{pieces: Array<{node: Text, start: number}>, from: number, to: number, excerpt: string}} Hit places in the joined text of a block */
  /** @typedef {{range: StaticRange, excerpt: string}} Found places that do not follow what the page does, and so cost it nothing */
  /** @type {Found[]} */
  let hits = [];
  let needle = "";

  /**
   * The folded text with, for each of its characters, where it came from in the text that was folded.
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
    for (let at = folded.indexOf(wanted); at >= 0 && found.length < MOST; at = folded.indexOf(wanted, at + wanted.length)) {
      const from = /** @type {number} */ (origin[at]);
      // Through the last character, with the accents that were folded away from it.
      const to = /** @type {number} */ (origin[at + wanted.length - 1]) + 1;
      const accents = /^\p{M}*/u.exec(joined.slice(to))?.[0].length ?? 0;
      const before = joined.slice(Math.max(0, from - AROUND), from);
      const excerpt = rubato.labels.clean(`${before}${joined.slice(from, to + accents + AROUND)}`);
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

  /** @param {StaticRange} range @returns {DOMRect} where its words are now; nothing, where the page has shortened them */
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

  /** @param {string} wanted folded @returns {Promise<Found[]>} */
  async function everywhere(wanted) {
    const slices = new rubato.Slices(3000);
    const found = [];
    for (const block of await rubato.blocks(slices)) {
      for (const hit of search(block, wanted)) {
        const range = rangeOf(hit);
        if (range && found.length < MOST) found.push({ range, excerpt: hit.excerpt });
      }
      if (slices.due) await slices.rest();
      if (slices.spent || found.length >= MOST) break;
    }
    return found;
  }

  rubato.finding = {
    /** All places of some words in the text of the whole page that can be seen; `quiet`: nothing is shown or kept. */
    async find({ text, quiet = false }) {
      const wanted = rubato.fold(String(text ?? "").slice(0, 1000)).trim();
      if (!wanted || wanted.length > 500) throw new Refusal("bad_arguments", "Say what to find.");
      if (!quiet) rubato.finding.forget();
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
          .map(({ excerpt, range }) => ({ ref: refs.of(range.startContainer), excerpt, y: place(range) })),
      };
    },

    /** Goes to one of them: scrolled into view, the cursor set, shown. What the page has made anew is looked for anew. */
    async go({ index, text }) {
      if (
        text &&
        (rubato.fold(text).trim() !== needle || (hits[index] && !dom.isConnected(hits[index].range.startContainer)))
      )
        {await this.find({ text });}
      const hit = hits[index];
      if (!hit)
        {throw new Refusal(
          "not_found",
          needle ? "There is no such place any more: find again." : "Nothing was looked for yet.",
        );}
      const node = hit.range.startContainer;
      if (!dom.isConnected(node)) throw new Refusal("gone", "The page has taken those words away.");
      rubato.scrolling.show(node);
      const box = boxOf(hit.range);
      if (box.top < innerHeight * 0.1 || box.bottom > innerHeight * 0.9) {
        const [scroller] = rubato.scrolling.around(dom.elementOf(node));
        if (scroller) dom.scrollBy(scroller, { left: 0, top: box.top - innerHeight * 0.4, behavior: "instant" });
      }
      rubato.cursor.set(node);
      rubato.highlighting.show("here", [hit.range]);
      return { count: hits.length, index, excerpt: hit.excerpt, ref: refs.of(node), box: rubato.boxOf(boxOf(hit.range)) };
    },

    /** Which of them comes first at or after the view's top. */
    first: () =>
      Math.max(
        0,
        hits.findIndex(({ range }) => boxOf(range).bottom > 0),
      ),

    forget() {
      hits = [];
      needle = "";
      rubato.highlighting.hide("found");
      rubato.highlighting.hide("here");
    },
  };

  /** @param {StaticRange} range @returns {number} its top, in pixels of the document */
  const place = (range) => Math.round(boxOf(range).top + rubato.scrolling.place().y);
})();
