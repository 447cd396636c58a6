// Fields: finding them, going to one, and writing into it as typing would. Never into one that holds a secret.
"use strict";
(() => {
  const { dom, refs, Refusal } = rubato;
  const SECRET_TOKENS = /(^|\s)(cc-\S+|current-password|new-password|one-time-code)(\s|$)/;
  // Shops that say nothing by autocomplete still name the field so.
  const SECRET_NAMES =
    /(^|[^a-z])(cc|card)[-_ ]?(num|number|no|exp|csc|cvc|cvv)|(^|[^a-z])(cvv2?|cvc2?|csc|passwd|password|passwort)([^a-z]|$)/i;
  const LONGEST = 100_000;

  /** @param {any} of @param {string} name @returns {(element: any, value: any) => void} */
  const setter = (of, name) => {
    const { set } = /** @type {any} */ (Object.getOwnPropertyDescriptor(of.prototype, name));
    return (element, value) => set.call(element, value);
  };
  const setInput = setter(HTMLInputElement, "value");
  const setArea = setter(HTMLTextAreaElement, "value");
  const setIndex = setter(HTMLSelectElement, "selectedIndex");

  /** @param {Element} element whether what it holds is nobody's business */
  function secret(element) {
    if (dom.localName(element) === "input" && /** @type {HTMLInputElement} */ (element).type === "password") return true;
    if (SECRET_TOKENS.test((dom.attribute(element, "autocomplete") ?? "").toLowerCase())) return true;
    for (const name of ["name", "id"]) if (SECRET_NAMES.test(dom.attribute(element, name) ?? "")) return true;
    const hidden = dom.style(element).getPropertyValue("-webkit-text-security");
    return Boolean(hidden) && hidden !== "none";
  }

  /** @param {Element} element */
  const editable = (element) => /** @type {any} */ (element).isContentEditable === true;

  /** @param {number | undefined} ref @returns {Element} the field that is meant: by number, the one with the focus, or at the cursor */
  function field(ref) {
    const asked = ref ? refs.need(ref) : null;
    for (const start of asked ? [asked] : [rubato.activeElement(), rubato.cursor.node()]) {
      for (let at = start, n = 0; at && n < 16; at = dom.parent(at), n++) {
        if (dom.isElement(at) && rubato.kinds.of(at) === "field") return at;
        if (dom.isElement(at) && dom.localName(at) === "label" && /** @type {any} */ (at).control)
          {return /** @type {any} */ (at).control;}
      }
    }
    throw new Refusal("nothing_there", "There is no field to write in here: choose one from the list of fields first.");
  }

  /** @param {Element} element @param {string} text @param {boolean} replace */
  function announce(element, text, replace) {
    dom.dispatch(
      element,
      new InputEvent("input", {
        bubbles: true,
        composed: true,
        inputType: replace ? "insertReplacementText" : "insertText",
        data: text,
      }),
    );
    dom.dispatch(element, new Event("change", { bubbles: true }));
  }

  /** @param {string} text */
  const fold = (text) => rubato.fold(rubato.labels.clean(text));

  /** @param {HTMLSelectElement} element @param {string} text */
  function choose(element, text) {
    const all = [...element.options];
    const wanted = fold(text);
    /** @type {Array<(option: HTMLOptionElement, index: number) => boolean>} */
    const ways = [
      (option) => fold(option.label) === wanted,
      (_, index) => /^\d+$/.test(wanted) && Number(wanted) === index + 1,
      (option) => fold(option.label).startsWith(wanted),
      (option) => fold(option.label).includes(wanted),
    ];
    for (const way of ways) {
      const index = wanted ? all.findIndex((option, n) => !option.disabled && way(option, n)) : -1;
      const chosen = all[index];
      if (!chosen) continue;
      setIndex(element, index);
      announce(element, chosen.label, true);
      return rubato.labels.clean(chosen.label);
    }
    throw new Refusal("not_found", `There is no such choice: ${rubato.labels.clean(text, 60)}`);
  }

  /** @param {HTMLInputElement | HTMLTextAreaElement} element @param {string} text @param {boolean} replace */
  function type(element, text, replace) {
    const input = element instanceof HTMLInputElement;
    const set = input ? setInput : setArea;
    const before = element.value;
    let value = text;
    if (!replace) {
      // Number, mail and date fields have no selection: one adds at their end.
      const from = element.selectionStart ?? before.length;
      value = before.slice(0, from) + text + before.slice(element.selectionEnd ?? from);
    }
    if (element.maxLength >= 0) value = value.slice(0, Math.max(element.maxLength, 0));
    if (input && (element.type === "number" || element.type === "range")) value = value.trim().replace(",", ".");
    set(element, value);
    if (element.value === "" && value !== "") {
      set(element, before);
      throw new Refusal(
        "bad_arguments",
        `This field takes a ${element.type === "number" || element.type === "range" ? "number" : element.type}: ${rubato.labels.clean(text, 60)} is none.`,
      );
    }
    announce(element, text, replace);
    return element.value;
  }

  /** @param {HTMLElement} element @param {string} text @param {boolean} replace */
  function edit(element, text, replace) {
    const selection = /** @type {Selection} */ (getSelection());
    if (replace || !selection.anchorNode || !dom.holds(element, selection.anchorNode)) {
      selection.selectAllChildren(element);
      if (!replace) selection.collapseToEnd();
    }
    // The one way in which editors hear of it as of typing.
    Document.prototype.execCommand.call(document, "insertText", false, text);
    return rubato.labels.words(element, 4000).text;
  }

  /** @param {Element} element sends it off, as Enter would */
  function send(element) {
    const key = { key: "Enter", code: "Enter", keyCode: 13, which: 13, bubbles: true, cancelable: true, composed: true };
    const free = dom.dispatch(element, new KeyboardEvent("keydown", key));
    if (free) dom.dispatch(element, new KeyboardEvent("keypress", key));
    dom.dispatch(element, new KeyboardEvent("keyup", key));
    const { form } = /** @type {any} */ (element);
    if (free && form && dom.localName(element) === "input") HTMLFormElement.prototype.requestSubmit.call(form);
  }

  rubato.writing = {
    secret,

    options: (element) =>
      [...element.options]
        .slice(0, 200)
        .map((option, index) => ({
          number: index + 1,
          label: rubato.labels.clean(option.label),
          selected: option.selected,
        })),

    /** What a field holds, for telling; nothing of a secret one. */
    value(element) {
      if (secret(element)) return undefined;
      if (element instanceof HTMLSelectElement) return rubato.labels.clean(element.selectedOptions[0]?.label ?? "");
      if (element instanceof HTMLInputElement) {
        return element.type === "checkbox" || element.type === "radio"
          ? element.checked
            ? "on"
            : "off"
          : rubato.labels.clean(element.value);
      }
      if (element instanceof HTMLTextAreaElement) return rubato.labels.clean(element.value);
      const checked = dom.attribute(element, "aria-checked");
      return checked === null ? rubato.labels.words(element).text : checked === "true" ? "on" : "off";
    },
  };

  rubato.focus = ({ ref }) => {
    const element = ref ? /** @type {Element} */ (dom.elementOf(refs.need(ref))) : field(undefined);
    if (rubato.acting.disabled(element))
      {throw new Refusal("disabled", `"${rubato.labels.of(element)}" is out of use at present.`);}
    rubato.scrolling.show(element);
    dom.focus(/** @type {HTMLElement} */ (element), { preventScroll: true });
    rubato.cursor.set(element);
    const kind = rubato.kinds.of(element) || "text";
    return { label: rubato.labels.of(element), kind, ...(kind === "field" && { type: rubato.kinds.fieldType(element) }) };
  };

  rubato.write = ({ text, replace = false, submit = false, ref }) => {
    if (typeof text !== "string" || text.length > LONGEST)
      {throw new Refusal("bad_arguments", "There is no text to write, or too much of it.");}
    const element = field(ref);
    const label = rubato.labels.of(element);
    if (secret(element))
      {throw new Refusal(
        "password",
        "Passwords and cards are not written from here: type them on the computer's own keyboard.",
      );}
    if (element instanceof HTMLInputElement && /^(checkbox|radio|file|color)$/.test(element.type))
      {throw new Refusal("bad_arguments", `"${label}" is pressed, not written in.`);}
    if (rubato.acting.disabled(element) || dom.matches(element, ":read-only:not(select):not([type=range])"))
      {throw new Refusal("disabled", `"${label}" cannot be written in.`);}
    rubato.scrolling.show(element);
    dom.focus(/** @type {HTMLElement} */ (element), { preventScroll: true });
    rubato.cursor.set(element);
    let written;
    if (element instanceof HTMLSelectElement) written = choose(element, text);
    else if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement)
      {written = type(element, text, replace);}
    else if (editable(element)) written = edit(/** @type {HTMLElement} */ (element), text, replace);
    else throw new Refusal("bad_arguments", `"${label}" cannot be written in.`);
    if (submit) send(element);
    return { label, text: rubato.labels.clean(written, 4000) };
  };
})();
