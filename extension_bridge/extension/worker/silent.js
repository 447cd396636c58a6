/** Which pages and frames do not answer: a script of theirs may be running without end. */
export class Silent {
  /** @type {Map<string, {tab: number, url: string, at: number}>} By document: the frames that were left out. */
  #frames = new Map();
  /** @type {Map<number, number>} By tab: how many questions its page itself has not answered yet. */
  #asked = new Map();

  constructor() {
    chrome.webNavigation.onCommitted.addListener(({ tabId, frameId }) => {
      if (frameId === 0) this.#forget(tabId);
    });
    chrome.tabs.onRemoved.addListener((id) => this.#forget(id));
  }

  /**
   * Wait for the answer of a page, and know of it meanwhile.
   * @template Value
   * @param {number} tab
   * @param {Promise<Value>} answer
   * @returns {Promise<Value>}
   */
  async page(tab, answer) {
    this.#asked.set(tab, (this.#asked.get(tab) ?? 0) + 1);
    try {
      return await answer;
    } finally {
      const left = (this.#asked.get(tab) ?? 1) - 1;
      if (left > 0) this.#asked.set(tab, left);
      else this.#asked.delete(tab);
    }
  }

  /** Whether the page itself owes an answer. @param {number} tab */
  owes(tab) {
    return this.#asked.has(tab);
  }

  /** Whether a frame did not answer when it was asked last. @param {string} document */
  has(document) {
    return this.#frames.has(document);
  }

  /**
   * A frame did not answer.
   * @param {number} tab
   * @param {{documentId: string, url: string}} frame
   */
  add(tab, { documentId, url }) {
    this.#frames.set(documentId, { tab, url, at: performance.now() });
  }

  /** It does again. @param {string} document */
  delete(document) {
    this.#frames.delete(document);
  }

  /**
   * The addresses of the frames of a tab that were left out.
   * @param {number} tab
   * @param {number} since  By `performance.now`.
   * @returns {string[]}
   */
  since(tab, since) {
    return [...this.#frames.values()].filter((frame) => frame.tab === tab && frame.at >= since).map(({ url }) => url);
  }

  /** @param {number} tab */
  #forget(tab) {
    this.#asked.delete(tab);
    for (const [document, frame] of this.#frames) if (frame.tab === tab) this.#frames.delete(document);
  }
}
