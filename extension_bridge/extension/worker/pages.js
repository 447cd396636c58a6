import { pdfError, restrictedError } from "./restricted.js";
import { SilentFrames } from "./silent.js";
import { CommandError } from "./errors.js";
import { TIMED_OUT, withTimeout } from "./waiting.js";

/** @import { Json } from "./types.js" */

// How long a frame, or a background page, may take to answer: a fifth of a command's usual deadline. A frame that did not
// answer the last time gets less, so that a command with several requests pays only once.
export const FRAME_TIMEOUT_MS = 1000;
const RETRY_TIMEOUT_MS = 150;
// A frame that is the only one asked gets more.
const SINGLE_FRAME_TIMEOUT_MS = 3000;

/**
 * Sends requests to the content scripts of a page's frames.
 *
 * Pages that were open before the extension was installed have no content scripts; they are injected at the first request.
 */
export class Pages {
  /** @type {Map<number, string>} By tab: the address of the document known to have content scripts. */
  #ready = new Map();
  silent = new SilentFrames();

  constructor() {
    chrome.webNavigation.onCommitted.addListener(({ tabId, frameId }) => {
      if (frameId === 0) this.#ready.delete(tabId);
    });
    chrome.tabs.onRemoved.addListener((id) => this.#ready.delete(id));
    chrome.tabs.onReplaced.addListener((_new, old) => this.#ready.delete(old));
  }

  /**
   * Send a request to one frame.
   * @param {number} tab
   * @param {number} frame
   * @param {string} what
   * @param {Json} [args]
   * @returns {Promise<any>}
   * @throws {CommandError} The page's error, or the reason why it cannot be reached.
   */
  async ask(tab, frame, what, args = {}) {
    await this.#prepare(tab);
    const pending = chrome.tabs.sendMessage(tab, { do: what, args }, { frameId: frame }).catch(throwGone);
    const answer = await (frame === 0 ? this.silent.track(tab, pending) : withTimeout(pending, SINGLE_FRAME_TIMEOUT_MS));
    if (answer === TIMED_OUT) throw new CommandError("timeout", "This frame of the page does not answer; move to another part of the page.");
    if (!answer) throw new CommandError("navigated", "The page was closed or replaced in the meantime.");
    if (answer.error) throw new CommandError(answer.error.code, answer.error.message);
    return answer.ok;
  }

  /**
   * Send a request to all frames at once; those that fail or do not answer in time are left out.
   * @param {number} tab
   * @param {string} what
   * @param {Json} [args]
   * @param {number} [timeoutMs]  How long the top frame may take; default: until the command's deadline.
   * @returns {Promise<{frame: number, value: any}[]>}  The top frame first.
   * @throws {CommandError} The top frame cannot be reached.
   */
  async askAll(tab, what, args = {}, timeoutMs = Infinity) {
    const message = { do: what, args };
    const ready = this.#prepare(tab);
    const top = ready.then(() => this.silent.track(tab, askFrame(tab, 0, message).catch(throwGone)));
    const inner = ready.then(() => this.#askInner(tab, message, top)).catch(() => []);
    const answer = await (timeoutMs < Infinity ? withTimeout(top, timeoutMs) : top);
    if (answer === TIMED_OUT) throw new CommandError("timeout", "The page does not answer.");
    if (answer?.error) throw new CommandError(answer.error.code, answer.error.message);
    return [{ frame: 0, answer }, ...(await inner)]
      .filter((each) => each.answer && "ok" in each.answer)
      .map((each) => ({ frame: each.frame, value: each.answer.ok }));
  }

  /**
   * Send a request to each inner frame separately.
   * @param {number} tab
   * @param {Json} message
   * @param {Promise<unknown>} top  The top frame's answer; no inner frame times out before it.
   * @returns {Promise<{frame: number, answer: any}[]>}
   */
  async #askInner(tab, message, top) {
    const frames = (await chrome.webNavigation.getAllFrames({ tabId: tab })) ?? [];
    const inner = frames.filter(({ frameId }) => frameId !== 0).sort((a, b) => a.frameId - b.frameId);
    return Promise.all(
      inner.map(async (frame) => {
        const timeout = this.silent.has(frame.documentId) ? RETRY_TIMEOUT_MS : FRAME_TIMEOUT_MS;
        const answer = await withTimeout(askFrame(tab, frame.frameId, message).catch(() => undefined), timeout, top);
        if (answer === TIMED_OUT) this.silent.add(tab, frame);
        else this.silent.delete(frame.documentId);
        return { frame: frame.frameId, answer: answer === TIMED_OUT ? undefined : answer };
      }),
    );
  }

  /** @param {number} tab */
  async #prepare(tab) {
    if (this.#ready.has(tab)) return;
    const { url = "" } = await chrome.tabs.get(tab);
    const probing = execute(tab, 0, { func: probe }).catch(async (/** @type {Error} */ error) => {
      if (/frame|document|tab was closed/i.test(error.message) && /remov|gone|No |clos/i.test(error.message)) throwGone(error);
      throw await restrictedError(url, error.message);
    });
    const first = await this.silent.track(tab, probing);
    if (!first) throw new CommandError("navigated", "The page was closed or replaced in the meantime.");
    if (first.type === "application/pdf") throw pdfError();
    if (!first.injected) await this.silent.track(tab, inject(tab, 0)).catch(throwGone);
    this.#ready.set(tab, url);
  }
}

/** Injected into the page: whether the content scripts are there, and the type of the document. */
function probe() {
  return { injected: "rubato" in globalThis, type: document.contentType };
}

/**
 * Injected into the page: passes a request to the content scripts.
 * @param {Json} message
 */
function deliver(message) {
  return /** @type {any} */ (globalThis).rubato?.answer(message);
}

/**
 * Inject something into one frame at once, without waiting for the frame to finish loading.
 * @param {number} tab
 * @param {number} frame
 * @param {{func: (...args: any[]) => unknown, args?: any[]} | {files: string[]}} what
 * @returns {Promise<any>}
 */
async function execute(tab, frame, what) {
  const target = { tabId: tab, frameIds: [frame] };
  const injection = /** @type {any} */ ({ target, injectImmediately: true, ...what });
  const [first] = /** @type {chrome.scripting.InjectionResult<any>[]} */ (await chrome.scripting.executeScript(injection));
  return first?.result;
}

/**
 * @param {number} tab
 * @param {number} frame
 * @param {Json} message
 * @returns {Promise<any>}
 */
async function askFrame(tab, frame, message) {
  const answer = await execute(tab, frame, { func: deliver, args: [message] });
  if (answer !== null && answer !== undefined) return answer;
  await inject(tab, frame);
  return execute(tab, frame, { func: deliver, args: [message] });
}

/**
 * @param {number} tab
 * @param {number} frame
 */
async function inject(tab, frame) {
  const files = chrome.runtime.getManifest().content_scripts?.flatMap(({ js }) => js ?? []) ?? [];
  await execute(tab, frame, { files });
}

/**
 * @param {unknown} error
 * @returns {never}
 */
function throwGone(error) {
  const text = error instanceof Error ? error.message : String(error);
  if (/^No tab with id/.test(text)) throw new CommandError("tab_closed", "That tab has been closed.");
  if (/No frame with id|No document with id/.test(text)) throw new CommandError("gone", "That part of the page is no longer there.");
  throw new CommandError("navigated", "The page was closed or replaced in the meantime.");
}
