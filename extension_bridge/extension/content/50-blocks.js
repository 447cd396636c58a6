// The page as a sequence of blocks to read: headings, paragraphs, list items, standalone links, pictures with text, fields, buttons,
// media and table rows. Nothing hidden, nothing twice. Cached while the document does not change.
"use strict";
(() => {
  const { dom, kinds } = rubato;
  // Separators between standalone links: bars, dots, commas.
  const SEPARATORS = /^[\s|·•,;/\\›»<>:()[\]–—-]*$/;
  // A row with any of these belongs to a layout table, not a data table.
  const NOT_A_ROW = "table,ul,ol,dl,h1,h2,h3,h4,h5,h6,article,section,video,audio,iframe,p+p";

  const MAX_PIECES = 1000;

  /** @type {{version: number, blocks: Block[]} | null} */
  let cache = null;
  rubato.watching.onInvalidate(() => {
    cache = null;
  });

  /** @param {CSSStyleDeclaration} style @param {Element} element @returns {boolean} Whether its style hides it and its content. */
  function hidden(element, style) {
    if (style.opacity === "0") return true;
    if (style.position === "absolute" && (style.clip === "rect(0px, 0px, 0px, 0px)" || style.clipPath === "inset(50%)"))
      {return true;}
    const clips =
      style.overflowY !== "visible" && style.display !== "inline" && element !== dom.root() && element !== dom.body();
    return clips && (dom.clientHeight(element) <= 1 || dom.clientWidth(element) <= 1);
  }

  /** @typedef {{breaks: boolean, owner: Block | null, link: Element | null, item: Element | null, label: Element | null, visible: boolean}} Level */

  class Builder {
    constructor() {
      /** @type {Block[]} */
      this.blocks = [];
      /** @type {Block | null} */
      this.block = null;
      /** @type {Level} */
      this.top = { breaks: true, owner: null, link: null, item: null, label: null, visible: true };
      /** @type {Level[]} */
      this.stack = [];
      /** @type {Block[]} Blocks to add after the open one. */
      this.after = [];
    }

    /** @param {Block["kind"]} kind @param {Node} node @param {number} [level] @returns {Block} */
    open(kind, node, level = 0) {
      this.finish();
      this.block = { kind, node, level, pieces: [], quiet: false };
      return this.block;
    }

    /** @param {Text} text */
    text(text) {
      const { owner, link, item, label, visible } = this.top;
      if (!visible) return;
      const blank = !/\S/.test(dom.ownText(text));
      // Split paragraphs of extreme length.
      if (this.block && !owner && this.block.pieces.length > MAX_PIECES) this.finish();
      if (!this.block) {
        if (blank) return;
        this.open(item ? "item" : "text", text);
      }
      /** @type {Block} */ (this.block).pieces.push({ node: text, text: null, link: owner ? null : link, label, blank });
    }

    /** @param {Element} element @param {boolean} leaf @param {CSSStyleDeclaration} style @returns {boolean} Whether to go inside. */
    enter(element, leaf, style) {
      const name = dom.localName(element);
      const kind = kinds.of(element);
      const { top } = this;
      const level = { ...top, visible: style.visibility === "visible" };
      level.breaks = !/^(inline|contents|none|ruby)/.test(style.display) && !top.owner;
      if (name === "br" && this.block)
        {this.block.pieces.push({ node: null, text: " ", link: null, label: null, blank: true });}
      if (kind === "image") this.picture(element, level.visible);
      else if (level.visible && (kind === "field" || kind === "media" || (kind === "button" && leaf)))
        {this.atom(kind, element);}
      if (leaf || kind === "field" || kind === "media" || kind === "image") return false;
      if (level.breaks) this.finish();
      if (top.owner?.kind === "row" && (name === "td" || name === "th")) this.separate();
      if (!top.owner) {
        if (kind === "heading") level.owner = this.open("heading", element, kinds.level(element));
        else if (kind === "button") level.owner = this.open("button", element);
        else if (this.isRow(element, name)) level.owner = this.open("row", element);
      }
      if (kind === "link") level.link = element;
      if (name === "label") level.label = /** @type {HTMLLabelElement} */ (element).control;
      if (name === "li" || name === "dd" || name === "dt") level.item = element;
      else if (name === "ul" || name === "ol") level.item = null;
      this.stack.push(top);
      this.top = level;
      return true;
    }

    leave() {
      const left = this.top;
      this.top = /** @type {Level} */ (this.stack.pop());
      if (left.breaks || (left.owner && left.owner !== this.top.owner)) this.finish();
    }

    /** @param {Element} element @param {string} name */
    isRow(element, name) {
      if (name !== "tr" && dom.attribute(element, "role") !== "row") return false;
      return !dom.query(element, NOT_A_ROW) && dom.queryAll(element, "*").length < 200;
    }

    separate() {
      const block = this.block;
      if (block?.pieces.some((piece) => !piece.blank))
        {block.pieces.push({ node: null, text: " ; ", link: null, label: null, blank: true });}
    }

    /** @param {Element} element @param {boolean} visible */
    picture(element, visible) {
      const { link, owner } = this.top;
      const words = dom.attribute(element, "alt") || dom.attribute(element, "aria-label") || dom.attribute(element, "title");
      if (!visible || !words?.trim()) return;
      if (link && !owner) {
        if (!this.block) this.open("text", element);
        /** @type {Block} */ (this.block).pieces.push({ node: null, text: ` ${words} `, link, label: null, blank: false });
      } else if (!owner || owner.kind === "row") this.atom("image", element);
    }

    /** @param {Block["kind"]} kind @param {Element} element Adds a block that is read by its label, after the text around it. */
    atom(kind, element) {
      const block = { kind, node: element, level: 0, pieces: [], quiet: false };
      if (this.block && (kind === "image" || this.block.kind !== "text")) this.after.push(block);
      else {
        this.finish();
        this.blocks.push(block);
      }
    }

    /** Closes the open block; one that consists only of links becomes one block per link. */
    finish() {
      const block = this.block;
      this.block = null;
      if (block && (block.kind === "button" || block.pieces.some((piece) => !piece.blank))) {
        if (block.kind !== "text" && block.kind !== "item") this.blocks.push(block);
        else if (!this.links(block)) {
          // The label of a field is read with the field.
          block.quiet = block.pieces.every((piece) => piece.blank || piece.label);
          this.blocks.push(block);
        }
      }
      this.blocks.push(...this.after.splice(0));
    }

    /** @param {Block} block @returns {boolean} Whether it consisted only of links. */
    links(block) {
      /** @type {Block[]} */
      const found = [];
      for (const piece of block.pieces) {
        if (piece.link) {
          if (found.at(-1)?.node !== piece.link)
            {found.push({ kind: "link", node: piece.link, level: 0, pieces: [], quiet: false });}
          found.at(-1)?.pieces.push(piece);
        } else if (!SEPARATORS.test(piece.node ? dom.ownText(piece.node) : /** @type {string} */ (piece.text))) return false;
      }
      const last = this.blocks.at(-1);
      for (const link of found) {
        if (!link.pieces.some((piece) => !piece.blank)) continue;
        // A link around several paragraphs is one link.
        if (last?.kind === "link" && last.node === link.node)
          {last.pieces.push({ node: null, text: " ", link: null, label: null, blank: true }, ...link.pieces);}
        else this.blocks.push(link);
      }
      return true;
    }
  }

  /** @param {Slices} slices @returns {Promise<Block[]>} */
  async function build(slices) {
    const builder = new Builder();
    const root = dom.root();
    if (!root) return [];
    await rubato.walk(root, slices, {
      enter(node, isText) {
        if (isText) {
          builder.text(/** @type {Text} */ (node));
          return false;
        }
        const element = /** @type {Element} */ (node);
        const name = dom.localName(element);
        if (/^(script|style|noscript|template|head|iframe|frame|datalist)$/.test(name)) return false;
        const style = dom.style(element);
        if (style.display === "none" || (style.display !== "contents" && !dom.rendered(element))) return false;
        if (dom.attribute(element, "aria-hidden") === "true" || dom.hasAttribute(element, "inert")) return false;
        const kind = kinds.of(element);
        // A transparent control under a custom one is still the control.
        if (kind !== "field" && hidden(element, style)) return false;
        return builder.enter(element, rubato.leaves.has(name), style);
      },
      leave: () => builder.leave(),
      shadow: (shadow) => rubato.watching.add(shadow),
    });
    builder.finish();
    return builder.blocks;
  }

  /** All blocks in order, including the quiet ones (labels of fields). */
  rubato.blocks = async (slices) => {
    const { watching } = rubato;
    watching.start();
    if (cache?.version === watching.version) return cache.blocks;
    watching.appearance();
    const { version } = watching;
    const blocks = await build(slices);
    // If the page changed during the build, the next request builds again.
    if (watching.version === version && !slices.spent) cache = { version, blocks };
    return blocks;
  };

  /** The text of a block, on one line. */
  rubato.blockText = (block, maxLength = 4000) => {
    let text = "";
    for (const { node, text: own } of block.pieces) {
      text += node ? dom.ownText(node).slice(0, maxLength * 4) : own;
      if (text.length > maxLength * 8) break;
    }
    return rubato.labels.clean(text.replace(/(\s*;\s*)+/g, block.kind === "row" ? "; " : "$&"), maxLength);
  };
})();
