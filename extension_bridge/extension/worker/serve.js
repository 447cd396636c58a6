import { ADDRESS, clamp } from "./clamp.js";
import { Queue } from "./queue.js";
import { CommandError, asCommandError } from "./errors.js";
import { targetTab } from "./windows.js";

/** @import { Command, Json, Response } from "./types.js" */
/** @import { SilentFrames } from "./silent.js" */

const OVERTAKES = new Set(["ping", "stop", "media_do"]);
const STATE_TIMEOUT_MS = 250;
const MAX_LEFT_OUT = 20;

/** @param {string} page  The page's title or address. */
const notResponding = (page) =>
  `"${page}" does not answer; a script on it may be stuck. Wait, or close its tab; other tabs still work.`;

/**
 * Runs the app's commands: each once, in order, within its deadline, and answers with the state of the tab it ended on.
 */
export class Server {
  #queue = new Queue();

  /**
   * @param {Record<string, Command>} commands
   * @param {(tab: number) => Promise<Json>} pageState  Asks the page for its state.
   * @param {SilentFrames} silent
   */
  constructor(commands, pageState, silent) {
    this.commands = commands;
    this.pageState = pageState;
    this.silent = silent;
  }

  /**
   * @param {string} name
   * @param {Json} args
   * @param {number} deadlineMs
   * @returns {Promise<Omit<Response, "v" | "id">>}
   */
  async serve(name, args, deadlineMs) {
    const started = performance.now();
    const result = /** @type {{tab: number | undefined}} */ ({ tab: args.tab ?? undefined });
    const at = (/** @type {number} */ tab) => {
      result.tab = tab;
    };
    const elapsed = () => performance.now() - started;
    try {
      const command = Object.hasOwn(this.commands, name) ? this.commands[name] : undefined;
      if (!command) throw new CommandError("bad_arguments", `Unknown command "${name}".`);
      const rule = { deadlineMs, overtakes: OVERTAKES.has(name) };
      const work = async (/** @type {AbortSignal} */ signal) => {
        const value = await command(args, { signal, at });
        return { value, state: name === "ping" ? {} : await this.#state(result.tab, started) };
      };
      const { value, state } = await this.#queue.run(work, rule);
      return { status: "ok", value: value ?? null, error: null, state, elapsed_ms: elapsed() };
    } catch (thrown) {
      const { status, code, message: text } = asCommandError(thrown);
      const state = await this.#state(result.tab, started, status === "timeout");
      const hangs = status === "timeout" && state.tab !== undefined && this.silent.hasPending(state.tab);
      const message = hangs ? notResponding(state.title || state.url) : text;
      return { status, value: null, error: { code, message }, state, elapsed_ms: elapsed() };
    }
  }

  /**
   * @param {number | undefined} id
   * @param {number} started  When the command started; frames that have not answered since are listed.
   * @param {boolean} [timedOut]  Whether the command timed out; then the page is not asked, as it may be what was slow.
   * @returns {Promise<Json>}
   */
  async #state(id, started, timedOut = false) {
    const tab = await targetTab(id).catch(() => null);
    if (!tab) return {};
    const silent = this.silent.since(tab.id, started).slice(0, MAX_LEFT_OUT);
    const leftOut = silent.length ? { left_out: silent.map((url) => clamp(url, ADDRESS)) } : {};
    const known = { window: tab.window, tab: tab.id, url: tab.url, title: tab.title, ...leftOut };
    if (timedOut) return known;
    const timeout = new Promise((resolve) => setTimeout(resolve, STATE_TIMEOUT_MS, {}));
    return { ...known, ...(await Promise.race([this.pageState(tab.id).catch(() => ({})), timeout])) };
  }
}
