import { connection, showConnection } from "./connection.js";
import { add, showLog } from "./log.js";
import { running } from "./run.js";
import { showSettings } from "./settings.js";
import { showTabs } from "./tabs.js";
import { showTrusted, trusting } from "./trusted.js";
import { Wire } from "./wire.js";

/** @type {Record<string, (message: any) => void>} */
const TAKES = {
  state(state) {
    showConnection(state);
    showSettings(state.settings, wire);
    showTrusted(state.trusted);
  },
  windows: ({ windows }) => showTabs(windows),
  log: ({ log }) => showLog(log),
  done: ({ entry }) => add(entry),
};

const wire = new Wire((message) => TAKES[message.type]?.(message));
connection(wire);
running(wire);
trusting();
