import { badgeState } from "./badge.js";
import { clicksAllowed } from "./trusted.js";

/** @import { Channel, Json } from "./types.js" */
/** @import { Link } from "./link.js" */
/** @import { WindowWatcher } from "./watch.js" */

const MAX_LOG = 100;

/** The open side panels: sends them the current state and carries out their requests. */
export class Panels {
  /** @type {Set<chrome.runtime.Port>} */
  #open = new Set();
  /** @type {Json[]} The last commands and their results, for panels opened later. */
  #log = [];

  /** @param {{link: Link, watcher: WindowWatcher}} options */
  constructor({ link, watcher }) {
    this.link = link;
    chrome.runtime.onConnect.addListener((port) => {
      // Web pages cannot pose as a panel: only this extension's pages have such an address.
      if (port.name !== "panel" || !port.sender?.url?.startsWith(chrome.runtime.getURL("panel/"))) return port.disconnect();
      this.#open.add(port);
      port.onDisconnect.addListener(() => this.#open.delete(port));
      port.onMessage.addListener((message) => void this.#onMessage(port, message));
      link.port.ensureConnected();
      void this.sendState();
      port.postMessage({ type: "log", log: this.#log });
      watcher.resend();
    });
  }

  /** Send the state of the connection and of the permission. */
  async sendState() {
    if (!this.#open.size) return;
    const { app, reason, listening, settings, version } = this.link.state;
    this.#broadcast({ type: "state", app, connection: badgeState(this.link.state), reason, listening, settings, version, trusted: await clicksAllowed() });
  }

  /** @param {Channel[]} windows */
  sendWindows(windows) {
    this.#broadcast({ type: "windows", windows });
  }

  /**
   * Forward an event of the app that concerns only panels.
   * @param {string} name
   * @param {Json} args
   */
  onEvent(name, args) {
    if (name !== "done") return;
    const entry = { ...args, at: Date.now() };
    this.#log = [...this.#log.slice(1 - MAX_LOG), entry];
    this.#broadcast({ type: "done", entry });
  }

  /**
   * @param {chrome.runtime.Port} port
   * @param {Json} message
   */
  async #onMessage(port, message) {
    if (message.type === "connect") return this.link.port.ensureConnected();
    if (message.type !== "ask") return;
    const response = await this.link.request(String(message.name), message.args ?? {});
    if (this.#open.has(port)) port.postMessage({ type: "answer", id: message.id, response });
  }

  /** @param {Json} message */
  #broadcast(message) {
    for (const port of this.#open) port.postMessage(message);
  }
}
