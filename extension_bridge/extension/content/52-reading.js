// Reads the page block by block, from the cursor on.
"use strict";
(() => {
  const { dom, refs } = rubato;
  const MAX_BLOCK_TEXT = 4000;
  const MAX_ITEMS = 2000;
  const MAX_TEXT = 1_000_000;

  /** @param {Block[]} blocks */
  const readable = (blocks) => blocks.filter((block) => !block.quiet);

  /** @param {Block} block @returns {Node} The node for the cursor. */
  const anchor = (block) => block.node;

  /** @param {Block} block @returns {Edges | null} */
  function boxOf(block) {
    const node = anchor(block);
    if (!dom.isConnected(node)) return null;
    return dom.isText(node) ? (rubato.visible.lines(node)[0] ?? null) : dom.box(/** @type {Element} */ (node));
  }

  /** @param {Block[]} blocks @param {Node} node @returns {number} The block that contains a node, is inside it, or follows it; else -1. */
  function indexOf(blocks, node) {
    const outer = new Set();
    for (let at = /** @type {Node | null} */ (node); at; at = dom.parent(at)) outer.add(at);
    const hosts = dom.isElement(node) && dom.localName(node).includes("-");
    let [inside, after] = [-1, -1];
    const {
      DOCUMENT_POSITION_DISCONNECTED: APART,
      DOCUMENT_POSITION_CONTAINED_BY: WITHIN,
      DOCUMENT_POSITION_FOLLOWING: LATER,
    } = Node;
    for (const [n, block] of blocks.entries()) {
      // The first match wins, but a block that contains the node itself wins over one that is merely inside it.
      if (block.node === node || block.pieces.some((piece) => piece.node === node || piece.link === node)) return n;
      if (outer.has(block.node) && !dom.isText(block.node)) return n;
      if (inside >= 0) continue;
      const where = dom.compare(node, block.node);
      if (where & APART ? hosts && dom.holds(node, block.node) : where & WITHIN) inside = n;
      else if (after < 0 && !(where & APART) && where & LATER) after = n;
    }
    return inside >= 0 ? inside : after;
  }

  /** @param {Block[]} blocks @param {{x: number, y: number}} point @returns {number} The first block at or below a point of the view, else the last. */
  function indexAt(blocks, point) {
    for (const [n, block] of blocks.entries()) {
      const box = boxOf(block);
      if (box && box.bottom > Math.max(0, point.y - 4) && box.bottom - box.top > 0) return n;
    }
    return blocks.length - 1;
  }

  /** @param {Block} block @param {number} index @param {number} of @returns {ReadItem} */
  function item(block, index, of) {
    const node = anchor(block);
    const box = boxOf(block);
    /** @type {ReadItem} */
    const found = { ...content(block), label: "", ref: refs.of(node), index, of, box: box && rubato.boxOf(box) };
    found.label =
      block.kind === "text" || block.kind === "item" || block.kind === "row"
        ? rubato.labels.clean(found.text)
        : rubato.labels.of(node);
    if (!found.text) found.text = found.label;
    return found;
  }

  /** @param {Block} block @returns {Pick<ReadItem, "kind" | "level" | "text" | "url" | "type" | "value">} Its content, without its position. */
  function content(block) {
    const { node, kind } = block;
    /** @type {ReturnType<typeof content>} */
    const found = { kind, text: rubato.blockText(block, MAX_BLOCK_TEXT) };
    if (kind === "heading") found.level = block.level;
    if (kind === "link") found.url = address(/** @type {Element} */ (node));
    if (kind === "field") {
      found.type = rubato.kinds.fieldType(/** @type {Element} */ (node));
      found.value = rubato.writing.value(/** @type {Element} */ (node));
    }
    if (!found.text) found.text = rubato.labels.of(node);
    return found;
  }

  /** @param {Element} link @returns {string} Its address. */
  function address(link) {
    const { href } = /** @type {any} */ (link);
    const text = typeof href === "string" ? href : (href?.baseVal ?? "");
    return String(text).slice(0, 2000);
  }

  /** @param {Block[]} blocks @param {number} index @returns {ReadItem | End} */
  function go(blocks, index) {
    const block = blocks[index];
    if (!block) return { end: true };
    rubato.scrolling.reveal(anchor(block));
    rubato.cursor.set(anchor(block));
    return item(block, index, blocks.length);
  }

  rubato.reading = {
    address,

    /** The block at a node, else at the cursor, else the first in view. */
    async read({ from } = {}) {
      const blocks = readable(await rubato.blocks(new rubato.Slices(3000)));
      if (!blocks.length) return { end: true };
      const node = from ? refs.need(from) : rubato.cursor.node();
      let index = node ? indexOf(blocks, node) : -1;
      if (index < 0) index = indexAt(blocks, rubato.cursor.point() ?? { x: 0, y: 0 });
      return go(blocks, index);
    },

    /** The block after the cursor, or before it. */
    async next({ back = false, restart = false } = {}) {
      const blocks = readable(await rubato.blocks(new rubato.Slices(3000)));
      // Coming from another frame: start at the first block, or at the last.
      if (restart) return go(blocks, back ? blocks.length - 1 : 0);
      const node = rubato.cursor.node();
      const at = node ? indexOf(blocks, node) : -1;
      let index = at + (back ? -1 : 1);
      if (at < 0 && blocks.length) {
        // The last block read is gone, or there was none: continue from its position.
        index = indexAt(blocks, rubato.cursor.point() ?? { x: 0, y: 0 }) - (back ? 1 : 0);
      }
      return go(blocks, index);
    },

    /** The whole document. */
    async items() {
      const slices = new rubato.Slices(5000);
      const blocks = readable(await rubato.blocks(slices));
      const items = [];
      let length = 0;
      for (const block of blocks) {
        if (items.length >= MAX_ITEMS || length > MAX_TEXT) break;
        const found = content(block);
        length += found.text.length;
        items.push(found);
        if (!(items.length & 15) && slices.due) await slices.rest();
      }
      return {
        title: rubato.labels.clean(dom.title()),
        url: location.href,
        language: dom.attribute(/** @type {Element} */ (dom.root()), "lang") ?? "",
        items,
        truncated: items.length < blocks.length,
      };
    },
  };
})();
