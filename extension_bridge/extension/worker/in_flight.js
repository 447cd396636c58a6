/** The document in each tab and its number of pending navigations, so that each end can be matched to its start. */
export class NavigationsInFlight {
  /** @type {Map<number, number>} By tab. */
  #counts = new Map();
  /** @type {Map<number, string>} By tab: the id of its document. */
  #documents = new Map();

  /** @param {number} tab */
  started(tab) {
    this.#counts.set(tab, (this.#counts.get(tab) ?? 0) + 1);
  }

  /**
   * @param {number} tab
   * @param {string} document  The id of the new document.
   */
  committed(tab, document) {
    this.#documents.set(tab, document);
    this.#ended(tab);
  }

  /**
   * @param {number} tab
   * @param {string} document
   * @returns {boolean}  Whether a navigation failed. Leaving a page before it is fully loaded is no failure, though the browser
   *   reports an error.
   */
  failed(tab, document) {
    if (document === this.#documents.get(tab)) return false;
    this.#ended(tab);
    return true;
  }

  /** @param {number} tab */
  forget(tab) {
    this.#counts.delete(tab);
    this.#documents.delete(tab);
  }

  /**
   * @param {number} tab
   * @returns {Promise<number>}  The number of pending navigations in the tab.
   */
  async count(tab) {
    if (!this.#documents.has(tab)) {
      // The document may have been loaded while the worker was stopped.
      const frame = await chrome.webNavigation.getFrame({ tabId: tab, frameId: 0 });
      if (frame && !this.#documents.has(tab)) this.#documents.set(tab, frame.documentId);
    }
    if (!this.#counts.has(tab)) return 0;
    const { status } = await chrome.tabs.get(tab);
    return status === "loading" ? (this.#counts.get(tab) ?? 0) : 0;
  }

  /** @param {number} tab */
  #ended(tab) {
    const count = (this.#counts.get(tab) ?? 0) - 1;
    if (count > 0) this.#counts.set(tab, count);
    else this.#counts.delete(tab);
  }
}
