import { Validator } from "../vendor/json-schema/validator.js";

/** @import { Json } from "./types.js" */

/** Validates messages against schema/protocol.js. */
export class Protocol {
  /** @type {Map<Json, Validator>} By schema; created on first use. */
  #validators = new Map();

  /** @param {Json} schema */
  constructor(schema) {
    this.schema = schema;
  }

  /** The names of all commands the app can send. @returns {string[]} */
  get commands() {
    return Object.keys(this.schema.commands);
  }

  /**
   * The problem with a message from the app, in words; null when it is valid.
   * @param {Json} message
   * @returns {string | null}
   */
  problem(message) {
    const { messages, commands, events } = this.schema;
    if ("status" in message) return this.#validate(messages.response, message);
    if (message.type === "part") return this.#validate(messages.part, message);
    const isCommand = message.type === "command";
    const envelope = this.#validate(isCommand ? messages.request : messages.event, message);
    if (envelope) return envelope;
    const table = isCommand ? commands : events.from_app;
    const entry = Object.hasOwn(table, message.name) ? table[message.name] : null;
    if (!entry) return `Unknown ${isCommand ? "command" : "event"} "${message.name}".`;
    const args = this.#validate(isCommand ? entry.args : entry, message.args ?? {});
    return args && `${message.name}: ${args}`;
  }

  /**
   * @param {Json} schema
   * @param {Json} value
   * @returns {string | null}
   */
  #validate(schema, value) {
    let validator = this.#validators.get(schema);
    if (!validator) this.#validators.set(schema, (validator = new Validator(schema, "2020-12")));
    const { valid, errors } = validator.validate(value);
    if (valid) return null;
    const last = errors[errors.length - 1];
    return last ? `${last.instanceLocation.replace(/^#\/?/, "")} ${last.error}`.trim() : "The message does not match the protocol.";
  }
}
