import { availableActions, runAction } from "./actions.js";
import { parseAddress } from "./browsing.js";
import { frameAt, toFrame } from "./frames.js";
import { TabStorage } from "./storage.js";
import { GRID_SIZE, scanPage } from "./moving.js";
import { cellAt } from "./grid.js";
import { CommandError } from "./errors.js";
import { trustedClick } from "./trusted.js";

/** @import { Frame } from "./frames.js" */
/** @import { Command, Json, Run } from "./types.js" */
/** @import { Commits } from "./commits.js" */
/** @import { Pages } from "./pages.js" */
/** @import { Cursor } from "./cursor.js" */

/**
 * Commands that act on a page: clicking, selecting, highlighting, filling in.
 * @param {Pages} pages
 * @param {Cursor} cursor
 * @param {Commits} commits
 * @returns {Record<string, Command>}
 */
export function acting(pages, cursor, commits) {
  /** @type {TabStorage<Json>} The target of the last right click. */
  const menus = new TabStorage("menus");

  /**
   * @param {Json} args
   * @param {Run} run
   * @param {(tab: number) => Promise<{frame: number, value: any}>} act
   */
  async function click({ tab: id }, run, act) {
    const tab = await cursor.tab({ tab: id }, run);
    const { value, effect, opened } = await commits.after(tab, run.signal, () => act(tab));
    if (effect !== "navigated") await cursor.setFrame(tab, value.frame);
    if (opened !== null) run.at(opened);
    const { label, kind, effect: pageEffect = "clicked", open, checked, options } = value.value;
    // The page may not open a tab without a user gesture, so it left this one to us.
    if (open) run.at((await chrome.tabs.create({ url: parseAddress(open), openerTabId: tab, active: true })).id ?? tab);
    return { label, kind, effect: effect ?? pageEffect, ...(checked !== undefined && { checked }), ...(options && { options }) };
  }

  /**
   * @param {Json} args
   * @param {Run} run
   * @param {string} what
   */
  async function askBetween({ points, tab: id }, run, what) {
    const tab = await cursor.tab({ tab: id }, run);
    const frames = await scanPage(pages, tab);
    const { viewport } = /** @type {Frame} */ (frames[0]).scan;
    const [first, last] = [points[0], points[points.length - 1]].map(({ row, column }) => cellAt(viewport, row, column, GRID_SIZE));
    if (!first || !last) throw new CommandError("bad_arguments", "This command needs one or two points.");
    const box = { x1: Math.min(first.x, last.x), y1: Math.min(first.y, last.y), x2: right(first, last), y2: bottom(first, last) };
    const { frame } = frameAt(frames, first.x + first.width / 2, first.y + first.height / 2);
    const target = /** @type {Frame} */ (frames.find((each) => each.frame === frame) ?? frames[0]);
    const [from, to] = [toFrame(target, box.x1, box.y1), toFrame(target, box.x2, box.y2)];
    return pages.ask(tab, frame, what, { x1: from.x, y1: from.y, x2: to.x, y2: to.y });
  }

  return {
    click: ({ ref, tab }, run) => click({ tab }, run, (id) => cursor.ask(id, "click", { ref, button: 0 })),

    trusted_click: ({ tab }, run) => click({ tab }, run, (id) => trustedClick(id, pages, cursor)),

    async right_click({ tab: id }, run) {
      const tab = await cursor.tab({ tab: id }, run);
      const { frame, value } = await cursor.ask(tab, "click", { button: 2 });
      await cursor.setFrame(tab, frame);
      const target = { ...value, frame };
      await menus.set(tab, target);
      return { handled: value.handled, label: value.label, kind: value.kind, actions: value.handled ? [] : availableActions(target) };
    },

    async act({ id, tab: named }, run) {
      const tab = await cursor.tab({ tab: named }, run);
      const target = await menus.get(tab);
      if (!target) throw new CommandError("nothing_there", "Right-click something first, then choose one of its actions.");
      return runAction(id, { tab, target, pages, run });
    },

    select: (args, run) => askBetween(args, run, "select"),
    highlight: (args, run) => askBetween(args, run, "highlight"),

    async unhighlight({ tab: id }, run) {
      const tab = await cursor.tab({ tab: id }, run);
      await pages.askAll(tab, "unhighlight");
      return {};
    },

    async focus({ ref, tab: id }, run) {
      const tab = await cursor.tab({ tab: id }, run);
      const { frame, value } = await cursor.ask(tab, "focus", { ref });
      await cursor.setFrame(tab, frame);
      return value;
    },

    async write({ text, replace = false, submit = false, tab }, run) {
      const id = await cursor.tab({ tab }, run);
      const { value } = await cursor.ask(id, "write", { text, replace, submit });
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
