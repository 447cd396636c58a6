import { actions, carryOut } from "./actions.js";
import { address } from "./browsing.js";
import { at, within } from "./frames.js";
import { Kept } from "./storage.js";
import { POINTS, look } from "./moving.js";
import { cellAt } from "./grid.js";
import { Trouble } from "./errors.js";
import { press } from "./trusted.js";

/** @import { Frame } from "./frames.js" */
/** @import { Command, Json, Run } from "./types.js" */
/** @import { Commits } from "./commits.js" */
/** @import { Pages } from "./pages.js" */
/** @import { Place } from "./place.js" */

/**
 * Acting on a page: pressing, choosing, highlighting, filling in.
 * @param {Pages} pages
 * @param {Place} place
 * @param {Commits} commits
 * @returns {Record<string, Command>}
 */
export function acting(pages, place, commits) {
  /** @type {Kept<Json>} What the menu of the last right click is about. */
  const menus = new Kept("menus");

  /**
   * @param {Json} args
   * @param {Run} run
   * @param {(tab: number) => Promise<{frame: number, value: any}>} act
   */
  async function pressed({ tab: id }, run, act) {
    const tab = await place.tab({ tab: id }, run);
    const { value, effect, opened } = await commits.after(tab, run.signal, () => act(tab));
    if (effect !== "navigated") await place.moved(tab, value.frame);
    if (opened !== null) run.at(opened);
    const { label, kind, effect: its = "clicked", open, checked, options } = value.value;
    // A page may not open a tab that no hand asked for: it left this one to us.
    if (open) run.at((await chrome.tabs.create({ url: address(open), openerTabId: tab, active: true })).id ?? tab);
    return { label, kind, effect: effect ?? its, ...(checked !== undefined && { checked }), ...(options && { options }) };
  }

  /**
   * @param {Json} args
   * @param {Run} run
   * @param {string} what
   */
  async function between({ points, tab: id }, run, what) {
    const tab = await place.tab({ tab: id }, run);
    const frames = await look(pages, tab);
    const { viewport } = /** @type {Frame} */ (frames[0]).scan;
    const [first, last] = [points[0], points[points.length - 1]].map(({ row, column }) => cellAt(viewport, row, column, POINTS));
    if (!first || !last) throw new Trouble("bad_arguments", "It needs one or two points.");
    const box = { x1: Math.min(first.x, last.x), y1: Math.min(first.y, last.y), x2: right(first, last), y2: bottom(first, last) };
    const { frame } = at(frames, first.x + first.width / 2, first.y + first.height / 2);
    const found = /** @type {Frame} */ (frames.find((each) => each.frame === frame) ?? frames[0]);
    const [from, to] = [within(found, box.x1, box.y1), within(found, box.x2, box.y2)];
    return pages.tell(tab, frame, what, { x1: from.x, y1: from.y, x2: to.x, y2: to.y });
  }

  return {
    click: ({ ref, tab }, run) => pressed({ tab }, run, (id) => place.tell(id, "click", { ref, button: 0 })),

    trusted_click: ({ tab }, run) => pressed({ tab }, run, (id) => press(id, pages, place)),

    async right_click({ tab: id }, run) {
      const tab = await place.tab({ tab: id }, run);
      const { frame, value } = await place.tell(tab, "click", { button: 2 });
      await place.moved(tab, frame);
      const target = { ...value, frame };
      await menus.set(tab, target);
      return { handled: value.handled, label: value.label, kind: value.kind, actions: value.handled ? [] : actions(target) };
    },

    async act({ id, tab: named }, run) {
      const tab = await place.tab({ tab: named }, run);
      const target = await menus.get(tab);
      if (!target) throw new Trouble("nothing_there", "Right click first: these are the actions of what is there.");
      return carryOut(id, { tab, target, pages, run });
    },

    select: (args, run) => between(args, run, "select"),
    highlight: (args, run) => between(args, run, "highlight"),

    async unhighlight({ tab: id }, run) {
      const tab = await place.tab({ tab: id }, run);
      await pages.everywhere(tab, "unhighlight");
      return {};
    },

    async focus({ ref, tab: id }, run) {
      const tab = await place.tab({ tab: id }, run);
      const { frame, value } = await place.tell(tab, "focus", { ref });
      await place.moved(tab, frame);
      return value;
    },

    async write({ text, replace = false, submit = false, tab }, run) {
      const id = await place.tab({ tab }, run);
      const { value } = await place.tell(id, "write", { text, replace, submit });
      return value;
    },
  };
}

/**
 * @param {import("./boxes.js").Box} one
 * @param {import("./boxes.js").Box} other
 */
const right = (one, other) => Math.max(one.x + one.width, other.x + other.width);

/**
 * @param {import("./boxes.js").Box} one
 * @param {import("./boxes.js").Box} other
 */
const bottom = (one, other) => Math.max(one.y + one.height, other.y + other.height);
