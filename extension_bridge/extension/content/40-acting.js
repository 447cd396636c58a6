// Clicks: the events of a real click, and the effect on the page.
"use strict";
(() => {
  const { dom, refs, CommandError } = rubato;
  // How long to watch whether the page navigates, opens something or moves the focus, ms.
  const WATCH_MS = 50;
  const TEXT_FIELDS = new Set(
    "text search email url tel password number date time month week datetime-local select textarea editable textbox searchbox combobox".split(
      " ",
    ),
  );

  /** @param {{ref?: number, x?: number, y?: number}} args @returns {Node} The target: by ref, by point, or at the cursor. */
  function resolveTarget({ ref, x, y }) {
    if (ref) return refs.need(ref);
    if (x !== undefined && y !== undefined) {
      const found = rubato.at({ x, y });
      const hit = found ? refs.need(found.ref) : dom.deepHit(x, y);
      if (hit) return hit;
    }
    const at = rubato.cursor.node();
    if (at) return at;
    const point = rubato.cursor.point();
    if (rubato.cursor.gone) {
      // Another element that is there now was never the target.
      const found = point && rubato.at(point);
      if (found && rubato.cursor.matches(found)) return refs.need(found.ref);
      throw new CommandError("gone", "The element at the cursor is no longer on the page.");
    }
    const hit = point && dom.deepHit(point.x, point.y);
    if (!hit) throw new CommandError("nothing_there", "There is nothing at the cursor.");
    return hit;
  }

  /** @param {Node} node @returns {Element} The element to click for it: a clickable ancestor, or its only clickable descendant. */
  function clickable(node) {
    for (let at = /** @type {Node | null} */ (node), n = 0; at && n < 16; at = dom.parent(at), n++) {
      if (!dom.isElement(at)) continue;
      if (rubato.kinds.pressable(rubato.kinds.of(at)) || dom.localName(at) === "label") return at;
    }
    const element = /** @type {Element} */ (dom.elementOf(node));
    const inner = dom.queryAll(element, "a[href],button,input,[role=button],[role=link]");
    return (inner.length === 1 && inner[0]) || element;
  }

  /** @param {Element} element */
  function disabled(element) {
    if (dom.matches(element, ":disabled")) return true;
    for (let at = /** @type {Element | null} */ (element); at; at = dom.parent(at)) {
      if (dom.attribute(at, "aria-disabled") === "true" || dom.hasAttribute(at, "inert")) return true;
    }
    return false;
  }

  /** @param {Element} element @returns {{x: number, y: number}} A visible point of it, else its middle. */
  function pointOf(element) {
    const clipping = new rubato.Clipping();
    const kind = rubato.kinds.of(element) || "button";
    const seen = rubato.visible.of({ node: element, kind, texts: null }, clipping);
    const box = seen?.parts[0] ?? dom.box(element);
    return { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
  }

  /** @param {Element} element @param {number} button @param {{x: number, y: number}} point @returns {boolean} Whether the page allows the focus to move there. */
  function dispatchPointer(element, button, { x, y }) {
    const shared = {
      bubbles: true,
      cancelable: true,
      composed: true,
      view: globalThis.window,
      clientX: x,
      clientY: y,
      button,
      detail: 1,
    };
    const pointer = { ...shared, pointerId: 1, pointerType: "mouse", isPrimary: true };
    const down = { buttons: button ? 2 : 1 };
    dom.dispatch(element, new PointerEvent("pointerdown", { ...pointer, ...down, pressure: 0.5 }));
    const allowed = dom.dispatch(element, new MouseEvent("mousedown", { ...shared, ...down }));
    if (allowed) focusNear(element);
    dom.dispatch(element, new PointerEvent("pointerup", pointer));
    dom.dispatch(element, new MouseEvent("mouseup", shared));
    return allowed;
  }

  /** @param {Element} element Focuses it or its nearest focusable ancestor, as a click does. */
  function focusNear(element) {
    for (let at = /** @type {Element | null} */ (element); at; at = dom.parent(at)) {
      if (!(at instanceof HTMLElement)) continue;
      const before = dom.active();
      dom.focus(at, { preventScroll: true });
      if (dom.active() !== before || rubato.activeElement() === at) return;
    }
  }

  /** Watches the effect of a click. */
  class EffectWatch {
    constructor() {
      this.address = location.href;
      this.navigated = false;
      this.left = false;
      /** @type {Array<() => void>} */
      this.cleanups = [];
      this.ended = /** @type {Promise<void>} */ (
        new Promise((resolve) => {
          this.settle = resolve;
        })
      );
      this.on(globalThis, "beforeunload", () => this.record("navigated"));
      this.on(globalThis, "pagehide", () => this.record("navigated"));
      this.on(globalThis, "hashchange", () => this.record("navigated"));
      // The blur events of fields arrive here too.
      this.on(globalThis, "blur", (event) => event.target === globalThis.window && this.record("left"));
      if (globalThis.navigation) this.on(globalThis.navigation, "navigate", () => this.record("navigated"));
    }

    /** @param {EventTarget} target @param {string} type @param {(event: Event) => void} listener */
    on(target, type, listener) {
      EventTarget.prototype.addEventListener.call(target, type, listener, true);
      this.cleanups.push(() => EventTarget.prototype.removeEventListener.call(target, type, listener, true));
    }

    /** @param {"navigated" | "left"} what */
    record(what) {
      this[what] = true;
      /** @type {() => void} */ (this.settle)();
    }

    /** @returns {Promise<void>} */
    async end() {
      let timer = 0;
      const timeout = new Promise((resolve) => {
        timer = setTimeout(resolve, WATCH_MS);
      });
      await Promise.race([this.ended, timeout]);
      clearTimeout(timer);
      for (const cleanup of this.cleanups) cleanup();
      if (location.href !== this.address) this.navigated = true;
    }
  }

  /** @param {Element} element @returns {string} The address of a link that opens a new tab or window, else "". */
  function newTabAddress(element) {
    const link = /** @type {any} */ (element);
    if (rubato.kinds.of(element) !== "link" || typeof link.href !== "string") return "";
    const target = (dom.attribute(element, "target") ?? "").toLowerCase();
    return target && !["_self", "_top", "_parent"].includes(target) && /^https?:|^file:/.test(link.href) ? link.href : "";
  }

  /** The innermost element with the focus. */
  rubato.activeElement = () => {
    let at = dom.active();
    for (let n = 0; at && n < 64; n++) {
      const inner = dom.shadowOf(at)?.activeElement;
      if (!inner) break;
      at = inner;
    }
    return at;
  };

  rubato.acting = { disabled };

  /** @param {{ref?: number, x?: number, y?: number}} args @returns The target, scrolled into view, and the point to click. */
  function aimAt(args) {
    const node = resolveTarget(args);
    const element = clickable(node);
    const kind = rubato.kinds.of(element) || rubato.target(node).kind || "text";
    const label = rubato.labels.of(element);
    if (disabled(element)) throw new CommandError("disabled", `"${label}" is disabled.`);
    rubato.scrolling.reveal(element);
    rubato.cursor.set(node);
    return { node, element, kind, label, point: pointOf(element) };
  }

  rubato.aim = () => {
    const { kind, label, point } = aimAt({});
    return { kind, label, point };
  };

  rubato.click = async (args) => {
    const { node, element, kind, label, point } = aimAt(args);
    const ref = refs.of(rubato.dom.isText(node) && element === dom.elementOf(node) ? node : element);
    if (args.button === 2)
      {return {
        handled: contextMenu(element, point),
        label,
        kind,
        ref,
        box: rubato.boxOf(dom.box(element)),
        ...addressOf(element),
      };}
    const type = kind === "field" ? rubato.kinds.fieldType(element) : "";
    if (type === "select") {
      dom.focus(/** @type {HTMLElement} */ (element));
      return {
        label,
        kind,
        type,
        ref,
        effect: "focused",
        options: rubato.writing.options(/** @type {HTMLSelectElement} */ (element)),
      };
    }
    const watch = new EffectWatch();
    const address = newTabAddress(element);
    // The browser would block a new tab without a user gesture as a pop-up: the page gets the click, the extension opens the tab.
    let openInExtension = false;
    if (address) {
      EventTarget.prototype.addEventListener.call(
        globalThis,
        "click",
        (event) => {
          openInExtension = !event.defaultPrevented;
          event.preventDefault();
        },
        { once: true },
      );
    }
    dispatchPointer(element, 0, point);
    if (element instanceof HTMLElement) dom.press(element);
    else
      {dom.dispatch(
        element,
        new MouseEvent("click", {
          bubbles: true,
          cancelable: true,
          composed: true,
          view: globalThis.window,
          clientX: point.x,
          clientY: point.y,
          detail: 1,
        }),
      );}
    await watch.end();
    /** @type {ClickResult} */
    const result = { label, kind, ref, effect: "clicked" };
    if (type) result.type = type;
    if (openInExtension) return { ...result, effect: "opened", open: address };
    if (watch.navigated) result.effect = "navigated";
    else if (watch.left && document.hidden) result.effect = "opened";
    else if (TEXT_FIELDS.has(type)) result.effect = "focused";
    if (type === "checkbox" || type === "radio" || type === "switch") {
      result.checked = /** @type {any} */ (element).checked ?? dom.attribute(element, "aria-checked") === "true";
    }
    return result;
  };

  /** @param {Element} element @returns {{url?: string}} The address of the link it is in, or of the picture or media it is. */
  function addressOf(element) {
    for (let at = /** @type {Element | null} */ (element), n = 0; at && n < 16; at = dom.parent(at), n++) {
      if (rubato.kinds.of(at) === "link") return { url: rubato.reading.address(at) };
    }
    if (element instanceof HTMLImageElement || element instanceof HTMLMediaElement)
      {return { url: element.currentSrc.slice(0, 4000) };}
    return {};
  }

  /** @param {Element} element @param {{x: number, y: number}} point @returns {boolean} Whether the page has its own context menu. */
  function contextMenu(element, point) {
    dispatchPointer(element, 2, point);
    const { x, y } = point;
    return !dom.dispatch(
      element,
      new PointerEvent("contextmenu", {
        bubbles: true,
        cancelable: true,
        composed: true,
        view: globalThis.window,
        clientX: x,
        clientY: y,
        button: 2,
        pointerType: "mouse",
      }),
    );
  }
})();
