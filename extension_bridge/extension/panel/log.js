import { element, make } from "./page.js";

const MAX_ENTRIES = 100;

/**
 * Show the commands that were run before this panel was opened.
 * @param {Record<string, any>[]} entries
 */
export function showLog(entries) {
  element("log").replaceChildren();
  entries.forEach(addEntry);
}

/**
 * Add a command with its result and time, at the top.
 * @param {Record<string, any>} entry
 */
export function addEntry({ name, text, status, elapsed_ms, at }) {
  const log = element("log");
  const time = new Date(at).toLocaleTimeString([], { timeStyle: "medium", hourCycle: "h23" });
  const result = make("span", { class: "took", "data-status": status }, [status === "ok" ? milliseconds(elapsed_ms) : statusText(status)]);
  const row = make("li", {}, [
    make("span", { class: "at" }, [time]),
    make("span", { class: "name" }, [name.replaceAll("_", " ")]),
    result,
    ...(text ? [make("span", { class: "text" }, [text])] : []),
  ]);
  log.prepend(row);
  while (log.children.length > MAX_ENTRIES) log.lastElementChild.remove();
  element("log-empty").hidden = true;
}

/** @param {number} ms */
const milliseconds = (ms) => (ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`);

/** @param {string} status */
const statusText = (status) => (status === "timeout" ? "timed out" : status);
