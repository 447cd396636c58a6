/** Tracks the pages and frames that do not answer, for instance because a script of theirs is stuck. */
export class SilentFrames {
  /** @type {Map<string, {tab: number, url: string, at: number}>} By document: the frames that did not answer. */
  #frames = new Map();
  /** @type {Map<number, number>} By tab: the number of pending requests to its top frame. */
  #pending = new Map();

  constructor() {
    chrome.webNavigation.onCommitted.addListener(({ tabId, frameId }) => {
      if (frameId === 0) this.#forget(tabId);
    });
    chrome.tabs.onRemoved.addListener((id) => this.#forget(id));
  }

  /**
   * Count a request to a top frame as pending until it is answered.
   * @template Value
   * @param {number} tab
   * @param {Promise<Value>} answer
   * @returns {Promise<Value>}
   */
  async track(tab, answer) {
    this.#pending.set(tab, (this.#pending.get(tab) ?? 0) + 1);
    try {
      return await answer;
    } finally {
      const left = (this.#pending.get(tab) ?? 1) - 1;
      if (left > 0) this.#pending.set(tab, left);
      else this.#pending.delete(tab);
    }
  }

  /** Whether the top frame has unanswered requests. @param {number} tab */
  hasPending(tab) {
    return this.#pending.has(tab);
  }

  /** Whether a frame did not answer its last request. @param {string} document */
  has(document) {
    return this.#frames.has(document);
  }

  /**
   * Record that a frame did not answer.
   * @param {number} tab
   * @param {{documentId: string, url: string}} frame
   */
  add(tab, { documentId, url }) {
    this.#frames.set(documentId, { tab, url, at: performance.now() });
  }

  /** Record that a frame answers again. @param {string} document */
  delete(document) {
    this.#frames.delete(document);
  }

  /**
   * The addresses of a tab's frames that did not answer.
   * @param {number} tab
   * @param {number} since  Time by `performance.now`, ms.
   * @returns {string[]}
   */
  since(tab, since) {
    return [...this.#frames.values()].filter((frame) => frame.tab === tab && frame.at >= since).map(({ url }) => url);
  }

  /** @param {number} tab */
  #forget(tab) {
    this.#pending.delete(tab);
    for (const [document, frame] of this.#frames) if (frame.tab === tab) this.#frames.delete(document);
  }
}
