/** @typedef {Record<string, any>} Json */

const AGAIN_MS = 500;

/** The panel's wire to the worker: it is there again when the worker is. */
export class Wire {
  #next = 1;
  /** @type {Map<number, (response: Json) => void>} */
  #asked = new Map();
  /** @type {chrome.runtime.Port | null} */
  #port = null;

  /** @param {(message: Json) => void} take  Called with what the worker tells. */
  constructor(take) {
    this.take = take;
    this.#connect();
  }

  /**
   * Ask the app for a command, `set` or `status`.
   * @param {string} name
   * @param {Json} args
   * @returns {Promise<Json>}  The app's response; one that says so when there is no app.
   */
  ask(name, args) {
    const id = this.#next++;
    return new Promise((answer) => {
      this.#asked.set(id, answer);
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
      if (message.type !== "answer") return this.take(message);
      this.#asked.get(message.id)?.(message.response);
      this.#asked.delete(message.id);
    });
    port.onDisconnect.addListener(() => {
      void chrome.runtime.lastError;
      this.#port = null;
      for (const answer of this.#asked.values()) answer(LOST);
      this.#asked.clear();
      setTimeout(() => this.#connect(), AGAIN_MS);
    });
  }
}

const LOST = { status: "failed", value: null, error: { code: "disconnected", message: "The extension was restarted meanwhile." } };
