import { element, make, setText, showResult } from "./page.js";

/** @import { Wire } from "./wire.js" */

/** @type {Record<string, string>} Settings without a label here are shown by name. */
const LABELS = {
  search_engine: "Search engine",
  feedback: "Hear the page while moving",
  cues: "Cue sounds for words",
  echo: "Hear your own keys",
  cue_volume: "Cue volume",
  echo_volume: "Key volume",
  playback_volume: "Playback volume",
};
// Derived by the app from other settings.
const HIDDEN = new Set(["search"]);

/** @type {Map<string, {row: any, input: any, output: any}>} */
const shown = new Map();

/**
 * Show the app's settings, each with the input for its type.
 * @param {Record<string, unknown>} settings
 * @param {Wire} wire
 */
export function showSettings(settings, wire) {
  const names = Object.keys(settings).filter((name) => !HIDDEN.has(name) && inputType(settings[name]));
  for (const [name, { row }] of shown) if (!names.includes(name)) shown.delete(name), row.remove();
  for (const name of names) {
    let parts = shown.get(name);
    if (!parts) {
      parts = makeRow(name, /** @type {string} */ (inputType(settings[name])), wire);
      shown.set(name, parts);
      element("settings").append(parts.row);
    }
    // Do not overwrite a text that is being edited.
    if (document.activeElement !== parts.input || parts.input.type !== "text") setValue(parts, settings[name]);
  }
}

/** @param {unknown} value */
function inputType(value) {
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
  input.addEventListener("input", () => output && setText(output, percent(input.value)));
  input.addEventListener("change", async () => {
    const value = kind === "checkbox" ? input.checked : kind === "range" ? Number(input.value) : input.value;
    const response = await wire.request("set", { name, value });
    showResult(element("set"), response);
    if (response.status === "ok") setText(element("set"), "");
    else if (lastValues.has(name)) setValue(parts, lastValues.get(name));
  });
  return parts;
}

/** @type {Map<string, unknown>} The last values from the app, restored when it refuses a change. */
const lastValues = new Map();

/**
 * @param {{input: any, output: any}} parts
 * @param {unknown} value
 */
function setValue({ input, output }, value) {
  lastValues.set(input.id.replace("setting-", ""), value);
  if (typeof value === "boolean") input.checked = value;
  else input.value = String(value);
  if (output) setText(output, percent(input.value));
}

/** @param {string} share */
const percent = (share) => `${Math.round(Number(share) * 100)} %`;
