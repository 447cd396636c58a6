import { browserName, identity } from "./identity.js";
import { LARGEST, Parts } from "./parts.js";
import { Port } from "./port.js";
import { Requests } from "./requests.js";
import { Trouble, asTrouble } from "./errors.js";
import { VERSION } from "./version.js";

/** @import { Json, Response } from "./types.js" */
/** @import { Protocol } from "./protocol.js" */

const HELLO_MS = 5000;

/**
 * The joint with the app: handshake, pairing, requests both ways.
 *
 * `state.app` is "off" (nobody there), "pairing" (a person must say yes in Rubato Desktop) or "joined".
 */
export class Link {
  /** @type {{app: "off" | "pairing" | "joined", reason: string, listening: boolean, settings: Json, version: string}} */
  state = { app: "off", reason: "", listening: false, settings: {}, version: "" };
  #parts = new Parts();
  #greeting = 0;

  /**
   * @param {object} does
   * @param {Protocol} does.protocol
   * @param {(name: string, args: Json, deadlineMs: number) => Promise<Omit<Response, "v" | "id">>} does.serve
   * @param {() => void} does.changed  `state` is another now.
   * @param {(name: string, args: Json) => void} does.heard  An event of the app came that is not about the joint.
   */
  constructor(does) {
    this.does = does;
    this.port = new Port({
      message: (message) => this.#take(message),
      opened: () => void this.#greet(),
      closed: (reason) => this.#off(reason),
    });
    this.requests = new Requests((message) => this.port.send(message));
  }

  /**
   * Ask the app to do something: a command of its registry, `set` or `status`.
   * @param {string} name
   * @param {Json} args
   * @returns {Promise<Response>}
   */
  ask(name, args) {
    return this.requests.ask("command", name, args);
  }

  /**
   * Tell the app what happened here; nothing is told to one that is not joined.
   * @param {string} name
   * @param {Json} args
   */
  tell(name, args) {
    if (this.state.app === "joined") this.port.send({ v: VERSION, type: "event", name, args });
  }

  async #greet() {
    const greeting = ++this.#greeting;
    const args = { version: chrome.runtime.getManifest().version, browser: browserName(), ...(await identity()) };
    if (greeting !== this.#greeting) return;
    const { status, value, error } = await this.requests.ask("hello", "extension", args, HELLO_MS);
    if (greeting !== this.#greeting) return;
    if (status === "ok") this.#joined(value);
    else if (error?.code === "pairing") this.#set({ app: "pairing", reason: error.message });
    else if (error?.code === "version") this.#set({ app: "off", reason: error.message });
    else if (this.port.open) this.#set({ app: "off", reason: "Rubato Desktop is not running." });
  }

  /** @param {Json} value  What the app says of itself when it takes us. */
  #joined(value) {
    const { app = "", listening = false, settings = {} } = value ?? {};
    this.#set({ app: "joined", reason: "", version: app, listening, settings });
  }

  /** @param {string} reason  In the browser's words, empty when there are none. */
  #off(reason) {
    this.#greeting += 1;
    this.#parts.clear();
    this.#set({ app: "off", reason: inWords(reason), listening: false });
    this.requests.lost("The connection to Rubato Desktop was lost.");
  }

  /** @param {Partial<Link["state"]>} change */
  #set(change) {
    this.state = { ...this.state, ...change };
    this.does.changed();
  }

  /** @param {any} message */
  #take(message) {
    if (message === null || typeof message !== "object" || Array.isArray(message)) return;
    if (!Number.isInteger(message.v)) return this.#refuse(message, new Trouble("bad_arguments", "It says no version."));
    if (message.v !== VERSION) return this.#stranger(message);
    if (message.type === "part") return this.#part(message);
    const fault = this.does.protocol.fault(message);
    if (fault) return this.#refuse(message, new Trouble("bad_arguments", fault));
    if ("status" in message) return this.requests.answered(message);
    if (message.type === "event") return this.#event(message.name, message.args);
    return void this.#serve(message);
  }

  /** @param {any} part */
  #part(part) {
    try {
      const fault = this.does.protocol.fault(part);
      if (fault) throw new Trouble("bad_arguments", fault);
      const message = this.#parts.add(part);
      if (message) this.#take(message);
    } catch (thrown) {
      this.#refuse(part, asTrouble(thrown));
    }
  }

  /**
   * @param {string} name
   * @param {Json} args
   */
  #event(name, args) {
    if (name === "host") {
      if (args.app !== "on") this.#off(args.reason || "app");
      else if (this.state.app === "off") void this.#greet();
    } else if (name === "paired") this.#joined(args);
    else if (name === "unpaired") this.#set({ app: "pairing", reason: "Rubato Desktop said no to this browser." });
    else if (this.state.app !== "joined") return;
    else if (name === "listening") this.#set({ listening: args.on });
    else if (name === "settings") this.#set({ settings: args });
    else this.does.heard(name, args);
  }

  /** @param {Json} request */
  async #serve({ id, name, args, deadline_ms }) {
    if (this.state.app !== "joined") return this.#refuse({ id }, new Trouble("pairing", "This browser and Rubato Desktop are not paired."));
    const answer = { v: VERSION, id, ...(await this.does.serve(name, args ?? {}, deadline_ms)) };
    if (tooLong(answer)) this.#refuse({ id }, new Trouble("too_long", "The answer is longer than 8 MiB."));
    else this.port.send(answer);
  }

  /** @param {any} message  From a side that speaks another version. */
  #stranger(message) {
    const todo = message.v > VERSION ? "Update the extension in the browser." : "Update Rubato Desktop.";
    if (!("status" in message)) this.#refuse(message, new Trouble("version", todo));
    this.#set({ app: "off", reason: todo });
  }

  /**
   * @param {any} message
   * @param {Trouble} trouble
   */
  #refuse({ id, status }, trouble) {
    if (!Number.isInteger(id) || status !== undefined) return;
    const error = { code: trouble.code, message: trouble.message };
    this.port.send({ v: VERSION, id, status: trouble.status, value: null, error, state: {}, elapsed_ms: 0 });
  }
}

/** @param {object} message */
function tooLong(message) {
  const text = JSON.stringify(message);
  // Up to three bytes a character: most messages need no counting.
  return text.length * 3 > LARGEST && new TextEncoder().encode(text).length > LARGEST;
}

/** @param {string} reason  In the browser's words. */
function inWords(reason) {
  if (/not found/i.test(reason)) {
    return "Rubato Desktop has not been joined to this browser yet: run `rubato browser install`.";
  }
  if (/forbidden/i.test(reason)) {
    return "Rubato Desktop is joined to another extension: run `rubato browser install` again.";
  }
  return "Rubato Desktop is not running.";
}
