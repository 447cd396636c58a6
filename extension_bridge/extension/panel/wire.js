/** @typedef {Record<string, any>} Json */

const RECONNECT_MS = 500;

/** The panel's connection to the worker; reconnects when the worker has been stopped. */
export class Wire {
  #next = 1;
  /** @type {Map<number, (response: Json) => void>} */
  #pending = new Map();
  /** @type {chrome.runtime.Port | null} */
  #port = null;

  /** @param {(message: Json) => void} onMessage  Called with the worker's messages, except answers. */
  constructor(onMessage) {
    this.onMessage = onMessage;
    this.#connect();
  }

  /**
   * Send a request to the app: a command, `set` or `status`.
   * @param {string} name
   * @param {Json} args
   * @returns {Promise<Json>}  The app's response, or an error response when there is no app.
   */
  request(name, args) {
    const id = this.#next++;
    return new Promise((answer) => {
      this.#pending.set(id, answer);
      this.send({ type: "ask", id, name, args });
    });
  }

  /** @param {Json} message */
  send(message) {
    this.#port?.postMessage(message);
  }

  #connect() {
    const port = chrome.runtime.connect({ name: "panel" });
    this.#port = port;
    port.onMessage.addListener((message) => {
      if (message.type !== "answer") return this.onMessage(message);
      this.#pending.get(message.id)?.(message.response);
      this.#pending.delete(message.id);
    });
    port.onDisconnect.addListener(() => {
      void chrome.runtime.lastError;
      this.#port = null;
      for (const answer of this.#pending.values()) answer(LOST);
      this.#pending.clear();
      setTimeout(() => this.#connect(), RECONNECT_MS);
    });
  }
}

const LOST = { status: "failed", value: null, error: { code: "disconnected", message: "The extension was restarted. Try again." } };
