import { faceOf } from "./badge.js";
import { allowed } from "./trusted.js";

/** @import { Channel, Json } from "./types.js" */
/** @import { Link } from "./link.js" */
/** @import { Watch } from "./watch.js" */

const LOG = 100;

/** The side panels that are open: they are told what is so, and ask for what they want done. */
export class Panels {
  /** @type {Set<chrome.runtime.Port>} */
  #open = new Set();
  /** @type {Json[]} The last commands and their ends, so that a panel opened later shows them too. */
  #log = [];

  /** @param {{link: Link, watch: Watch}} parts */
  constructor({ link, watch }) {
    this.link = link;
    chrome.runtime.onConnect.addListener((port) => {
      // Pages cannot pose as a panel: only a page of this extension has such an address.
      if (port.name !== "panel" || !port.sender?.url?.startsWith(chrome.runtime.getURL("panel/"))) return port.disconnect();
      this.#open.add(port);
      port.onDisconnect.addListener(() => this.#open.delete(port));
      port.onMessage.addListener((message) => void this.#wish(port, message));
      link.port.ensure();
      void this.state();
      port.postMessage({ type: "log", log: this.#log });
      watch.afresh();
    });
  }

  /** The state of the connection, or what is allowed, is another now. */
  async state() {
    if (!this.#open.size) return;
    const { app, reason, listening, settings, version } = this.link.state;
    this.#tell({ type: "state", app, face: faceOf(this.link.state), reason, listening, settings, version, trusted: await allowed() });
  }

  /** @param {Channel[]} windows */
  windows(windows) {
    this.#tell({ type: "windows", windows });
  }

  /**
   * The app told something that concerns panels alone.
   * @param {string} name
   * @param {Json} args
   */
  heard(name, args) {
    if (name !== "done") return;
    const entry = { ...args, at: Date.now() };
    this.#log = [...this.#log.slice(1 - LOG), entry];
    this.#tell({ type: "done", entry });
  }

  /**
   * @param {chrome.runtime.Port} port
   * @param {Json} message
   */
  async #wish(port, message) {
    if (message.type === "connect") return this.link.port.ensure();
    if (message.type !== "ask") return;
    const response = await this.link.ask(String(message.name), message.args ?? {});
    if (this.#open.has(port)) port.postMessage({ type: "answer", id: message.id, response });
  }

  /** @param {Json} message */
  #tell(message) {
    for (const port of this.#open) port.postMessage(message);
  }
}
