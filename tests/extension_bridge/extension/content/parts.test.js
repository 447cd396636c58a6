import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { SCRIPTS, ask, page } from "./page.js";

test("the manifest loads the libraries and then all content scripts in order", () => {
  const folder = new URL("../../../../extension_bridge/extension/content/", import.meta.url);
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".js"))
    .sort();
  assert.deepEqual(SCRIPTS, ["vendor/dom-accessibility-api.js", ...files.map((name) => `content/${name}`)]);
});

test("the hash is 32-bit FNV-1a", () => {
  const { fnv1a } = page("").rubato;
  // From the reference by Fowler, Noll and Vo.
  assert.deepEqual(["", "a", "foobar"].map(fnv1a), ["811c9dc5", "e40c292c", "bf9cf968"]);
});

test("the digest changes with the page, not with the fragment", async () => {
  const window = page("<p>x</p>");
  const { digest } = await ask(window, "state");
  window.location.hash = "#there";
  assert.equal((await ask(window, "state")).digest, digest);
  window.document.body.append(window.document.createElement("p"));
  assert.notEqual((await ask(window, "state")).digest, digest);
});

test("a ref stays with its node, and is null when the node is gone", () => {
  const { document, rubato } = page("<p>x</p>");
  const paragraph = document.querySelector("p");
  const number = rubato.refs.of(paragraph);
  assert.equal(rubato.refs.of(paragraph), number);
  assert.equal(rubato.refs.node(number), paragraph);
  paragraph.remove();
  assert.equal(rubato.refs.node(number), null);
  assert.equal(rubato.refs.node(12345), null);
});

test("long work yields repeatedly", async () => {
  const slices = new (page("").rubato.Slices)();
  for (let turn = 0; turn < 5; turn++) {
    while (!slices.due);
    let others = false;
    setTimeout(() => (others = true), 0);
    const before = slices.until;
    await slices.rest();
    assert.ok(slices.until > before);
    while (!others) await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assert.ok(slices.pieces >= 5, `${slices.pieces} pieces`);
});

test("work is spent after its time limit", async () => {
  const slices = new (page("").rubato.Slices)(5);
  assert.equal(slices.spent, false);
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(slices.spent, true);
});

test("deeply nested elements are walked", async () => {
  const window = page("");
  let at = window.document.body;
  for (let n = 0; n < 500; n++) at = at.appendChild(window.document.createElement("b"));
  let count = 0;
  await window.rubato.walk(window.document.body, new window.rubato.Slices(), { enter: () => Boolean(++count) });
  assert.equal(count, 500);
});

test("end runs the cleanups", () => {
  const window = page("");
  const first = window.rubato;
  let ended = 0;
  first.cleanups.push(() => ended++);
  window.eval("globalThis.rubato.end()");
  assert.equal(ended, 1);
  assert.equal(first.cleanups.length, 0);
});
