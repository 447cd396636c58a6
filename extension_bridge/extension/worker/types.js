/**
 * Shapes that several modules share. The messages themselves are described by schema/protocol.js.
 *
 * @typedef {Record<string, any>} Json  A JSON object.
 *
 * @typedef {object} Failure  What went wrong, in a word for programs and a sentence for people.
 * @property {string} code
 * @property {string} message
 *
 * @typedef {"ok" | "failed" | "timeout" | "refused"} Status
 *
 * @typedef {object} Response  The answer to a request, the same shape both ways.
 * @property {number} v
 * @property {number} id
 * @property {Status} status
 * @property {any} value
 * @property {Failure | null} error
 * @property {Json} state
 * @property {number} elapsed_ms
 *
 * @typedef {object} Tab  A tab as it is told.
 * @property {number} id
 * @property {number} number  Its place in its window, from 1.
 * @property {string} title
 * @property {string} url
 * @property {boolean} active
 * @property {boolean} audible
 * @property {boolean} muted
 *
 * @typedef {object} Channel  A window as it is told.
 * @property {number} id
 * @property {number} number  From 1, in the order the windows were opened.
 * @property {boolean} focused
 * @property {Tab[]} tabs
 *
 * @typedef {object} Run  What a command gets beside its arguments.
 * @property {AbortSignal} signal  Aborted when the deadline has passed: nothing more may be done.
 * @property {(tab: number) => void} at  Say on which tab the command ended; its state goes into the answer.
 *
 * @typedef {(args: any, run: Run) => Promise<any>} Command
 */

export {};
