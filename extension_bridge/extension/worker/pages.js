import { pdf, restricted } from "./restricted.js";
import { Silent } from "./silent.js";
import { Trouble } from "./errors.js";
import { LATE, within } from "./waiting.js";

/** @import { Json } from "./types.js" */

// How long a frame, or a page that is not in front, may take to answer: a fifth of a command's usual deadline. Whoever did
// not answer the last time gets less, so that a command that asks several times pays once.
export const SHARE_MS = 1000;
const AGAIN_MS = 150;
// A frame that is asked alone, as the cursor is there, gets more.
const ALONE_MS = 3000;

/**
 * The way to the content scripts of a page, in each of its frames.
 *
 * Pages that were open before the extension came have none yet: they get them once, when first spoken to.
 */
export class Pages {
  /** @type {Map<number, string>} By tab: the address of the document that is known to have content scripts. */
  #ready = new Map();
  silent = new Silent();

  constructor() {
    chrome.webNavigation.onCommitted.addListener(({ tabId, frameId }) => {
      if (frameId === 0) this.#ready.delete(tabId);
    });
    chrome.tabs.onRemoved.addListener((id) => this.#ready.delete(id));
    chrome.tabs.onReplaced.addListener((_new, old) => this.#ready.delete(old));
  }

  /**
   * Ask one frame.
   * @param {number} tab
   * @param {number} frame
   * @param {string} what
   * @param {Json} [args]
   * @returns {Promise<any>}
   * @throws {Trouble} What the page answers, or why it cannot.
   */
  async tell(tab, frame, what, args = {}) {
    await this.#reach(tab);
    const asked = chrome.tabs.sendMessage(tab, { do: what, args }, { frameId: frame }).catch(gone);
    const answer = await (frame === 0 ? this.silent.page(tab, asked) : within(asked, ALONE_MS));
    if (answer === LATE) throw new Trouble("timeout", "This frame of the page does not answer: move to another place.");
    if (!answer) throw new Trouble("navigated", "The page went away meanwhile.");
    if (answer.error) throw new Trouble(answer.error.code, answer.error.message);
    return answer.ok;
  }

  /**
   * Ask all frames at once; those that cannot answer, or do not in time, are left out.
   * @param {number} tab
   * @param {string} what
   * @param {Json} [args]
   * @param {number} [longest]  How long the page itself may take, ms; until the command's deadline when left out.
   * @returns {Promise<{frame: number, value: any}[]>}  The page itself first.
   * @throws {Trouble} Why nothing of the page can be reached.
   */
  async everywhere(tab, what, args = {}, longest = Infinity) {
    const message = { do: what, args };
    const reached = this.#reach(tab);
    const whole = reached.then(() => this.silent.page(tab, ask(tab, 0, message).catch(gone)));
    const inner = reached.then(() => this.#inner(tab, message, whole)).catch(() => []);
    const answer = await (longest < Infinity ? within(whole, longest) : whole);
    if (answer === LATE) throw new Trouble("timeout", "The page does not answer.");
    if (answer?.error) throw new Trouble(answer.error.code, answer.error.message);
    return [{ frame: 0, answer }, ...(await inner)]
      .filter((each) => each.answer && "ok" in each.answer)
      .map((each) => ({ frame: each.frame, value: each.answer.ok }));
  }

  /**
   * Ask the frames within a page, each by itself.
   * @param {number} tab
   * @param {Json} message
   * @param {Promise<unknown>} whole  What the page itself answers: none is late before it.
   * @returns {Promise<{frame: number, answer: any}[]>}
   */
  async #inner(tab, message, whole) {
    const frames = (await chrome.webNavigation.getAllFrames({ tabId: tab })) ?? [];
    const inner = frames.filter(({ frameId }) => frameId !== 0).sort((a, b) => a.frameId - b.frameId);
    return Promise.all(
      inner.map(async (frame) => {
        const share = this.silent.has(frame.documentId) ? AGAIN_MS : SHARE_MS;
        const answer = await within(ask(tab, frame.frameId, message).catch(() => undefined), share, whole);
        if (answer === LATE) this.silent.add(tab, frame);
        else this.silent.delete(frame.documentId);
        return { frame: frame.frameId, answer: answer === LATE ? undefined : answer };
      }),
    );
  }

  /** @param {number} tab */
  async #reach(tab) {
    if (this.#ready.has(tab)) return;
    const { url = "" } = await chrome.tabs.get(tab);
    const looking = run(tab, 0, { func: look }).catch(async (/** @type {Error} */ error) => {
      if (/frame|document|tab was closed/i.test(error.message) && /remov|gone|No |clos/i.test(error.message)) gone(error);
      throw await restricted(url, error.message);
    });
    const first = await this.silent.page(tab, looking);
    if (!first) throw new Trouble("navigated", "The page went away meanwhile.");
    if (first.type === "application/pdf") throw pdf();
    if (!first.there) await this.silent.page(tab, inject(tab, 0)).catch(gone);
    this.#ready.set(tab, url);
  }
}

/** Runs in the page: whether the content scripts are there, and what kind of document it is. */
function look() {
  return { there: "rubato" in globalThis, type: document.contentType };
}

/**
 * Runs in the page.
 * @param {Json} message
 */
function hand(message) {
  return /** @type {any} */ (globalThis).rubato?.answer(message);
}

/**
 * Run something in one frame, at once: a frame that never has all it waits for is as good as any.
 * @param {number} tab
 * @param {number} frame
 * @param {{func: (...args: any[]) => unknown, args?: any[]} | {files: string[]}} what
 * @returns {Promise<any>}
 */
async function run(tab, frame, what) {
  const target = { tabId: tab, frameIds: [frame] };
  const injection = /** @type {any} */ ({ target, injectImmediately: true, ...what });
  const [done] = /** @type {chrome.scripting.InjectionResult<any>[]} */ (await chrome.scripting.executeScript(injection));
  return done?.result;
}

/**
 * @param {number} tab
 * @param {number} frame
 * @param {Json} message
 * @returns {Promise<any>}
 */
async function ask(tab, frame, message) {
  const answer = await run(tab, frame, { func: hand, args: [message] });
  if (answer !== null && answer !== undefined) return answer;
  await inject(tab, frame);
  return run(tab, frame, { func: hand, args: [message] });
}

/**
 * @param {number} tab
 * @param {number} frame
 */
async function inject(tab, frame) {
  const files = chrome.runtime.getManifest().content_scripts?.flatMap(({ js }) => js ?? []) ?? [];
  await run(tab, frame, { files });
}

/**
 * @param {unknown} error
 * @returns {never}
 */
function gone(error) {
  const words = error instanceof Error ? error.message : String(error);
  if (/^No tab with id/.test(words)) throw new Trouble("tab_closed", "That tab has been closed.");
  if (/No frame with id|No document with id/.test(words)) throw new Trouble("gone", "That part of the page is no longer there.");
  throw new Trouble("navigated", "The page went away meanwhile.");
}
