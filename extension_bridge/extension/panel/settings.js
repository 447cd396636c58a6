import { element, make, say, tellEnd } from "./page.js";

/** @import { Wire } from "./wire.js" */

/** @type {Record<string, string>} Those not named here are shown under their own names. */
const LABELS = {
  search_engine: "Search engine",
  feedback: "Hear the page while moving",
  cues: "Sounds for what was understood",
  echo: "Hear your own keys",
  cue_volume: "Volume of sounds",
  echo_volume: "Volume of keys",
  playback_volume: "Volume of playing",
};
// Derived by the app from others.
const HIDDEN = new Set(["search"]);

/** @type {Map<string, {row: any, input: any, output: any}>} */
const shown = new Map();

/**
 * Show the settings that the app has told, each as its kind asks.
 * @param {Record<string, unknown>} settings
 * @param {Wire} wire
 */
export function showSettings(settings, wire) {
  const names = Object.keys(settings).filter((name) => !HIDDEN.has(name) && kindOf(settings[name]));
  for (const [name, { row }] of shown) if (!names.includes(name)) shown.delete(name), row.remove();
  for (const name of names) {
    let parts = shown.get(name);
    if (!parts) {
      parts = makeRow(name, /** @type {string} */ (kindOf(settings[name])), wire);
      shown.set(name, parts);
      element("settings").append(parts.row);
    }
    // What somebody is changing right now stays under their hands.
    if (document.activeElement !== parts.input || parts.input.type !== "text") put(parts, settings[name]);
  }
}

/** @param {unknown} value */
function kindOf(value) {
  if (typeof value === "boolean") return "checkbox";
  if (typeof value === "number") return "range";
  return typeof value === "string" ? "text" : null;
}

/**
 * @param {string} name
 * @param {string} kind
 * @param {Wire} wire
 */
function makeRow(name, kind, wire) {
  const id = `setting-${name}`;
  const label = make("label", { for: id }, [LABELS[name] ?? `${name[0]?.toUpperCase()}${name.slice(1).replaceAll("_", " ")}`]);
  /** @type {Record<string, string>} */
  const range = kind === "range" ? { min: "0", max: "1", step: "0.05" } : {};
  const input = make("input", { id, type: kind, ...range });
  const output = kind === "range" ? make("output", { for: id }) : null;
  const row = make("div", { class: "setting" }, [label, input, ...(output ? [output] : [])]);
  const parts = { row, input, output };
  input.addEventListener("input", () => output && say(output, percent(input.value)));
  input.addEventListener("change", async () => {
    const value = kind === "checkbox" ? input.checked : kind === "range" ? Number(input.value) : input.value;
    const response = await wire.ask("set", { name, value });
    tellEnd(element("set"), response);
    if (response.status === "ok") say(element("set"), "");
    else if (before.has(name)) put(parts, before.get(name));
  });
  return parts;
}

/** @type {Map<string, unknown>} What the app said last, for when it says no. */
const before = new Map();

/**
 * @param {{input: any, output: any}} parts
 * @param {unknown} value
 */
function put({ input, output }, value) {
  before.set(input.id.replace("setting-", ""), value);
  if (typeof value === "boolean") input.checked = value;
  else input.value = String(value);
  if (output) say(output, percent(input.value));
}

/** @param {string} share */
const percent = (share) => `${Math.round(Number(share) * 100)} %`;
