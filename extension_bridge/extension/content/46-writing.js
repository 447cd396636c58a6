// Fields: focusing them and writing into them as typing would; never into secret ones.
"use strict";
(() => {
  const { dom, refs, CommandError } = rubato;
  const SECRET_TOKENS = /(^|\s)(cc-\S+|current-password|new-password|one-time-code)(\s|$)/;
  // Names of card and password fields without an autocomplete attribute.
  const SECRET_NAMES =
    /(^|[^a-z])(cc|card)[-_ ]?(num|number|no|exp|csc|cvc|cvv)|(^|[^a-z])(cvv2?|cvc2?|csc|passwd|password|passwort)([^a-z]|$)/i;
  const MAX_LENGTH = 100_000;

  /** @param {any} of @param {string} name @returns {(element: any, value: any) => void} */
  const setter = (of, name) => {
    const { set } = /** @type {any} */ (Object.getOwnPropertyDescriptor(of.prototype, name));
    return (element, value) => set.call(element, value);
  };
  const setInput = setter(HTMLInputElement, "value");
  const setArea = setter(HTMLTextAreaElement, "value");
  const setIndex = setter(HTMLSelectElement, "selectedIndex");

  /** @param {Element} element @returns {boolean} Whether it holds a password, a card number or the like. */
  function secret(element) {
    if (dom.localName(element) === "input" && /** @type {HTMLInputElement} */ (element).type === "password") return true;
    if (SECRET_TOKENS.test((dom.attribute(element, "autocomplete") ?? "").toLowerCase())) return true;
    for (const name of ["name", "id"]) if (SECRET_NAMES.test(dom.attribute(element, name) ?? "")) return true;
    const masking = dom.style(element).getPropertyValue("-webkit-text-security");
    return Boolean(masking) && masking !== "none";
  }

  /** @param {Element} element */
  const isEditable = (element) => /** @type {any} */ (element).isContentEditable === true;

  /** @param {number | undefined} ref @returns {Element} The field: by ref, the one with the focus, or at the cursor. */
  function field(ref) {
    const target = ref ? refs.need(ref) : null;
    for (const start of target ? [target] : [rubato.activeElement(), rubato.cursor.node()]) {
      for (let at = start, n = 0; at && n < 16; at = dom.parent(at), n++) {
        if (dom.isElement(at) && rubato.kinds.of(at) === "field") return at;
        if (dom.isElement(at) && dom.localName(at) === "label" && /** @type {any} */ (at).control)
          {return /** @type {any} */ (at).control;}
      }
    }
    throw new CommandError("nothing_there", "There is no field to write in here; choose one from the list of fields first.");
  }

  /** @param {Element} element @param {string} text @param {boolean} replace */
  function dispatchInput(element, text, replace) {
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
    const matchers = [
      (option) => fold(option.label) === wanted,
      (_, index) => /^\d+$/.test(wanted) && Number(wanted) === index + 1,
      (option) => fold(option.label).startsWith(wanted),
      (option) => fold(option.label).includes(wanted),
    ];
    for (const matches of matchers) {
      const index = wanted ? all.findIndex((option, n) => !option.disabled && matches(option, n)) : -1;
      const chosen = all[index];
      if (!chosen) continue;
      setIndex(element, index);
      dispatchInput(element, chosen.label, true);
      return rubato.labels.clean(chosen.label);
    }
    throw new CommandError("not_found", `"${rubato.labels.clean(text, 60)}" is not one of the choices.`);
  }

  /** @param {HTMLInputElement | HTMLTextAreaElement} element @param {string} text @param {boolean} replace */
  function type(element, text, replace) {
    const input = element instanceof HTMLInputElement;
    const set = input ? setInput : setArea;
    const before = element.value;
    let value = text;
    if (!replace) {
      // Number, mail and date fields have no selection: append.
      const from = element.selectionStart ?? before.length;
      value = before.slice(0, from) + text + before.slice(element.selectionEnd ?? from);
    }
    if (element.maxLength >= 0) value = value.slice(0, Math.max(element.maxLength, 0));
    if (input && (element.type === "number" || element.type === "range")) value = value.trim().replace(",", ".");
    set(element, value);
    if (element.value === "" && value !== "") {
      set(element, before);
      throw new CommandError(
        "bad_arguments",
        `"${rubato.labels.clean(text, 60)}" does not fit; this field takes a ${element.type === "range" ? "number" : element.type}.`,
      );
    }
    dispatchInput(element, text, replace);
    return element.value;
  }

  /** @param {HTMLElement} element @param {string} text @param {boolean} replace */
  function edit(element, text, replace) {
    const selection = /** @type {Selection} */ (getSelection());
    if (replace || !selection.anchorNode || !dom.holds(element, selection.anchorNode)) {
      selection.selectAllChildren(element);
      if (!replace) selection.collapseToEnd();
    }
    // The only way that rich-text editors handle like typing.
    Document.prototype.execCommand.call(document, "insertText", false, text);
    return rubato.labels.words(element, 4000).text;
  }

  /** @param {Element} element Submits its form, as the Enter key does. */
  function pressEnter(element) {
    const key = { key: "Enter", code: "Enter", keyCode: 13, which: 13, bubbles: true, cancelable: true, composed: true };
    const allowed = dom.dispatch(element, new KeyboardEvent("keydown", key));
    if (allowed) dom.dispatch(element, new KeyboardEvent("keypress", key));
    dom.dispatch(element, new KeyboardEvent("keyup", key));
    const { form } = /** @type {any} */ (element);
    if (allowed && form && dom.localName(element) === "input") HTMLFormElement.prototype.requestSubmit.call(form);
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

    /** The value of a field, for speech; undefined for a secret one. */
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
      {throw new CommandError("disabled", `"${rubato.labels.of(element)}" is disabled.`);}
    rubato.scrolling.reveal(element);
    dom.focus(/** @type {HTMLElement} */ (element), { preventScroll: true });
    rubato.cursor.set(element);
    const kind = rubato.kinds.of(element) || "text";
    return { label: rubato.labels.of(element), kind, ...(kind === "field" && { type: rubato.kinds.fieldType(element) }) };
  };

  rubato.write = ({ text, replace = false, submit = false, ref }) => {
    if (typeof text !== "string" || text.length > MAX_LENGTH)
      {throw new CommandError("bad_arguments", "There is no text to write, or it is longer than 100,000 characters.");}
    const element = field(ref);
    const label = rubato.labels.of(element);
    if (secret(element))
      {throw new CommandError(
        "password",
        "Passwords and cards are not written by Rubato; type them on the computer keyboard.",
      );}
    if (element instanceof HTMLInputElement && /^(checkbox|radio|file|color)$/.test(element.type))
      {throw new CommandError("bad_arguments", `"${label}" takes clicks, not text.`);}
    if (rubato.acting.disabled(element) || dom.matches(element, ":read-only:not(select):not([type=range])"))
      {throw new CommandError("disabled", `"${label}" does not accept text.`);}
    rubato.scrolling.reveal(element);
    dom.focus(/** @type {HTMLElement} */ (element), { preventScroll: true });
    rubato.cursor.set(element);
    let written;
    if (element instanceof HTMLSelectElement) written = choose(element, text);
    else if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement)
      {written = type(element, text, replace);}
    else if (isEditable(element)) written = edit(/** @type {HTMLElement} */ (element), text, replace);
    else throw new CommandError("bad_arguments", `"${label}" does not accept text.`);
    if (submit) pressEnter(element);
    return { label, text: rubato.labels.clean(written, 4000) };
  };
})();
