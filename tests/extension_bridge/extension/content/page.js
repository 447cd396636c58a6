/**
 * A jsdom document with the content scripts, loaded in the order of the manifest. jsdom has no layout: boxes are given in the
 * page as `data-box="x y width height"`, and line boxes as `data-lines="x y w h, x y w h"` on the parent of a text. Only what
 * jsdom lacks is replaced here; the scripts are the real ones.
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const BRIDGE = new URL("../../../../extension_bridge/", import.meta.url);
const { JSDOM, VirtualConsole } = createRequire(new URL("package.json", BRIDGE))("jsdom");
const MANIFEST = JSON.parse(readFileSync(new URL("extension/manifest.json", BRIDGE), "utf8"));

/** The content scripts, as the browser loads them. */
export const SCRIPTS = MANIFEST.content_scripts.flatMap(({ js }) => js);

/**
 * @param {string} body
 * @param {{width?: number, height?: number}} [view]
 */
export function page(body, { width = 1000, height = 500 } = {}) {
  const { window } = new JSDOM(
    `<!doctype html><html lang="en"><head><title>A page</title></head><body>${body}</body></html>`,
    {
      runScripts: "outside-only",
      pretendToBeVisual: true,
      url: "https://page.test/place",
      virtualConsole: new VirtualConsole(),
    },
  );
  compute(window);
  layOut(window, width, height);
  exposeClosedRoots(window);
  for (const path of SCRIPTS) window.eval(readFileSync(new URL(`extension/${path}`, BRIDGE), "utf8"));
  return window;
}

/** @param {string} text */
function boxes(window, text) {
  const known = BOXES.get(text);
  if (known) return known;
  const found = (text ?? "")
    .split(",")
    .filter(Boolean)
    .map((part) => {
      const [x, y, width, height] = part.trim().split(/\s+/).map(Number);
      return new window.DOMRect(x, y, width, height);
    });
  BOXES.set(text, found);
  return found;
}

/** Parsed boxes by their text: a few thousand are read a few hundred times. */
const BOXES = new Map();

const NOTHING = "0 0 0 0";

// Initial values that jsdom does not compute.
const INITIAL = {
  display: "inline",
  position: "static",
  overflowX: "visible",
  overflowY: "visible",
  clip: "auto",
  clipPath: "none",
  transform: "none",
  filter: "none",
  perspective: "none",
  contentVisibility: "visible",
  opacity: "1",
  backgroundColor: "rgba(0, 0, 0, 0)",
  backgroundImage: "none",
  visibility: "visible",
  pointerEvents: "auto",
};

function compute(window) {
  const real = window.getComputedStyle.bind(window);
  window.getComputedStyle = (element) => {
    const style = real(element);
    const get = (_, name) => {
      if (name === "overflowX" || name === "overflowY") return style[name] || style.overflow || "visible";
      const value = style[name];
      return value === "" || value === undefined ? INITIAL[name] : typeof value === "function" ? value.bind(style) : value;
    };
    return new Proxy(style, { get });
  };
  window.MessageChannel ??= MessageChannel;
}

function layOut(window, width, height) {
  const { Element, Document, ShadowRoot, Range, Text } = window;
  window.DOMRect ??= class {
    constructor(x = 0, y = 0, w = 0, h = 0) {
      Object.assign(this, { x, y, width: w, height: h, left: x, top: y, right: x + w, bottom: y + h });
    }
  };
  window.PointerEvent ??= class extends window.MouseEvent {};
  const own = (element) => boxes(window, element.getAttribute("data-boxes") ?? element.getAttribute("data-box") ?? NOTHING);
  const union = (all) => {
    const found = all.filter((box) => box.width || box.height);
    if (!found.length) return new window.DOMRect();
    const [left, top] = [Math.min(...found.map((b) => b.left)), Math.min(...found.map((b) => b.top))];
    const [right, bottom] = [Math.max(...found.map((b) => b.right)), Math.max(...found.map((b) => b.bottom))];
    return new window.DOMRect(left, top, right - left, bottom - top);
  };
  /** Like `checkVisibility`, which considers opacity and visibility only on request. */
  const drawn = (element, { opacityProperty = false, visibilityProperty = false } = {}) => {
    for (let at = element; at; at = at.assignedSlot ?? at.parentElement ?? at.getRootNode().host ?? null) {
      const style = window.getComputedStyle(at);
      if (style.display === "none" || (opacityProperty && style.opacity === "0")) return false;
    }
    return !visibilityProperty || window.getComputedStyle(element).visibility !== "hidden";
  };
  Element.prototype.getClientRects = function () {
    return drawn(this) ? own(this) : [];
  };
  Element.prototype.getBoundingClientRect = function () {
    return union(this.getClientRects());
  };
  Element.prototype.checkVisibility = function (options) {
    return drawn(this, options);
  };
  Element.prototype.scrollIntoView = function () {};
  Element.prototype.scrollBy = function ({ left, top }) {
    this.scrollLeft += left;
    this.scrollTop = Math.max(0, this.scrollTop + top);
  };
  const size = (name, side) =>
    Object.defineProperty(Element.prototype, name, {
      configurable: true,
      get() {
        if (this === window.document.documentElement) return side === "width" ? width : height;
        return Math.round(this.getBoundingClientRect()[side]);
      },
    });
  size("clientWidth", "width");
  size("clientHeight", "height");
  size("scrollWidth", "width");
  size("scrollHeight", "height");
  Object.defineProperty(window, "innerWidth", { value: width });
  Object.defineProperty(window, "innerHeight", { value: height });
  Object.defineProperty(Document.prototype, "scrollingElement", { get: () => window.document.documentElement });
  const contains = (box, x, y) => x >= box.left && x < box.right && y >= box.top && y < box.bottom;
  const hits = (root, x, y) =>
    [...root.querySelectorAll("[data-box], [data-boxes]")]
      .filter((element) => own(element).some((box) => contains(box, x, y)))
      .filter(
        (element) =>
          drawn(element, { visibilityProperty: true }) && window.getComputedStyle(element).pointerEvents !== "none",
      )
      .map((element, index) => ({ element, index, z: Number(element.getAttribute("data-z") ?? 0) }))
      .sort((one, other) => other.z - one.z || other.index - one.index)
      .map(({ element }) => element);
  for (const type of [Document, ShadowRoot]) {
    type.prototype.elementsFromPoint = function (x, y) {
      return hits(this, x, y);
    };
    type.prototype.elementFromPoint = function (x, y) {
      return hits(this, x, y)[0] ?? (this === window.document ? this.documentElement : null);
    };
  }
  const lines = (text) => {
    const holder = text.parentElement ?? text.parentNode.host;
    return holder && drawn(holder)
      ? boxes(window, holder.getAttribute("data-lines") ?? holder.getAttribute("data-box") ?? NOTHING)
      : [];
  };
  Range.prototype.getClientRects = function () {
    const walker = window.document.createTreeWalker(this.commonAncestorContainer, 4);
    const found = [];
    for (let at = walker.currentNode; at; at = walker.nextNode())
      if (at instanceof Text && this.intersectsNode(at)) found.push(...lines(at));
    return found;
  };
  Range.prototype.getBoundingClientRect = function () {
    return union(this.getClientRects());
  };
}

/** Like Chrome, gives extensions access to closed shadow roots. */
function exposeClosedRoots(window) {
  const roots = new WeakMap();
  const attach = window.Element.prototype.attachShadow;
  window.Element.prototype.attachShadow = function (options) {
    const root = attach.call(this, options);
    roots.set(this, root);
    return root;
  };
  window.chrome = { dom: { openOrClosedShadowRoot: (element) => roots.get(element) ?? null } };
}

/** Send a request to the content scripts; throws an error with its code when refused. */
export async function ask(window, name, args = {}) {
  const { ok, error } = await window.rubato.answer({ do: name, args });
  if (error) throw Object.assign(new Error(error.message), { code: error.code });
  // As if sent as a message.
  return structuredClone(ok);
}

/** Kind and label of all visible elements. */
export async function seen(window) {
  const { elements } = await ask(window, "scan");
  const labels = await ask(window, "names", { refs: elements.map(({ ref }) => ref) });
  return elements.map(({ ref, kind }) => `${kind} ${labels[ref].label}`.trim());
}
