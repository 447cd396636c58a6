/** @import { Pages } from "./pages.js" */

/**
 * Whether a field for a secret has the focus, in whichever frame of whichever tab that shows: the app writes nothing down then.
 */
export class Secrets {
  /** @type {Set<string>} `tab:frame` of each page that says so. */
  #fields = new Set();
  #told = false;

  /** @param {(on: boolean) => void} tell  Called when it changes. */
  constructor(tell) {
    this.tell = tell;
    // A page that goes may not say goodbye.
    chrome.webNavigation.onCommitted.addListener(({ tabId, frameId }) => {
      if (frameId === 0) this.#forget(`${tabId}:`);
      else this.heard(tabId, frameId, false);
    });
    chrome.tabs.onRemoved.addListener((id) => this.#forget(`${id}:`));
  }

  /**
   * Tell anew, to an app that has just joined; and ask the pages that show, for a worker that was ended forgot what they said.
   * @param {Pages} pages
   */
  async afresh(pages) {
    this.tell(this.#told);
    const tabs = await chrome.tabs.query({ active: true });
    await Promise.all(tabs.map(({ id }) => id !== undefined && this.#ask(pages, id)));
  }

  /**
   * @param {Pages} pages
   * @param {number} tab
   */
  async #ask(pages, tab) {
    // What cannot be asked, such as a page of the browser's own, has no field that matters.
    const said = await pages.everywhere(tab, "secret").catch(() => []);
    for (const { frame, value } of said) this.heard(tab, frame, value.on === true);
  }

  /**
   * What a page says.
   * @param {number} tab
   * @param {number} frame
   * @param {boolean} on
   */
  heard(tab, frame, on) {
    const field = `${tab}:${frame}`;
    if (on) this.#fields.add(field);
    else this.#fields.delete(field);
    this.#changed();
  }

  /** @param {string} tab */
  #forget(tab) {
    for (const field of this.#fields) if (field.startsWith(tab)) this.#fields.delete(field);
    this.#changed();
  }

  #changed() {
    const on = this.#fields.size > 0;
    if (on === this.#told) return;
    this.#told = on;
    this.tell(on);
  }
}
