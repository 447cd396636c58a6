/**
 * The element of the panel with that id.
 * @param {string} id
 * @returns {any}
 */
export function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the panel has no #${id}`);
  return found;
}

/**
 * Make an element. Words are only ever set as text.
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
 * Set text only where it is another: a screen reader is told of every change.
 * @param {Element} of
 * @param {string} text
 */
export function say(of, text) {
  if (of.textContent !== text) of.textContent = text;
}

/**
 * Show how something ended.
 * @param {HTMLElement} of
 * @param {Record<string, any>} response
 */
export function tellEnd(of, { status, value, error }) {
  of.dataset.status = status;
  say(of, error?.message || value?.text || "Done");
}
