// Lists of the visible links, fields and buttons, in page order.
"use strict";
(() => {
  const { refs } = rubato;

  /** @param {Kind} kind @param {number} limit @returns {Promise<ListedElement[]>} */
  async function list(kind, limit) {
    const slices = new rubato.Slices(3000);
    const { found } = await rubato.visibleEntries(slices);
    const listed = [];
    for (const { entry, seen } of found) {
      if (entry.kind !== kind || listed.length >= limit) continue;
      const element = /** @type {Element} */ (entry.node);
      const box = rubato.boxOf(seen.bounds);
      /** @type {ListedElement} */
      const item = { ref: refs.of(element), kind, label: rubato.labels.of(element), ...box };
      if (kind === "link") item.url = rubato.reading.address(element);
      if (kind === "field") {
        item.kind = rubato.kinds.fieldType(element);
        item.value = rubato.writing.value(element);
      }
      if (rubato.acting.disabled(element)) item.disabled = true;
      listed.push(item);
      if (slices.due) await slices.rest();
      if (slices.spent) break;
    }
    return listed;
  }

  rubato.links = ({ limit = 200 } = {}) => list("link", limit);
  rubato.fields = ({ limit = 200 } = {}) => list("field", limit);
  rubato.buttons = ({ limit = 200 } = {}) => list("button", limit);
})();
