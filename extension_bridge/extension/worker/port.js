const HOST = "org.rubato.desktop";
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30000;
const SETTLED_MS = 5000;

/**
 * The wire to the native host: keeps itself connected.
 *
 * After a loss it tries again by itself, calmly: 1 s, 2 s, 4 s … 30 s. The browser may put the worker to sleep while nothing
 * is connected; then whatever wakes it (a tab chosen, the browser started) makes `ensure` try anew. An open port
 * keeps the worker awake.
 */
export class Port {
  /** @type {chrome.runtime.Port | null} */
  #port = null;
  #wait = FIRST_WAIT_MS;
  #tried = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {object} told
   * @param {(message: any) => void} told.message  A frame came.
   * @param {() => void} told.opened  The host was started; whether it lives is not known yet.
   * @param {(reason: string) => void} told.closed  The port is gone, in the browser's words.
   */
  constructor(told) {
    this.told = told;
  }

  /** Whether a host is running at the other end, as far as is known. */
  get open() {
    return this.#port !== null;
  }

  /** Connect unless connected; not more often than once in a second however often it is called. */
  ensure() {
    if (this.#port || Date.now() - this.#tried < FIRST_WAIT_MS) return;
    clearTimeout(this.#timer);
    this.#connect();
  }

  /**
   * Send a message as it is.
   * @param {object} message
   * @returns {boolean}  Whether there was somebody to send it to.
   */
  send(message) {
    if (!this.#port) return false;
    try {
      this.#port.postMessage(message);
      return true;
    } catch {
      return false; // closed this moment; onDisconnect follows
    }
  }

  #connect() {
    this.#tried = Date.now();
    const port = chrome.runtime.connectNative(HOST);
    this.#port = port;
    port.onMessage.addListener((message) => {
      if (this.#port === port) this.told.message(message);
    });
    port.onDisconnect.addListener(() => {
      const reason = chrome.runtime.lastError?.message ?? "";
      if (this.#port === port) this.#lost(reason);
    });
    this.told.opened();
  }

  /** @param {string} reason */
  #lost(reason) {
    this.#port = null;
    if (Date.now() - this.#tried > SETTLED_MS) this.#wait = FIRST_WAIT_MS;
    this.told.closed(reason);
    this.#timer = setTimeout(() => this.#connect(), this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
  }
}
