import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, page } from "./page.js";

/** jsdom has no StaticRange. */
function find(html, text) {
  const window = page(html);
  window.StaticRange ??= class {
    constructor(init) {
      Object.assign(this, init);
    }
  };
  return ask(window, "find", { text });
}

for (const [html, text, count] of [
  ["<p>The naïve view</p>", "NAIVE", 1],
  ["<p>The naive view</p>", "naïve", 1],
  ["<p>nai\u0308ve</p>", "naive", 1],
  ["<p>Straße und STRASSE</p>", "strasse", 2],
  ["<p>ﬁne</p>", "fine", 1],
  ["<p>well <b>temp</b>era<i>ment</i></p>", "well temperament", 1],
  ["<p>one\n     two</p>", "one two", 1],
  ["<p>one</p><p>two</p>", "one two", 0],
  ['<p style="display:none">one</p>', "one", 0],
  ["<button>Press one</button><h2>one</h2><a href='#'>one</a>", "one", 3],
  ['<label for="a">Town</label><input id="a">', "town", 1],
  ["<p>aaaa</p>", "aa", 2],
]) {
  test(`"${text}" has ${count} matches in ${html}`, async () => {
    assert.equal((await find(html, text)).count, count);
  });
}

test("the excerpt shows the original text around the match", async () => {
  const { items } = await find(`<p>${"before ".repeat(20)}the Café ${"after ".repeat(20)}</p>`, "cafe");
  assert.match(items[0].excerpt, /before the Café after/);
  assert.ok(items[0].excerpt.length < 200);
});

test("an empty search is refused", async () => {
  await assert.rejects(find("<p>x</p>", "  "), { code: "bad_arguments" });
});
