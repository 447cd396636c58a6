import { initConnection, showConnection } from "./connection.js";
import { addEntry, showLog } from "./log.js";
import { initCommandLine } from "./run.js";
import { showSettings } from "./settings.js";
import { showTabs } from "./tabs.js";
import { initTrusted, showTrusted } from "./trusted.js";
import { Wire } from "./wire.js";

/** @type {Record<string, (message: any) => void>} */
const HANDLERS = {
  state(state) {
    showConnection(state);
    showSettings(state.settings, wire);
    showTrusted(state.trusted);
  },
  windows: ({ windows }) => showTabs(windows),
  log: ({ log }) => showLog(log),
  done: ({ entry }) => addEntry(entry),
};

const wire = new Wire((message) => HANDLERS[message.type]?.(message));
initConnection(wire);
initCommandLine(wire);
initTrusted();
