import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, page } from "./page.js";

function recordEvents(window, ...kinds) {
  const list = [];
  for (const kind of kinds) window.document.addEventListener(kind, ({ target }) => list.push(`${kind} ${target.id}`), true);
  return list;
}

const PRESS = ["pointerdown", "mousedown", "pointerup", "mouseup", "click", "contextmenu"];
const ref = (window, id) => window.rubato.refs.of(window.document.getElementById(id));

test("a click dispatches all events of a real click, once and in order", async () => {
  const window = page('<button id="b" data-box="0 0 50 20">Go</button>');
  const list = recordEvents(window, ...PRESS);
  const { label, kind, effect } = await ask(window, "click", { ref: ref(window, "b") });
  assert.deepEqual([label, kind, effect], ["Go", "button", "clicked"]);
  assert.deepEqual(list, ["pointerdown b", "mousedown b", "pointerup b", "mouseup b", "click b"]);
});

test("text in a button clicks the button", async () => {
  const window = page('<button id="b"><b id="w">Go</b></button>');
  const list = recordEvents(window, "click");
  await ask(window, "click", { ref: window.rubato.refs.of(window.document.getElementById("w").firstChild) });
  assert.deepEqual(list, ["click b"]);
});

test("clicking a heading clicks its link", async () => {
  const window = page('<h2 id="h"><a id="a" href="#x">Title</a></h2>');
  const list = recordEvents(window, "click");
  assert.equal((await ask(window, "click", { ref: ref(window, "h") })).effect, "navigated");
  assert.deepEqual(list, ["click a"]);
});

test("a new-tab link is dispatched to the page and left to the extension to open", async () => {
  const window = page('<a id="a" href="https://other.test/" target="_blank">Out</a>');
  const list = recordEvents(window, "click");
  const { effect, open } = await ask(window, "click", { ref: ref(window, "a") });
  assert.deepEqual([effect, open, list], ["opened", "https://other.test/", ["click a"]]);
});

test("a link whose click the page prevents opens nothing", async () => {
  const window = page('<a id="a" href="https://other.test/" target="_blank">Out</a>');
  window.document.getElementById("a").addEventListener("click", (event) => event.preventDefault());
  assert.equal((await ask(window, "click", { ref: ref(window, "a") })).effect, "clicked");
});

for (const html of [
  '<button id="b" disabled>x</button>',
  '<div aria-disabled="true"><button id="b">x</button></div>',
  '<fieldset disabled><button id="b">x</button></fieldset>',
]) {
  test(`${html} is refused as disabled`, async () => {
    const window = page(html);
    const list = recordEvents(window, ...PRESS);
    await assert.rejects(ask(window, "click", { ref: ref(window, "b") }), { code: "disabled" });
    assert.deepEqual(list, []);
  });
}

test("a label clicks its field", async () => {
  const window = page('<label id="l">Send <input id="i" type="checkbox"></label>');
  await ask(window, "click", { ref: ref(window, "l") });
  assert.ok(window.document.getElementById("i").checked);
});

test("a right click uses the page's own menu, or reports the address", async () => {
  const window = page('<a id="a" href="https://other.test/x">Out</a><button id="b">Menu</button>');
  window.document.getElementById("b").addEventListener("contextmenu", (event) => event.preventDefault());
  const link = await ask(window, "click", { ref: ref(window, "a"), button: 2 });
  assert.deepEqual([link.handled, link.url], [false, "https://other.test/x"]);
  assert.equal((await ask(window, "click", { ref: ref(window, "b"), button: 2 })).handled, true);
});

test("a removed element is reported as gone", async () => {
  const window = page('<button id="b">x</button>');
  const number = ref(window, "b");
  window.document.getElementById("b").remove();
  await assert.rejects(ask(window, "click", { ref: number }), { code: "gone" });
});

test("a click without a cursor is refused", async () => {
  await assert.rejects(ask(page(""), "click"), { code: "nothing_there" });
});

test("unknown commands are refused, even inherited property names", async () => {
  for (const name of ["nonsense", "constructor", "__proto__", undefined])
    await assert.rejects(ask(page(""), name), { code: "bad_arguments" });
});
