import { address } from "./browsing.js";
import { Trouble } from "./errors.js";
import { tell } from "./windows.js";

/** @import { Json, Run } from "./types.js" */
/** @import { Pages } from "./pages.js" */

/**
 * @typedef {object} Doing
 * @property {number} tab
 * @property {Json} target  What is at the cursor: `frame`, `ref`, `kind`, `label`, `url` of a link or picture.
 * @property {Pages} pages
 * @property {Run} run
 */

/** @type {{id: string, label: string, fits: (target: Json) => boolean, act: (doing: Doing) => Promise<any>}[]} */
const ACTIONS = [
  {
    id: "open",
    label: "Open here",
    fits: ({ url }) => Boolean(url),
    act: async ({ tab, target }) => tell(/** @type {chrome.tabs.Tab} */ (await chrome.tabs.update(tab, { url: address(target.url) }))),
  },
  {
    id: "open_new",
    label: "Open in a new tab",
    fits: ({ url }) => Boolean(url),
    async act({ tab, target, run }) {
      const made = await chrome.tabs.create({ url: address(target.url), openerTabId: tab, active: true });
      run.at(made.id ?? tab);
      return tell(made);
    },
  },
  {
    id: "copy_address",
    label: "Copy the address",
    fits: ({ url }) => Boolean(url),
    // The app has the clipboard; a page would have to be in front for it.
    act: async ({ target }) => ({ copy: target.url }),
  },
  {
    id: "play",
    label: "Play or pause",
    fits: ({ kind }) => kind === "media",
    act: (doing) => media(doing, "play"),
  },
  {
    id: "mute",
    label: "Mute or unmute",
    fits: ({ kind }) => kind === "media",
    act: (doing) => media(doing, "mute"),
  },
  {
    id: "read",
    label: "Read",
    fits: ({ kind }) => Boolean(kind),
    act: ({ tab, target, pages }) => pages.tell(tab, target.frame, "read", { from: target.ref }),
  },
  {
    id: "highlight",
    label: "Highlight",
    fits: ({ box }) => Boolean(box),
    act({ tab, target, pages }) {
      const { x, y, width, height } = target.box;
      return pages.tell(tab, target.frame, "highlight", { x1: x, y1: y, x2: x + width, y2: y + height });
    },
  },
];

/**
 * What can be done with something, where its page has no menu of its own.
 * @param {Json} target
 * @returns {{id: string, label: string}[]}
 */
export function actions(target) {
  return ACTIONS.filter(({ fits }) => fits(target)).map(({ id, label }) => ({ id, label }));
}

/**
 * Do one of them.
 * @param {string} id
 * @param {Doing} doing
 * @returns {Promise<any>}
 */
export async function carryOut(id, doing) {
  const action = ACTIONS.find((each) => each.id === id && each.fits(doing.target));
  if (!action) throw new Trouble("bad_arguments", `There is no action "${id.slice(0, 50)}" here.`);
  return action.act(doing);
}

/**
 * @param {Doing} doing
 * @param {"play" | "mute"} what
 */
async function media({ tab, target, pages }, what) {
  const all = await pages.tell(tab, target.frame, "media");
  const medium = all.find((/** @type {Json} */ { ref }) => ref === target.ref);
  if (!medium) throw new Trouble("gone", "It is no longer there.");
  const on = what === "play" ? medium.playing : medium.muted;
  const action = on ? { play: "pause", mute: "unmute" }[what] : what;
  return pages.tell(tab, target.frame, "media_do", { ref: target.ref, action });
}
