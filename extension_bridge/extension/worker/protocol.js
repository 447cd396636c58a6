import { Validator } from "../vendor/json-schema/validator.js";

/** @import { Json } from "./types.js" */

/** The messages as schema/protocol.js describes them: what does not fit is named, never taken. */
export class Protocol {
  /** @type {Map<Json, Validator>} Made when first needed. */
  #validators = new Map();

  /** @param {Json} schema */
  constructor(schema) {
    this.schema = schema;
  }

  /** The names of all commands the app may ask for. @returns {string[]} */
  get commands() {
    return Object.keys(this.schema.commands);
  }

  /**
   * What is wrong with a message of the app, in words; null when nothing is.
   * @param {Json} message
   * @returns {string | null}
   */
  fault(message) {
    const { messages, commands, events } = this.schema;
    if ("status" in message) return this.#fault(messages.response, message);
    if (message.type === "part") return this.#fault(messages.part, message);
    const asks = message.type === "command";
    const envelope = this.#fault(asks ? messages.request : messages.event, message);
    if (envelope) return envelope;
    const table = asks ? commands : events.from_app;
    const found = Object.hasOwn(table, message.name) ? table[message.name] : null;
    if (!found) return `This extension knows no ${asks ? "command" : "event"} "${message.name}".`;
    const args = this.#fault(asks ? found.args : found, message.args ?? {});
    return args && `${message.name}: ${args}`;
  }

  /**
   * @param {Json} schema
   * @param {Json} value
   * @returns {string | null}
   */
  #fault(schema, value) {
    let validator = this.#validators.get(schema);
    if (!validator) this.#validators.set(schema, (validator = new Validator(schema, "2020-12")));
    const { valid, errors } = validator.validate(value);
    if (valid) return null;
    const last = errors[errors.length - 1];
    return last ? `${last.instanceLocation.replace(/^#\/?/, "")} ${last.error}`.trim() : "It is not as the protocol says.";
  }
}
