// What things are called, for speaking: accessible names by dom-accessibility-api, within limits. Words of a page are data:
// they are shortened, put on one line, and freed of characters that steer a terminal or turn text around.
"use strict";
(() => {
  const { dom } = rubato;
  const LONGEST = 200;
  // What is read of a text before it is shortened; a label of a megabyte costs no more than this.
  const READ = 16_000;
  // An element that holds more than this is named by its first words; the whole algorithm is not cut into slices.
  const MOST_NODES = 400;
  // eslint-disable-next-line no-control-regex -- it is those that are meant
  const CONTROL = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/g;
  const STEERING = /[\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

  /** @param {string} text @param {number} [longest] characters */
  function clean(text, longest = LONGEST) {
    const line = String(text)
      .slice(0, Math.max(READ, longest * 4))
      .replace(CONTROL, "")
      .replace(STEERING, "")
      .replace(/\s+/g, " ")
      .trim();
    if (line.length <= longest) return line;
    // Not within a pair that makes one character.
    const cut = line.slice(0, longest - 1);
    return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
  }

  /**
   * The words in an element as they are drawn, up to a limit.
   * @param {Node} node @param {number} [longest] @param {number} [most] nodes to look at
   * @returns {{text: string, whole: boolean}}
   */
  function words(node, longest = LONGEST, most = MOST_NODES) {
    let text = "";
    let seen = 0;
    /** @type {Array<Node | string>} */
    const stack = [node];
    while (stack.length && text.length < READ + longest) {
      const at = /** @type {Node | string} */ (stack.pop());
      if (typeof at === "string") text += at;
      else if (++seen > most) return { text: clean(text, longest), whole: false };
      else if (dom.isText(at)) text += dom.ownText(at).slice(0, READ + longest);
      else if (dom.isElement(at)) {
        const name = dom.localName(at);
        if (name === "img" || name === "area") text += ` ${(dom.attribute(at, "alt") ?? "").slice(0, READ)} `;
        if (rubato.hollow.has(name) || !dom.shown(at, { visibilityProperty: true })) continue;
        const shadow = dom.shadowOf(at);
        const assigned = name === "slot" ? dom.assignedNodes(at) : [];
        const children = assigned.length ? [...assigned] : [];
        for (let child = assigned.length ? null : dom.firstChild(shadow ?? at); child; child = dom.nextSibling(child)) {
          children.push(child);
          if (children.length > most) break;
        }
        const block = dom.style(at).display !== "inline";
        if (block) stack.push(" ");
        for (const child of children.reverse()) stack.push(child);
        if (block) stack.push(" ");
      }
    }
    return { text: clean(text, longest), whole: stack.length === 0 };
  }

  /** @param {Element} element whether it is small enough to be named by the whole algorithm */
  function modest(element) {
    const { length } = dom.queryAll(element, "*");
    if (length > MOST_NODES) return false;
    for (const name of ["aria-label", "title", "alt", "placeholder"])
      {if ((dom.attribute(element, name)?.length ?? 0) > READ) return false;}
    return words(element, LONGEST, MOST_NODES).whole;
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

    /** The accessible name of an element, or the words of a text. */
    of(node) {
      if (dom.isText(node)) return words(dom.elementOf(node) ?? node).text;
      const element = /** @type {Element} */ (node);
      let name = "";
      try {
        if (modest(element)) name = clean(globalThis.domAccessibilityApi.computeAccessibleName(element));
      } catch {
        // A page can make an element that the algorithm does not get through; its words still name it.
      }
      if (name) return name;
      const own = fallback(element);
      if (own) return own;
      if (element instanceof HTMLMediaElement) return rubato.media.title(element);
      // A picture link without words is at least known by where it leads.
      const address = /** @type {any} */ (element).href;
      if (typeof address === "string" && address)
        {return clean(address.replace(/^[a-z]+:\/\/(www\.)?/, "").replace(/[?#].*$/, ""));}
      return clean(dom.attribute(element, "name") ?? "");
    },

    /** Its role by the same library, or "". */
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
