/**
 * Types shared by several modules. The messages are described by schema/protocol.js.
 *
 * @typedef {Record<string, any>} Json  A JSON object.
 *
 * @typedef {object} Failure  An error: a code for programs and a sentence for people.
 * @property {string} code
 * @property {string} message
 *
 * @typedef {"ok" | "failed" | "timeout" | "refused"} Status
 *
 * @typedef {object} Response  The answer to a request, in either direction.
 * @property {number} v
 * @property {number} id
 * @property {Status} status
 * @property {any} value
 * @property {Failure | null} error
 * @property {Json} state
 * @property {number} elapsed_ms
 *
 * @typedef {object} Tab  A tab as sent to the app.
 * @property {number} id
 * @property {number} number  Its position in its window, from 1.
 * @property {string} title
 * @property {string} url
 * @property {boolean} active
 * @property {boolean} audible
 * @property {boolean} muted
 *
 * @typedef {object} Channel  A window as sent to the app.
 * @property {number} id
 * @property {number} number  From 1, in the order the windows were opened.
 * @property {boolean} focused
 * @property {Tab[]} tabs
 *
 * @typedef {object} Run  The context of a running command.
 * @property {AbortSignal} signal  Aborted when the deadline has passed; the command must do nothing more.
 * @property {(tab: number) => void} at  Sets the tab the command ended on; its state goes into the answer.
 *
 * @typedef {(args: any, run: Run) => Promise<any>} Command
 */

export {};
