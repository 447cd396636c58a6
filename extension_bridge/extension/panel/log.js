import { element, make } from "./page.js";

const MOST = 100;

/**
 * Show all that was done before this panel was opened.
 * @param {Record<string, any>[]} entries
 */
export function showLog(entries) {
  element("log").replaceChildren();
  entries.forEach(add);
}

/**
 * Show one more command, its result and its time; the latest is on top.
 * @param {Record<string, any>} entry
 */
export function add({ name, text, status, elapsed_ms, at }) {
  const log = element("log");
  const time = new Date(at).toLocaleTimeString([], { timeStyle: "medium", hourCycle: "h23" });
  const took = make("span", { class: "took", "data-status": status }, [status === "ok" ? milliseconds(elapsed_ms) : said(status)]);
  const row = make("li", {}, [
    make("span", { class: "at" }, [time]),
    make("span", { class: "name" }, [name.replaceAll("_", " ")]),
    took,
    ...(text ? [make("span", { class: "text" }, [text])] : []),
  ]);
  log.prepend(row);
  while (log.children.length > MOST) log.lastElementChild.remove();
  element("log-empty").hidden = true;
}

/** @param {number} ms */
const milliseconds = (ms) => (ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`);

/** @param {string} status */
const said = (status) => (status === "timeout" ? "too late" : status);
