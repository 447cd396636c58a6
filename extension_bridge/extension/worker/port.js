const HOST = "org.rubato.desktop";
const MIN_DELAY_MS = 1000;
const MAX_DELAY_MS = 30000;
const STABLE_MS = 5000;

/**
 * The port to the native host; reconnects by itself.
 *
 * After a disconnect it retries with growing delays: 1 s, 2 s, 4 s … 30 s. While nothing is connected the browser may stop the
 * worker; the events that wake it (a tab selected, the browser started) then call `ensureConnected`. An open port keeps the
 * worker running.
 */
export class Port {
  /** @type {chrome.runtime.Port | null} */
  #port = null;
  #delay = MIN_DELAY_MS;
  #lastAttempt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {object} callbacks
   * @param {(message: any) => void} callbacks.onMessage
   * @param {() => void} callbacks.onOpen  Called when the host is started; it may still fail.
   * @param {(reason: string) => void} callbacks.onClose  Called with the browser's error message; may be empty.
   */
  constructor(callbacks) {
    this.callbacks = callbacks;
  }

  /** Whether the port is open, as far as is known. */
  get open() {
    return this.#port !== null;
  }

  /** Connect unless connected; at most once per second. */
  ensureConnected() {
    if (this.#port || Date.now() - this.#lastAttempt < MIN_DELAY_MS) return;
    clearTimeout(this.#timer);
    this.#connect();
  }

  /**
   * Send a message.
   * @param {object} message
   * @returns {boolean}  Whether a host was connected.
   */
  send(message) {
    if (!this.#port) return false;
    try {
      this.#port.postMessage(message);
      return true;
    } catch {
      return false; // just closed; onDisconnect follows
    }
  }

  #connect() {
    this.#lastAttempt = Date.now();
    const port = chrome.runtime.connectNative(HOST);
    this.#port = port;
    port.onMessage.addListener((message) => {
      if (this.#port === port) this.callbacks.onMessage(message);
    });
    port.onDisconnect.addListener(() => {
      const reason = chrome.runtime.lastError?.message ?? "";
      if (this.#port === port) this.#disconnected(reason);
    });
    this.callbacks.onOpen();
  }

  /** @param {string} reason */
  #disconnected(reason) {
    this.#port = null;
    if (Date.now() - this.#lastAttempt > STABLE_MS) this.#delay = MIN_DELAY_MS;
    this.callbacks.onClose(reason);
    this.#timer = setTimeout(() => this.#connect(), this.#delay);
    this.#delay = Math.min(this.#delay * 2, MAX_DELAY_MS);
  }
}
