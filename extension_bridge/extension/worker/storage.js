/**
 * One value per tab, kept while the worker is stopped and deleted when the tab closes.
 * @template Value
 */
export class TabStorage {
  /** @type {Map<number, Value>} */
  #values = new Map();
  /** @type {Promise<void> | null} */
  #loading = null;

  /** @param {string} name  The key in `chrome.storage.session`. */
  constructor(name) {
    this.name = name;
    chrome.tabs.onRemoved.addListener((tab) => void this.forget(tab));
  }

  /**
   * @param {number} tab
   * @returns {Promise<Value | undefined>}
   */
  async get(tab) {
    await (this.#loading ??= this.#load());
    return this.#values.get(tab);
  }

  /**
   * @param {number} tab
   * @param {Value} value
   */
  async set(tab, value) {
    await (this.#loading ??= this.#load());
    this.#values.set(tab, value);
    await this.#save();
  }

  /** @param {number} tab */
  async forget(tab) {
    await (this.#loading ??= this.#load());
    if (this.#values.delete(tab)) await this.#save();
  }

  async #load() {
    const { [this.name]: saved } = await chrome.storage.session.get(this.name);
    for (const [tab, value] of /** @type {[number, Value][]} */ (saved ?? [])) this.#values.set(tab, value);
  }

  #save() {
    return chrome.storage.session.set({ [this.name]: [...this.#values] });
  }
}
