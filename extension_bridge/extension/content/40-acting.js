// Pressing: what a hand would set off, once, and what came of it.
"use strict";
(() => {
  const { dom, refs, Refusal } = rubato;
  // How long to look whether the page goes away, opens something or moves the focus, in milliseconds.
  const LOOK = 50;
  const TYPED = new Set(
    "text search email url tel password number date time month week datetime-local select textarea editable textbox searchbox combobox".split(
      " ",
    ),
  );

  /** @param {{ref?: number, x?: number, y?: number}} args @returns {Node} what is meant: by number, by place, or at the cursor */
  function meant({ ref, x, y }) {
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
      // Anything else that lies in its place now was never meant.
      const found = point && rubato.at(point);
      if (found && rubato.cursor.was(found)) return refs.need(found.ref);
      throw new Refusal("gone", "The element at the cursor is no longer on the page.");
    }
    const hit = point && dom.deepHit(point.x, point.y);
    if (!hit) throw new Refusal("nothing_there", "There is nothing at the cursor.");
    return hit;
  }

  /** @param {Node} node @returns {Element} what to press for it: what holds it, or the one thing to press that it holds */
  function pressed(node) {
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

  /** @param {Element} element @returns {{x: number, y: number}} a point of it that can be seen, else its middle */
  function pointOf(element) {
    const around = new rubato.Surroundings();
    const kind = rubato.kinds.of(element) || "button";
    const seen = rubato.visible.of({ node: element, kind, texts: null }, around);
    const box = seen?.parts[0] ?? dom.box(element);
    return { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
  }

  /** @param {Element} element @param {number} button @param {{x: number, y: number}} point @returns {boolean} whether the focus may go there */
  function events(element, button, { x, y }) {
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

  /** @param {Element} element gives the focus to it or what holds it, as pressing does */
  function focusNear(element) {
    for (let at = /** @type {Element | null} */ (element); at; at = dom.parent(at)) {
      if (!(at instanceof HTMLElement)) continue;
      const before = dom.active();
      dom.focus(at, { preventScroll: true });
      if (dom.active() !== before || rubato.activeElement() === at) return;
    }
  }

  /** Watches what a press sets off. */
  class Watch {
    constructor() {
      this.address = location.href;
      this.navigated = false;
      this.left = false;
      /** @type {Array<() => void>} */
      this.endings = [];
      this.ended = /** @type {Promise<void>} */ (
        new Promise((resolve) => {
          this.settle = resolve;
        })
      );
      this.on(globalThis, "beforeunload", () => this.see("navigated"));
      this.on(globalThis, "pagehide", () => this.see("navigated"));
      this.on(globalThis, "hashchange", () => this.see("navigated"));
      // The blur of a field passes here as well.
      this.on(globalThis, "blur", (event) => event.target === globalThis.window && this.see("left"));
      if (globalThis.navigation) this.on(globalThis.navigation, "navigate", () => this.see("navigated"));
    }

    /** @param {EventTarget} target @param {string} type @param {(event: Event) => void} listener */
    on(target, type, listener) {
      EventTarget.prototype.addEventListener.call(target, type, listener, true);
      this.endings.push(() => EventTarget.prototype.removeEventListener.call(target, type, listener, true));
    }

    /** @param {"navigated" | "left"} what */
    see(what) {
      this[what] = true;
      /** @type {() => void} */ (this.settle)();
    }

    /** @returns {Promise<void>} */
    async end() {
      let timer = 0;
      const late = new Promise((resolve) => {
        timer = setTimeout(resolve, LOOK);
      });
      await Promise.race([this.ended, late]);
      clearTimeout(timer);
      for (const ending of this.endings) ending();
      if (location.href !== this.address) this.navigated = true;
    }
  }

  /** @param {Element} element @returns {string} where a link leads when it opens something new, else "" */
  function opensNew(element) {
    const link = /** @type {any} */ (element);
    if (rubato.kinds.of(element) !== "link" || typeof link.href !== "string") return "";
    const target = (dom.attribute(element, "target") ?? "").toLowerCase();
    return target && !["_self", "_top", "_parent"].includes(target) && /^https?:|^file:/.test(link.href) ? link.href : "";
  }

  /** The innermost element that has the focus. */
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

  /** @param {{ref?: number, x?: number, y?: number}} args what is meant, brought into view, and where to press it */
  function aimed(args) {
    const node = meant(args);
    const element = pressed(node);
    const kind = rubato.kinds.of(element) || rubato.target(node).kind || "text";
    const label = rubato.labels.of(element);
    if (disabled(element)) throw new Refusal("disabled", `"${label}" is out of use at present.`);
    rubato.scrolling.show(element);
    rubato.cursor.set(node);
    return { node, element, kind, label, point: pointOf(element) };
  }

  rubato.aim = () => {
    const { kind, label, point } = aimed({});
    return { kind, label, point };
  };

  rubato.click = async (args) => {
    const { node, element, kind, label, point } = aimed(args);
    const ref = refs.of(rubato.dom.isText(node) && element === dom.elementOf(node) ? node : element);
    if (args.button === 2)
      {return {
        handled: contextMenu(element, point),
        label,
        kind,
        ref,
        box: rubato.boxOf(dom.box(element)),
        ...leadsTo(element),
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
    const watch = new Watch();
    const address = opensNew(element);
    // A new tab that no hand asked for would be stopped as a pop-up: the page hears the press, the extension opens it.
    let wanted = false;
    if (address) {
      EventTarget.prototype.addEventListener.call(
        globalThis,
        "click",
        (event) => {
          wanted = !event.defaultPrevented;
          event.preventDefault();
        },
        { once: true },
      );
    }
    events(element, 0, point);
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
    if (wanted) return { ...result, effect: "opened", open: address };
    if (watch.navigated) result.effect = "navigated";
    else if (watch.left && document.hidden) result.effect = "opened";
    else if (TYPED.has(type)) result.effect = "focused";
    if (type === "checkbox" || type === "radio" || type === "switch") {
      result.checked = /** @type {any} */ (element).checked ?? dom.attribute(element, "aria-checked") === "true";
    }
    return result;
  };

  /** @param {Element} element @returns {{url?: string}} where it or what holds it leads, or where a picture comes from */
  function leadsTo(element) {
    for (let at = /** @type {Element | null} */ (element), n = 0; at && n < 16; at = dom.parent(at), n++) {
      if (rubato.kinds.of(at) === "link") return { url: rubato.reading.address(at) };
    }
    if (element instanceof HTMLImageElement || element instanceof HTMLMediaElement)
      {return { url: element.currentSrc.slice(0, 4000) };}
    return {};
  }

  /** @param {Element} element @param {{x: number, y: number}} point @returns {boolean} whether the page has a menu of its own */
  function contextMenu(element, point) {
    events(element, 2, point);
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
