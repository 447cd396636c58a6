/** What each tab shows, and how many navigations are on their way in it: so that each end is told to whom it belongs. */
export class Underway {
  /** @type {Map<number, number>} By tab. */
  #counts = new Map();
  /** @type {Map<number, string>} By tab: the document that is there. */
  #there = new Map();

  /** @param {number} tab */
  begun(tab) {
    this.#counts.set(tab, (this.#counts.get(tab) ?? 0) + 1);
  }

  /**
   * @param {number} tab
   * @param {string} document  What is there from now on.
   */
  committed(tab, document) {
    this.#there.set(tab, document);
    this.#ended(tab);
  }

  /**
   * @param {number} tab
   * @param {string} document
   * @returns {boolean}  Whether a navigation failed. A page that is left before it had all its pictures is none, though the browser
   *   calls that an error too.
   */
  failed(tab, document) {
    if (document === this.#there.get(tab)) return false;
    this.#ended(tab);
    return true;
  }

  /** @param {number} tab */
  forget(tab) {
    this.#counts.delete(tab);
    this.#there.delete(tab);
  }

  /**
   * @param {number} tab
   * @returns {Promise<number>}  How many navigations are on their way there now.
   */
  async count(tab) {
    if (!this.#there.has(tab)) {
      // It may have come while the worker slept.
      const frame = await chrome.webNavigation.getFrame({ tabId: tab, frameId: 0 });
      if (frame && !this.#there.has(tab)) this.#there.set(tab, frame.documentId);
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
