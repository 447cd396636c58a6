import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "./page.js";

const named = (html, selector) => {
  const window = page(html);
  return window.rubato.labels.of(window.document.querySelector(selector ?? "body > *"));
};

test("labels are accessible names", () => {
  assert.equal(named('<label for="a">Your name</label><input id="a">', "input"), "Your name");
  assert.equal(named('<span id="l">Note</span><div role="textbox" aria-labelledby="l"></div>', "div"), "Note");
  assert.equal(named('<a href="#"><img alt="A lighthouse"></a>'), "A lighthouse");
  assert.equal(named('<button aria-label="Close">x</button>'), "Close");
});

test("without a name, the address or the name attribute is used", () => {
  assert.equal(named('<a href="https://www.page.test/music?x=1#y"></a>'), "page.test/music");
  assert.equal(named('<input name="town">'), "town");
});

test("labels are one line of at most 200 characters, without split surrogates", () => {
  const window = page("");
  const { clean } = window.rubato.labels;
  assert.equal(clean("  one\n\t two  "), "one two");
  assert.equal([...clean("x".repeat(1000))].length, 200);
  assert.ok(clean("🎹".repeat(500)).endsWith("🎹…"));
});

test("control and bidirectional characters are removed", () => {
  const { clean } = page("").rubato.labels;
  assert.equal(clean("abc\u202edef\u0007\u001b[31m\u200bghi\u2066"), "abcdef[31mghi");
});

test("a huge label is shortened quickly", () => {
  const window = page("<button></button>");
  window.document.querySelector("button").setAttribute("aria-label", `Buy ${"x".repeat(1 << 20)}`);
  const began = performance.now();
  const label = window.rubato.labels.of(window.document.querySelector("button"));
  assert.ok(label.startsWith("Buy xxx") && label.length === 200);
  assert.ok(performance.now() - began < 500);
});

test("a large element is labelled by its first words", () => {
  assert.ok(named(`<a href="#">${"<b>word</b> ".repeat(3000)}</a>`).startsWith("word word word"));
});
