import { parseAddress } from "./browsing.js";
import { CommandError } from "./errors.js";
import { describeTab } from "./windows.js";

/** @import { Json, Run } from "./types.js" */
/** @import { Pages } from "./pages.js" */

/**
 * @typedef {object} ActionContext
 * @property {number} tab
 * @property {Json} target  The element at the cursor: `frame`, `ref`, `kind`, `label`, and the `url` of a link or picture.
 * @property {Pages} pages
 * @property {Run} run
 */

/** @type {{id: string, label: string, fits: (target: Json) => boolean, act: (context: ActionContext) => Promise<any>}[]} */
const ACTIONS = [
  {
    id: "open",
    label: "Open here",
    fits: ({ url }) => Boolean(url),
    act: async ({ tab, target }) => describeTab(/** @type {chrome.tabs.Tab} */ (await chrome.tabs.update(tab, { url: parseAddress(target.url) }))),
  },
  {
    id: "open_new",
    label: "Open in a new tab",
    fits: ({ url }) => Boolean(url),
    async act({ tab, target, run }) {
      const made = await chrome.tabs.create({ url: parseAddress(target.url), openerTabId: tab, active: true });
      run.at(made.id ?? tab);
      return describeTab(made);
    },
  },
  {
    id: "copy_address",
    label: "Copy address",
    fits: ({ url }) => Boolean(url),
    // The app writes the clipboard; a page may do so only while it has the focus.
    act: async ({ target }) => ({ copy: target.url }),
  },
  {
    id: "play",
    label: "Play or pause",
    fits: ({ kind }) => kind === "media",
    act: (context) => media(context, "play"),
  },
  {
    id: "mute",
    label: "Mute or unmute",
    fits: ({ kind }) => kind === "media",
    act: (context) => media(context, "mute"),
  },
  {
    id: "read",
    label: "Read",
    fits: ({ kind }) => Boolean(kind),
    act: ({ tab, target, pages }) => pages.ask(tab, target.frame, "read", { from: target.ref }),
  },
  {
    id: "highlight",
    label: "Highlight",
    fits: ({ box }) => Boolean(box),
    act({ tab, target, pages }) {
      const { x, y, width, height } = target.box;
      return pages.ask(tab, target.frame, "highlight", { x1: x, y1: y, x2: x + width, y2: y + height });
    },
  },
];

/**
 * The actions that fit an element, for pages without a context menu of their own.
 * @param {Json} target
 * @returns {{id: string, label: string}[]}
 */
export function availableActions(target) {
  return ACTIONS.filter(({ fits }) => fits(target)).map(({ id, label }) => ({ id, label }));
}

/**
 * Run one of them.
 * @param {string} id
 * @param {ActionContext} context
 * @returns {Promise<any>}
 */
export async function runAction(id, context) {
  const action = ACTIONS.find((each) => each.id === id && each.fits(context.target));
  if (!action) throw new CommandError("bad_arguments", `There is no action "${id.slice(0, 50)}" here.`);
  return action.act(context);
}

/**
 * @param {ActionContext} context
 * @param {"play" | "mute"} what
 */
async function media({ tab, target, pages }, what) {
  const all = await pages.ask(tab, target.frame, "media");
  const medium = all.find((/** @type {Json} */ { ref }) => ref === target.ref);
  if (!medium) throw new CommandError("gone", "The player is no longer on the page.");
  const on = what === "play" ? medium.playing : medium.muted;
  const action = on ? { play: "pause", mute: "unmute" }[what] : what;
  return pages.ask(tab, target.frame, "media_do", { ref: target.ref, action });
}
