/** @import { Pages } from "./pages.js" */

/**
 * Whether a password or card field has the focus in any frame of any visible tab; the app records nothing while one has.
 */
export class SecretFields {
  /** @type {Set<string>} `tab:frame` of each frame that reports one. */
  #fields = new Set();
  #reported = false;

  /** @param {(on: boolean) => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    // A page that is left may send no notification.
    chrome.webNavigation.onCommitted.addListener(({ tabId, frameId }) => {
      if (frameId === 0) this.#forget(`${tabId}:`);
      else this.update(tabId, frameId, false);
    });
    chrome.tabs.onRemoved.addListener((id) => this.#forget(`${id}:`));
  }

  /**
   * Report the current state to an app that has just connected, and ask the visible pages: a restarted worker knows nothing.
   * @param {Pages} pages
   */
  async refresh(pages) {
    this.onChange(this.#reported);
    const tabs = await chrome.tabs.query({ active: true });
    await Promise.all(tabs.map(({ id }) => id !== undefined && this.#ask(pages, id)));
  }

  /**
   * @param {Pages} pages
   * @param {number} tab
   */
  async #ask(pages, tab) {
    // Pages that cannot be asked, such as the browser's own, have no field that matters.
    const answers = await pages.askAll(tab, "secret").catch(() => []);
    for (const { frame, value } of answers) this.update(tab, frame, value.on === true);
  }

  /**
   * Record what a frame reports.
   * @param {number} tab
   * @param {number} frame
   * @param {boolean} on
   */
  update(tab, frame, on) {
    const field = `${tab}:${frame}`;
    if (on) this.#fields.add(field);
    else this.#fields.delete(field);
    this.#report();
  }

  /** @param {string} tab */
  #forget(tab) {
    for (const field of this.#fields) if (field.startsWith(tab)) this.#fields.delete(field);
    this.#report();
  }

  #report() {
    const on = this.#fields.size > 0;
    if (on === this.#reported) return;
    this.#reported = on;
    this.onChange(on);
  }
}
