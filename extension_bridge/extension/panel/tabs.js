import { element, make, setText } from "./page.js";

/** @typedef {Record<string, any>} Json */

/** @type {Map<number, {section: any, list: any, title: any, count: any}>} By window. */
const sections = new Map();
/** @type {Map<number, {row: any, go: any, number: any, title: any, sounds: any, close: any}>} By tab. */
const rows = new Map();
/** The tab whose row is in the tab order; arrow keys change it. */
let current = -1;

/**
 * Show the open windows and tabs; only what differs is changed, so that the focus and screen readers stay in position.
 * @param {Json[]} windows
 */
export function showTabs(windows) {
  const focused = document.activeElement;
  const focusedIndex = [...rows.values()].findIndex(({ row }) => row.contains(focused));
  const open = new Set(windows.flatMap(({ tabs }) => tabs.map((/** @type {Json} */ { id }) => id)));
  for (const [id, { row }] of rows) if (!open.has(id)) rows.delete(id), row.remove();
  const ids = new Set(windows.map(({ id }) => id));
  for (const [id, { section }] of sections) if (!ids.has(id)) sections.delete(id), section.remove();
  windows.forEach(showWindow);
  arrange(element("channels"), windows.map(({ id }) => sections.get(id)?.section));
  sortRows(windows);
  if (!open.has(current)) current = windows.flatMap(({ tabs }) => tabs).find(({ active }) => active)?.id ?? -1;
  updateTabOrder();
  // The row with the focus was removed: move the focus to its neighbour.
  if (focusedIndex >= 0 && !document.activeElement?.closest(".tab")) focus([...rows.keys()][Math.min(focusedIndex, rows.size - 1)]);
}

/** @param {Json} window */
function showWindow({ id, number, focused, tabs }) {
  let parts = sections.get(id);
  if (!parts) {
    const [title, count] = [make("span"), make("span")];
    const heading = make("h3", { id: `channel-${id}` }, [title, count]);
    const list = make("ul", { "aria-labelledby": `channel-${id}`, "aria-describedby": "tabs-hint" });
    parts = { section: make("div", { class: "channel" }, [heading, list]), list, title, count };
    sections.set(id, parts);
  }
  parts.section.dataset.focused = String(focused);
  setText(parts.title, `Channel ${number}`);
  setText(parts.count, tabs.length === 1 ? "1 tab" : `${tabs.length} tabs`);
  tabs.forEach(showTab);
  arrange(parts.list, tabs.map((/** @type {Json} */ tab) => rows.get(tab.id)?.row));
}

/** @param {Json} tab */
function showTab({ id, number, title, url, active, audible, muted }) {
  let parts = rows.get(id);
  if (!parts) rows.set(id, (parts = makeRow(id)));
  const name = title || url || "New tab";
  setText(parts.number, String(number));
  setText(parts.title, name);
  parts.go.title = name;
  setText(parts.sounds, muted ? "muted" : audible ? "playing" : "");
  parts.close.setAttribute("aria-label", `Close tab ${number}, ${name}`);
  if (active) parts.go.setAttribute("aria-current", "true");
  else parts.go.removeAttribute("aria-current");
}

/** @param {number} id */
function makeRow(id) {
  const [number, title, sounds] = ["number", "title", "sounds"].map((name) => make("span", { class: name }));
  const go = make("button", { type: "button", class: "go", "aria-keyshortcuts": "Delete" }, [number, title, sounds]);
  const close = make("button", { type: "button", class: "close", tabindex: "-1" }, ["×"]);
  const row = make("li", { class: "tab" }, [go, close]);
  go.addEventListener("click", () => void selectTab(id));
  go.addEventListener("focus", () => {
    current = id;
    updateTabOrder();
  });
  go.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => onKey(event, id));
  close.addEventListener("click", () => void closeTab(id));
  return { row, go, number, title, sounds, close };
}

/**
 * @param {KeyboardEvent} event
 * @param {number} id
 */
function onKey(event, id) {
  const order = [...rows.keys()];
  const at = order.indexOf(id);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: order.length - 1 }[event.key];
  if (to !== undefined) focus(order[Math.min(Math.max(to, 0), order.length - 1)]);
  else if (event.key === "Delete") void closeTab(id);
  else return;
  event.preventDefault();
}

/** @param {number} id */
async function selectTab(id) {
  const tab = await chrome.tabs.update(id, { active: true });
  if (tab) await chrome.windows.update(tab.windowId, { focused: true });
}

/** @param {number} id */
async function closeTab(id) {
  const parts = rows.get(id);
  setText(element("closed"), parts ? `Closed: ${parts.title.textContent}` : "");
  await chrome.tabs.remove(id);
}

/** @param {number | undefined} id */
function focus(id) {
  rows.get(id ?? -1)?.go.focus();
}

/** Keep exactly one row in the tab order. */
function updateTabOrder() {
  for (const [id, { go }] of rows) go.tabIndex = id === current ? 0 : -1;
}

/** @param {Json[]} windows */
function sortRows(windows) {
  const order = windows.flatMap(({ tabs }) => tabs.map((/** @type {Json} */ { id }) => id));
  for (const id of order) {
    const parts = rows.get(id);
    rows.delete(id);
    if (parts) rows.set(id, parts);
  }
}

/**
 * @param {Element} parent
 * @param {Element[]} children
 */
function arrange(parent, children) {
  children.forEach((child, index) => {
    // Move only what is out of order: moving an element takes the focus from it.
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
}
