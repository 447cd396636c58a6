// DOM access through saved prototype methods, immune to DOM clobbering: a form with a field named "children" would return that
// field, and an image named "body" would shadow document.body.
"use strict";
(() => {
  /** @type {(method: Function) => (...args: any[]) => any} */
  const uncurried = Function.prototype.bind.bind(Function.prototype.call);
  /** @param {any} type @param {string} name */
  const method = (type, name) => uncurried(type.prototype[name]);
  /** @param {any} type @param {string} name */
  const getter = (type, name) => {
    for (let holder = type.prototype; holder; holder = Object.getPrototypeOf(holder)) {
      const get = Object.getOwnPropertyDescriptor(holder, name)?.get;
      if (get) return uncurried(get);
    }
    throw new TypeError(`no ${name}`);
  };

  const parentNode = getter(Node, "parentNode");
  const hostOf = getter(ShadowRoot, "host");
  const assignedSlot = getter(Element, "assignedSlot");
  const textSlot = getter(Text, "assignedSlot");
  const openRoot = getter(Element, "shadowRoot");
  const localName = getter(Element, "localName");
  const firstChild = getter(Node, "firstChild");
  const nodeType = getter(Node, "nodeType");
  const getAttribute = method(Element, "getAttribute");
  const elementFromPoint = method(Document, "elementFromPoint");

  // The elements, besides custom ones, that can have a shadow root.
  const HOSTS = new Set(
    "article aside blockquote body div footer h1 h2 h3 h4 h5 h6 header main nav p section span".split(" "),
  );

  /** @type {WeakMap<Element, ShadowRoot>} */
  const closedRoots = new WeakMap();

  rubato.dom = {
    nodeType,
    localName,
    parentNode,
    firstChild,
    nextSibling: getter(Node, "nextSibling"),
    isConnected: getter(Node, "isConnected"),
    ownText: getter(CharacterData, "data"),
    rootOf: method(Node, "getRootNode"),
    compare: method(Node, "compareDocumentPosition"),
    attribute: getAttribute,
    hasAttribute: method(Element, "hasAttribute"),
    box: method(Element, "getBoundingClientRect"),
    boxes: method(Element, "getClientRects"),
    clientWidth: getter(Element, "clientWidth"),
    clientHeight: getter(Element, "clientHeight"),
    clientLeft: getter(Element, "clientLeft"),
    clientTop: getter(Element, "clientTop"),
    scrollWidth: getter(Element, "scrollWidth"),
    scrollHeight: getter(Element, "scrollHeight"),
    scrollBy: method(Element, "scrollBy"),
    scrollIntoView: method(Element, "scrollIntoView"),
    rendered: method(Element, "checkVisibility"),
    assignedNodes: method(HTMLSlotElement, "assignedNodes"),
    query: method(Element, "querySelector"),
    queryAll: method(Element, "querySelectorAll"),
    matches: method(Element, "matches"),
    dispatch: method(EventTarget, "dispatchEvent"),
    focus: method(HTMLElement, "focus"),
    press: method(HTMLElement, "click"),
    style: getComputedStyle.bind(globalThis),
    root: () => getter(Document, "documentElement")(document),
    body: () => getter(Document, "body")(document),
    title: () => getter(Document, "title")(document),
    active: () => getter(Document, "activeElement")(document),
    scroller: () => getter(Document, "scrollingElement")(document) ?? getter(Document, "documentElement")(document),
    all: () => method(Document, "getElementsByTagName")(document, "*"),
    newRange: () => method(Document, "createRange")(document),
    hit: (x, y) => elementFromPoint(document, x, y),

    isElement: /** @type {Dom["isElement"]} */ ((node) => nodeType(node) === 1),
    isText: /** @type {Dom["isText"]} */ ((node) => nodeType(node) === 3),

    /** The node itself if it is an element, else the parent of a text. */
    elementOf(node) {
      return nodeType(node) === 1 ? /** @type {Element} */ (node) : this.parent(node);
    },

    /** The parent in the flat tree: a slot for its assigned nodes, a host for its shadow root. */
    parent(node) {
      const type = nodeType(node);
      const slot = type === 1 ? assignedSlot(node) : type === 3 ? textSlot(node) : null;
      if (slot) return slot;
      const parent = parentNode(node);
      return parent instanceof ShadowRoot ? hostOf(parent) : parent instanceof Element ? parent : null;
    },

    /** Whether an element is rendered. One without a box (`display: contents`) is rendered if its parent is. */
    shown(element, options) {
      for (let at = /** @type {Element | null} */ (element); at; at = this.parent(at)) {
        if (this.rendered(at, options)) return true;
        if (this.style(at).display !== "contents") return false;
      }
      return false;
    },

    /** Whether `outer` is `inner` or an ancestor of it in the flat tree. */
    holds(outer, inner) {
      for (let at = /** @type {Node | null} */ (inner); at; at = this.parent(at)) if (at === outer) return true;
      return false;
    },

    /** An element's shadow root, even a closed one (Chrome exposes them to extensions), or null. */
    shadowOf(element) {
      const known = openRoot(element) ?? closedRoots.get(element);
      if (known) return known;
      // The lookup is expensive, and plain elements with both a closed root and children are very rare.
      const name = localName(element);
      if (!name.includes("-") && (firstChild(element) || !HOSTS.has(name))) return null;
      const root = globalThis.chrome?.dom?.openOrClosedShadowRoot(/** @type {HTMLElement} */ (element)) ?? null;
      if (root) closedRoots.set(element, root);
      return root;
    },

    /** The innermost element at a point of the view, also inside known shadow roots; or null. */
    deepHit(x, y) {
      let element = elementFromPoint(document, x, y);
      for (let depth = 0; element && depth < 64; depth++) {
        const inner = (openRoot(element) ?? closedRoots.get(/** @type {Element} */ (element)))?.elementFromPoint(x, y);
        if (!inner || inner === element) break;
        element = inner;
      }
      return element;
    },
  };
})();
