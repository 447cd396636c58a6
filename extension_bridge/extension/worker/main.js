import schema from "../schema/protocol.json" with { type: "json" };
import { table } from "./commands.js";
import { Commits } from "./commits.js";
import { show } from "./face.js";
import { Link } from "./link.js";
import { Protocol } from "./protocol.js";
import { Server } from "./serve.js";
import { Watch } from "./watch.js";

// Listeners are added in the first turn, or the browser does not wake the worker for them.
const commits = new Commits();
const server = new Server(table(commits), async () => ({}));
const watch = new Watch((windows) => link.tell("windows", { windows }));
let joined = false;

const link = new Link({
  protocol: new Protocol(schema),
  serve: (name, args, deadlineMs) => server.serve(name, args, deadlineMs),
  changed() {
    show(link.state);
    if (link.state.app === "joined" && !joined) watch.afresh();
    joined = link.state.app === "joined";
  },
  heard() {},
});

for (const woken of [chrome.runtime.onStartup, chrome.runtime.onInstalled, chrome.tabs.onActivated]) {
  /** @type {chrome.events.Event<() => void>} */ (/** @type {unknown} */ (woken)).addListener(() => link.port.ensure());
}
show(link.state);
link.port.ensure();
