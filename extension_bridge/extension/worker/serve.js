import { ADDRESS, clamp } from "./clamp.js";
import { Queue } from "./queue.js";
import { Trouble, asTrouble } from "./errors.js";
import { targetTab } from "./windows.js";

/** @import { Command, Json, Response } from "./types.js" */
/** @import { Silent } from "./silent.js" */

const OVERTAKES = new Set(["ping", "stop", "media_do"]);
const UNHURRIED_MS = 250;
const MOST_NAMED = 20;

/** @param {string} page  Its title or address. */
const hanging = (page) =>
  `"${page}" does not answer: one of its scripts may be running without end. Wait, or close its tab; other tabs still work.`;

/**
 * Carries out what the app asks: each command once, in order, within its deadline, and with the state of the tab it ended on.
 */
export class Server {
  #queue = new Queue();

  /**
   * @param {Record<string, Command>} commands
   * @param {(tab: number) => Promise<Json>} pageState  What the page itself says of its state.
   * @param {Silent} silent  Who does not answer.
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
    const began = performance.now();
    const ended = /** @type {{tab: number | undefined}} */ ({ tab: args.tab ?? undefined });
    const at = (/** @type {number} */ tab) => {
      ended.tab = tab;
    };
    const over = () => performance.now() - began;
    try {
      const command = Object.hasOwn(this.commands, name) ? this.commands[name] : undefined;
      if (!command) throw new Trouble("bad_arguments", `This extension knows no command "${name}".`);
      const rule = { deadlineMs, overtakes: OVERTAKES.has(name) };
      const work = async (/** @type {AbortSignal} */ signal) => {
        const value = await command(args, { signal, at });
        return { value, state: name === "ping" ? {} : await this.#state(ended.tab, began) };
      };
      const { value, state } = await this.#queue.run(work, rule);
      return { status: "ok", value: value ?? null, error: null, state, elapsed_ms: over() };
    } catch (thrown) {
      const { status, code, message: said } = asTrouble(thrown);
      const state = await this.#state(ended.tab, began, status === "timeout");
      const hangs = status === "timeout" && state.tab !== undefined && this.silent.owes(state.tab);
      const message = hangs ? hanging(state.title || state.url) : said;
      return { status, value: null, error: { code, message }, state, elapsed_ms: over() };
    }
  }

  /**
   * @param {number | undefined} id
   * @param {number} began  When the command began: frames that did not answer since are named.
   * @param {boolean} [hurried]  Whether to leave the page out, which may be what was too slow.
   * @returns {Promise<Json>}
   */
  async #state(id, began, hurried = false) {
    const tab = await targetTab(id).catch(() => null);
    if (!tab) return {};
    const silent = this.silent.since(tab.id, began).slice(0, MOST_NAMED);
    const left = silent.length ? { left_out: silent.map((url) => clamp(url, ADDRESS)) } : {};
    const known = { window: tab.window, tab: tab.id, url: tab.url, title: tab.title, ...left };
    if (hurried) return known;
    const late = new Promise((resolve) => setTimeout(resolve, UNHURRIED_MS, {}));
    return { ...known, ...(await Promise.race([this.pageState(tab.id).catch(() => ({})), late])) };
  }
}
