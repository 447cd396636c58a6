import schema from "../schema/protocol.js";
import { commandTable } from "./commands.js";
import { Commits } from "./commits.js";
import { showBadge } from "./badge.js";
import { Link } from "./link.js";
import { Pages } from "./pages.js";
import { Panels } from "./panels.js";
import { Protocol } from "./protocol.js";
import { SecretFields } from "./secrets.js";
import { Server } from "./serve.js";
import { forwardNotifications } from "./notifications.js";
import { clicksAllowed, onPermissionChange } from "./trusted.js";
import { WindowWatcher } from "./watch.js";

// All listeners are added synchronously: the browser wakes a stopped worker only for those.
const pages = new Pages();
const server = new Server(commandTable(new Commits(), pages), (tab) => pages.ask(tab, 0, "state"), pages.silent);
const watcher = new WindowWatcher((windows) => {
  link.notify("windows", { windows });
  panels.sendWindows(windows);
});
let joined = false;

const link = new Link({
  protocol: new Protocol(schema),
  serve: (name, args, deadlineMs) => server.serve(name, args, deadlineMs),
  onChange() {
    showBadge(link.state);
    panels.sendState();
    const before = joined;
    joined = link.state.app === "joined";
    if (joined && !before) void sendEverything();
  },
  onEvent: (name, args) => panels.onEvent(name, args),
});
const secrets = new SecretFields((on) => link.notify("secret", { on }));
const panels = new Panels({ link, watcher });

async function sendEverything() {
  watcher.resend();
  void secrets.refresh(pages);
  link.notify("permission", { debugger: await clicksAllowed() });
}

forwardNotifications((name, args) => link.notify(name, args), secrets);
onPermissionChange((allowed) => {
  link.notify("permission", { debugger: allowed });
  panels.sendState();
});
for (const event of [chrome.runtime.onStartup, chrome.runtime.onInstalled, chrome.tabs.onActivated]) {
  /** @type {chrome.events.Event<() => void>} */ (/** @type {unknown} */ (event)).addListener(() => link.port.ensureConnected());
}
void chrome.sidePanel.setPanelBehavior({ openPanelOnActionClick: true });
showBadge(link.state);
link.port.ensureConnected();
