import schema from "../schema/protocol.js";
import { table } from "./commands.js";
import { Commits } from "./commits.js";
import { show } from "./badge.js";
import { Link } from "./link.js";
import { Pages } from "./pages.js";
import { Panels } from "./panels.js";
import { Protocol } from "./protocol.js";
import { Secrets } from "./secrets.js";
import { Server } from "./serve.js";
import { listen } from "./notifications.js";
import { allowed, onAllowed } from "./trusted.js";
import { Watch } from "./watch.js";

// All listeners are added in the first turn: for others the browser does not wake the worker.
const pages = new Pages();
const server = new Server(table(new Commits(), pages), (tab) => pages.tell(tab, 0, "state"), pages.silent);
const watch = new Watch((windows) => {
  link.tell("windows", { windows });
  panels.windows(windows);
});
let joined = false;

const link = new Link({
  protocol: new Protocol(schema),
  serve: (name, args, deadlineMs) => server.serve(name, args, deadlineMs),
  changed() {
    show(link.state);
    panels.state();
    const before = joined;
    joined = link.state.app === "joined";
    if (joined && !before) void greet();
  },
  heard: (name, args) => panels.heard(name, args),
});
const secrets = new Secrets((on) => link.tell("secret", { on }));
const panels = new Panels({ link, watch });

async function greet() {
  watch.afresh();
  void secrets.afresh(pages);
  link.tell("permission", { debugger: await allowed() });
}

listen((name, args) => link.tell(name, args), secrets);
onAllowed((may) => {
  link.tell("permission", { debugger: may });
  panels.state();
});
for (const woken of [chrome.runtime.onStartup, chrome.runtime.onInstalled, chrome.tabs.onActivated]) {
  /** @type {chrome.events.Event<() => void>} */ (/** @type {unknown} */ (woken)).addListener(() => link.port.ensure());
}
void chrome.sidePanel.setPanelBehavior({ openPanelOnActionClick: true });
show(link.state);
link.port.ensure();
