// Labels for speech: accessible names by dom-accessibility-api, within limits. A page's text is untrusted: it is shortened, put on
// one line, and stripped of control and bidirectional-override characters.
"use strict";
(() => {
  const { dom } = rubato;
  const MAX_LENGTH = 200;
  // How much of a text is read before it is shortened, so that a label of a megabyte costs no more.
  const MAX_READ = 16_000;
  // An element with more descendants is named by its first words: the accessible name is computed in one go, not in slices.
  const MAX_NODES = 400;
  // eslint-disable-next-line no-control-regex -- control characters are what it matches
  const CONTROL = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/g;
  const BIDIRECTIONAL = /[\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

  /** @param {string} text @param {number} [maxLength]  Characters. */
  function clean(text, maxLength = MAX_LENGTH) {
    const line = String(text)
      .slice(0, Math.max(MAX_READ, maxLength * 4))
      .replace(CONTROL, "")
      .replace(BIDIRECTIONAL, "")
      .replace(/\s+/g, " ")
      .trim();
    if (line.length <= maxLength) return line;
    // Do not split a surrogate pair.
    const cut = line.slice(0, maxLength - 1);
    return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
  }

  /**
   * The rendered text of an element, up to a limit.
   * @param {Node} node @param {number} [maxLength] @param {number} [maxNodes]  Nodes to visit.
   * @returns {{text: string, whole: boolean}} The text, and whether it is complete.
   */
  function words(node, maxLength = MAX_LENGTH, maxNodes = MAX_NODES) {
    let text = "";
    let seen = 0;
    /** @type {Array<Node | string>} */
    const stack = [node];
    while (stack.length && text.length < MAX_READ + maxLength) {
      const at = /** @type {Node | string} */ (stack.pop());
      if (typeof at === "string") text += at;
      else if (++seen > maxNodes) return { text: clean(text, maxLength), whole: false };
      else if (dom.isText(at)) text += dom.ownText(at).slice(0, MAX_READ + maxLength);
      else if (dom.isElement(at)) {
        const name = dom.localName(at);
        if (name === "img" || name === "area") text += ` ${(dom.attribute(at, "alt") ?? "").slice(0, MAX_READ)} `;
        if (rubato.leaves.has(name) || !dom.shown(at, { visibilityProperty: true })) continue;
        const shadow = dom.shadowOf(at);
        const assigned = name === "slot" ? dom.assignedNodes(at) : [];
        const children = assigned.length ? [...assigned] : [];
        for (let child = assigned.length ? null : dom.firstChild(shadow ?? at); child; child = dom.nextSibling(child)) {
          children.push(child);
          if (children.length > maxNodes) break;
        }
        const block = dom.style(at).display !== "inline";
        if (block) stack.push(" ");
        for (const child of children.reverse()) stack.push(child);
        if (block) stack.push(" ");
      }
    }
    return { text: clean(text, maxLength), whole: stack.length === 0 };
  }

  /** @param {Element} element @returns {boolean} Whether it is small enough to compute its accessible name. */
  function isSmall(element) {
    const { length } = dom.queryAll(element, "*");
    if (length > MAX_NODES) return false;
    for (const name of ["aria-label", "title", "alt", "placeholder"])
      {if ((dom.attribute(element, name)?.length ?? 0) > MAX_READ) return false;}
    return words(element, MAX_LENGTH, MAX_NODES).whole;
  }

  /** @param {Element} element */
  function fallback(element) {
    for (const name of ["aria-label", "alt", "title", "placeholder"]) {
      const text = clean(dom.attribute(element, name) ?? "");
      if (text) return text;
    }
    return words(element).text;
  }

  rubato.labels = {
    clean,
    words,

    /** The accessible name of an element, or the text around a text node. */
    of(node) {
      if (dom.isText(node)) return words(dom.elementOf(node) ?? node).text;
      const element = /** @type {Element} */ (node);
      let name = "";
      try {
        if (isSmall(element)) name = clean(globalThis.domAccessibilityApi.computeAccessibleName(element));
      } catch {
        // A page can construct elements on which the library throws; their text still names them.
      }
      if (name) return name;
      const own = fallback(element);
      if (own) return own;
      if (element instanceof HTMLMediaElement) return rubato.media.title(element);
      // A picture link without text is at least named by its address.
      const address = /** @type {any} */ (element).href;
      if (typeof address === "string" && address)
        {return clean(address.replace(/^[a-z]+:\/\/(www\.)?/, "").replace(/[?#].*$/, ""));}
      return clean(dom.attribute(element, "name") ?? "");
    },

    /** The ARIA role of a node, by the same library, or "". */
    role(node) {
      if (!dom.isElement(node)) return "";
      try {
        return globalThis.domAccessibilityApi.getRole(node) ?? "";
      } catch {
        return "";
      }
    },
  };

  rubato.names = async ({ refs }) => {
    const slices = new rubato.Slices(2000);
    /** @type {Record<number, {label: string, role: string}>} */
    const found = {};
    for (const ref of refs) {
      const node = rubato.refs.node(ref);
      if (node) found[ref] = { label: rubato.labels.of(node), role: rubato.labels.role(node) };
      if (slices.due) await slices.rest();
      if (slices.spent) break;
    }
    return found;
  };
})();
