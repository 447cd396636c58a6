import { pdf, restricted } from "./restricted.js";
import { Trouble } from "./trouble.js";

/** @import { Json } from "./types.js" */

/**
 * The way to the content scripts of a page, in each of its frames.
 *
 * Pages that were open before the extension came have none yet: they get them once, when first spoken to.
 */
export class Pages {
  /** @type {Map<number, string>} By tab: the address of the document that is known to have content scripts. */
  #ready = new Map();

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
    const answer = await chrome.tabs.sendMessage(tab, { do: what, args }, { frameId: frame }).catch(gone);
    if (!answer) throw new Trouble("navigated", "The page went away meanwhile.");
    if (answer.error) throw new Trouble(answer.error.code, answer.error.message);
    return answer.ok;
  }

  /**
   * Ask all frames at once; those that cannot answer are left out.
   * @param {number} tab
   * @param {string} what
   * @param {Json} [args]
   * @returns {Promise<{frame: number, value: any}[]>}  The page itself first.
   * @throws {Trouble} Why nothing of the page can be reached.
   */
  async everywhere(tab, what, args = {}) {
    await this.#reach(tab);
    const target = { tabId: tab, allFrames: true };
    /** @type {chrome.scripting.InjectionResult<any>[]} */
    const results = await chrome.scripting.executeScript({ target, func: hand, args: [{ do: what, args }] }).catch(gone);
    const whole = results.find(({ frameId }) => frameId === 0)?.result;
    if (whole?.error) throw new Trouble(whole.error.code, whole.error.message);
    return results
      .filter(({ result }) => result && "ok" in result)
      .map(({ frameId, result }) => ({ frame: frameId, value: result.ok }))
      .sort((a, b) => a.frame - b.frame);
  }

  /** @param {number} tab */
  async #reach(tab) {
    if (this.#ready.has(tab)) return;
    const { url = "" } = await chrome.tabs.get(tab);
    const target = { tabId: tab };
    const [first] = await chrome.scripting.executeScript({ target, func: look }).catch(async (/** @type {Error} */ error) => {
      if (/frame|document|tab was closed/i.test(error.message) && /remov|gone|No |clos/i.test(error.message)) gone(error);
      throw await restricted(url, error.message);
    });
    if (!first?.result) throw new Trouble("navigated", "The page went away meanwhile.");
    if (first.result.type === "application/pdf") throw pdf();
    if (!first.result.there) await inject(tab);
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

/** @param {number} tab */
async function inject(tab) {
  const files = chrome.runtime.getManifest().content_scripts?.flatMap(({ js }) => js ?? []) ?? [];
  await chrome.scripting.executeScript({ target: { tabId: tab, allFrames: true }, files }).catch(gone);
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
