import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, page } from "./page.js";

function heard(window, ...kinds) {
  const list = [];
  for (const kind of kinds) window.document.addEventListener(kind, ({ target }) => list.push(`${kind} ${target.id}`), true);
  return list;
}

const PRESS = ["pointerdown", "mousedown", "pointerup", "mouseup", "click", "contextmenu"];
const ref = (window, id) => window.rubato.refs.of(window.document.getElementById(id));

test("a press is all that a hand sets off, once each, in order", async () => {
  const window = page('<button id="b" data-box="0 0 50 20">Go</button>');
  const list = heard(window, ...PRESS);
  const { label, kind, effect } = await ask(window, "click", { ref: ref(window, "b") });
  assert.deepEqual([label, kind, effect], ["Go", "button", "clicked"]);
  assert.deepEqual(list, ["pointerdown b", "mousedown b", "pointerup b", "mouseup b", "click b"]);
});

test("words in a button are the button", async () => {
  const window = page('<button id="b"><b id="w">Go</b></button>');
  const list = heard(window, "click");
  await ask(window, "click", { ref: window.rubato.refs.of(window.document.getElementById("w").firstChild) });
  assert.deepEqual(list, ["click b"]);
});

test("the link of a heading is pressed for the heading", async () => {
  const window = page('<h2 id="h"><a id="a" href="#x">Title</a></h2>');
  const list = heard(window, "click");
  assert.equal((await ask(window, "click", { ref: ref(window, "h") })).effect, "navigated");
  assert.deepEqual(list, ["click a"]);
});

test("a link that opens something new is heard by the page and left to the extension to open", async () => {
  const window = page('<a id="a" href="https://other.test/" target="_blank">Out</a>');
  const list = heard(window, "click");
  const { effect, open } = await ask(window, "click", { ref: ref(window, "a") });
  assert.deepEqual([effect, open, list], ["opened", "https://other.test/", ["click a"]]);
});

test("a link whose page handles the press itself opens nothing", async () => {
  const window = page('<a id="a" href="https://other.test/" target="_blank">Out</a>');
  window.document.getElementById("a").addEventListener("click", (event) => event.preventDefault());
  assert.equal((await ask(window, "click", { ref: ref(window, "a") })).effect, "clicked");
});

for (const html of [
  '<button id="b" disabled>x</button>',
  '<div aria-disabled="true"><button id="b">x</button></div>',
  '<fieldset disabled><button id="b">x</button></fieldset>',
]) {
  test(`${html} is said to be out of use, and not pressed`, async () => {
    const window = page(html);
    const list = heard(window, ...PRESS);
    await assert.rejects(ask(window, "click", { ref: ref(window, "b") }), { code: "disabled" });
    assert.deepEqual(list, []);
  });
}

test("a label presses its field", async () => {
  const window = page('<label id="l">Send <input id="i" type="checkbox"></label>');
  await ask(window, "click", { ref: ref(window, "l") });
  assert.ok(window.document.getElementById("i").checked);
});

test("the right hand asks the page for its menu, and tells where things lead when it has none", async () => {
  const window = page('<a id="a" href="https://other.test/x">Out</a><button id="b">Menu</button>');
  window.document.getElementById("b").addEventListener("contextmenu", (event) => event.preventDefault());
  const link = await ask(window, "click", { ref: ref(window, "a"), button: 2 });
  assert.deepEqual([link.handled, link.url], [false, "https://other.test/x"]);
  assert.equal((await ask(window, "click", { ref: ref(window, "b"), button: 2 })).handled, true);
});

test("what is gone is said to be gone", async () => {
  const window = page('<button id="b">x</button>');
  const number = ref(window, "b");
  window.document.getElementById("b").remove();
  await assert.rejects(ask(window, "click", { ref: number }), { code: "gone" });
});

test("nothing is pressed where there is no cursor", async () => {
  await assert.rejects(ask(page(""), "click"), { code: "nothing_there" });
});

test("a command that there is not is refused, whatever its name is inherited from", async () => {
  for (const name of ["nonsense", "constructor", "__proto__", undefined])
    await assert.rejects(ask(page(""), name), { code: "bad_arguments" });
});
