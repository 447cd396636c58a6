/**
 * The element of the panel with an id.
 * @param {string} id
 * @returns {any}
 */
export function element(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`the panel has no #${id}`);
  return node;
}

/**
 * Create an element. Strings are only ever set as text, never as markup.
 * @param {string} name
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} [children]
 * @returns {any}
 */
export function make(name, attributes = {}, children = []) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/**
 * Set text only if it differs: screen readers announce every change.
 * @param {Element} target
 * @param {string} text
 */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/**
 * Show the result of a request.
 * @param {HTMLElement} target
 * @param {Record<string, any>} response
 */
export function showResult(target, { status, value, error }) {
  target.dataset.status = status;
  setText(target, error?.message || value?.text || "Done");
}
