import { browserName, identity } from "./identity.js";
import { LARGEST, MessageParts } from "./parts.js";
import { Port } from "./port.js";
import { Requests } from "./requests.js";
import { CommandError, asCommandError } from "./errors.js";
import { VERSION } from "./version.js";

/** @import { Json, Response } from "./types.js" */
/** @import { Protocol } from "./protocol.js" */

const HELLO_MS = 5000;

/**
 * The connection with the app: handshake, pairing, and requests both ways.
 *
 * `state.app` is "off" (no app), "pairing" (the user must confirm in Rubato Desktop) or "joined".
 */
export class Link {
  /** @type {{app: "off" | "pairing" | "joined", reason: string, listening: boolean, settings: Json, version: string}} */
  state = { app: "off", reason: "", listening: false, settings: {}, version: "" };
  #parts = new MessageParts();
  #helloCount = 0;

  /**
   * @param {object} options
   * @param {Protocol} options.protocol
   * @param {(name: string, args: Json, deadlineMs: number) => Promise<Omit<Response, "v" | "id">>} options.serve  Carries out
   *   a command.
   * @param {() => void} options.onChange  Called when `state` has changed.
   * @param {(name: string, args: Json) => void} options.onEvent  Called with the app's events, except those about the link.
   */
  constructor(options) {
    this.options = options;
    this.port = new Port({
      onMessage: (message) => this.#receive(message),
      onOpen: () => void this.#sendHello(),
      onClose: (reason) => this.#disconnected(reason),
    });
    this.requests = new Requests((message) => this.port.send(message));
  }

  /**
   * Send a request to the app: one of its commands, `set` or `status`.
   * @param {string} name
   * @param {Json} args
   * @returns {Promise<Response>}
   */
  request(name, args) {
    return this.requests.send("command", name, args);
  }

  /**
   * Send an event to the app; does nothing unless joined.
   * @param {string} name
   * @param {Json} args
   */
  notify(name, args) {
    if (this.state.app === "joined") this.port.send({ v: VERSION, type: "event", name, args });
  }

  async #sendHello() {
    const hello = ++this.#helloCount;
    const args = { version: chrome.runtime.getManifest().version, browser: browserName(), ...(await identity()) };
    if (hello !== this.#helloCount) return;
    const { status, value, error } = await this.requests.send("hello", "extension", args, HELLO_MS);
    if (hello !== this.#helloCount) return;
    if (status === "ok") this.#setJoined(value);
    else if (error?.code === "pairing") this.#set({ app: "pairing", reason: error.message });
    else if (error?.code === "version") this.#set({ app: "off", reason: error.message });
    else if (this.port.open) this.#set({ app: "off", reason: "Rubato Desktop is not running." });
  }

  /** @param {Json} value  The app's answer to hello. */
  #setJoined(value) {
    const { app = "", listening = false, settings = {} } = value ?? {};
    this.#set({ app: "joined", reason: "", version: app, listening, settings });
  }

  /** @param {string} reason  The browser's error message; may be empty. */
  #disconnected(reason) {
    this.#helloCount += 1;
    this.#parts.clear();
    this.#set({ app: "off", reason: explain(reason), listening: false });
    this.requests.failAll("The connection to Rubato Desktop was lost.");
  }

  /** @param {Partial<Link["state"]>} change */
  #set(change) {
    this.state = { ...this.state, ...change };
    this.options.onChange();
  }

  /** @param {any} message */
  #receive(message) {
    if (message === null || typeof message !== "object" || Array.isArray(message)) return;
    if (!Number.isInteger(message.v)) return this.#refuse(message, new CommandError("bad_arguments", "The message has no version."));
    if (message.v !== VERSION) return this.#refuseVersion(message);
    if (message.type === "part") return this.#part(message);
    const problem = this.options.protocol.problem(message);
    if (problem) return this.#refuse(message, new CommandError("bad_arguments", problem));
    if ("status" in message) return this.requests.resolve(message);
    if (message.type === "event") return this.#event(message.name, message.args);
    return void this.#serve(message);
  }

  /** @param {any} part */
  #part(part) {
    try {
      const problem = this.options.protocol.problem(part);
      if (problem) throw new CommandError("bad_arguments", problem);
      const message = this.#parts.add(part);
      if (message) this.#receive(message);
    } catch (thrown) {
      this.#refuse(part, asCommandError(thrown));
    }
  }

  /**
   * @param {string} name
   * @param {Json} args
   */
  #event(name, args) {
    if (name === "host") {
      if (args.app !== "on") this.#disconnected(args.reason || "app");
      else if (this.state.app === "off") void this.#sendHello();
    } else if (name === "paired") this.#setJoined(args);
    else if (name === "unpaired") this.#set({ app: "pairing", reason: args.reason || "This browser was refused in Rubato Desktop." });
    else if (this.state.app !== "joined") return;
    else if (name === "listening") this.#set({ listening: args.on });
    else if (name === "settings") this.#set({ settings: args });
    else this.options.onEvent(name, args);
  }

  /** @param {Json} request */
  async #serve({ id, name, args, deadline_ms }) {
    if (this.state.app !== "joined") return this.#refuse({ id }, new CommandError("pairing", "This browser is not connected to Rubato Desktop yet."));
    const answer = { v: VERSION, id, ...(await this.options.serve(name, args ?? {}, deadline_ms)) };
    if (tooLong(answer)) this.#refuse({ id }, new CommandError("too_long", "The answer is longer than 8 MiB."));
    else this.port.send(answer);
  }

  /** @param {any} message  A message of another protocol version. */
  #refuseVersion(message) {
    const todo = message.v > VERSION ? "Update the extension in the browser." : "Update Rubato Desktop.";
    if (!("status" in message)) this.#refuse(message, new CommandError("version", todo));
    this.#set({ app: "off", reason: todo });
  }

  /**
   * @param {any} message
   * @param {CommandError} problem
   */
  #refuse({ id, status }, problem) {
    if (!Number.isInteger(id) || status !== undefined) return;
    const error = { code: problem.code, message: problem.message };
    this.port.send({ v: VERSION, id, status: problem.status, value: null, error, state: {}, elapsed_ms: 0 });
  }
}

/** @param {object} message */
function tooLong(message) {
  const text = JSON.stringify(message);
  // A UTF-16 code unit takes at most three bytes, so most messages need no encoding to be measured.
  return text.length * 3 > LARGEST && new TextEncoder().encode(text).length > LARGEST;
}

/** @param {string} reason  The browser's error message. */
function explain(reason) {
  if (/not found/i.test(reason)) {
    return "This browser is not set up for Rubato Desktop: run `rubato browser install`.";
  }
  if (/forbidden/i.test(reason)) {
    return "Rubato Desktop is set up for another extension: run `rubato browser install` again.";
  }
  return "Rubato Desktop is not running.";
}
