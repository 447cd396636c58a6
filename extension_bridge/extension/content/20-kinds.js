// The kind of an element: what a user can do with it.
"use strict";
(() => {
  const { dom } = rubato;
  /** @type {Record<string, Kind>} */
  const BY_ROLE = {
    link: "link",
    button: "button",
    heading: "heading",
    img: "image",
    image: "image",
    tab: "button",
    menuitem: "button",
    menuitemcheckbox: "button",
    menuitemradio: "button",
    option: "button",
    treeitem: "button",
    textbox: "field",
    searchbox: "field",
    combobox: "field",
    listbox: "field",
    slider: "field",
    spinbutton: "field",
    checkbox: "field",
    radio: "field",
    switch: "field",
  };
  const BUTTON_INPUTS = new Set(["submit", "button", "reset", "image"]);
  // Roles that remove an element's semantics.
  const NO_ROLE = new Set(["presentation", "none"]);

  const HOLDS_MORE = "a,button,input,select,textarea,p,h1,h2,h3,h4,h5,h6,ul,ol,table,article,section";

  /** @param {Element} element @returns {Kind | ""} */
  function byName(element) {
    switch (dom.localName(element)) {
      case "a":
      case "area":
        return dom.hasAttribute(element, "href") || dom.hasAttribute(element, "xlink:href") ? "link" : "";
      case "h1":
      case "h2":
      case "h3":
      case "h4":
      case "h5":
      case "h6":
        return "heading";
      case "img":
      case "svg":
      case "canvas":
      case "object":
      case "embed":
        return "image";
      case "input": {
        const type = (dom.attribute(element, "type") ?? "text").toLowerCase();
        return type === "hidden" ? "" : BUTTON_INPUTS.has(type) ? "button" : "field";
      }
      case "select":
      case "textarea":
        return "field";
      case "button":
      case "summary":
        return "button";
      case "video":
      case "audio":
        return "media";
    }
    return "";
  }

  rubato.kinds = {
    of(element) {
      const role = dom.attribute(element, "role");
      if (role) {
        const first = role
          .trim()
          .replace(/\s[^]*$/, "")
          .toLowerCase();
        // A list box is one field; its options are clicked like buttons.
        const kind = Object.hasOwn(BY_ROLE, first) && BY_ROLE[first];
        if (kind) return kind;
        if (NO_ROLE.has(first)) return "";
      }
      const kind = byName(element);
      if (kind) return kind;
      const editable = dom.attribute(element, "contenteditable");
      if (editable !== null && editable.toLowerCase() !== "false") return "field";
      // A click listener on a container does not make the container a button.
      return dom.hasAttribute(element, "onclick") && !dom.query(element, HOLDS_MORE) ? "button" : "";
    },

    /** The level of a heading, 1-6. */
    level(element) {
      const level = Number(dom.attribute(element, "aria-level"));
      if (level >= 1) return Math.min(6, Math.floor(level));
      const name = dom.localName(element);
      return /^h[1-6]$/.test(name) ? Number(name[1]) : 2;
    },

    /** The type of a field: an input's type, `select`, `textarea`, `editable`, or its role. */
    fieldType(element) {
      const name = dom.localName(element);
      if (name === "input") return /** @type {HTMLInputElement} */ (element).type || "text";
      if (name === "select" || name === "textarea") return name;
      return dom.attribute(element, "role")?.trim().toLowerCase() || "editable";
    },

    /** Whether elements of a kind respond to clicks. */
    pressable: (kind) => kind === "link" || kind === "button" || kind === "field",
  };
})();
