import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "./page.js";

const named = (html, selector) => {
  const window = page(html);
  return window.rubato.labels.of(window.document.querySelector(selector ?? "body > *"));
};

test("names are accessible names", () => {
  assert.equal(named('<label for="a">Your name</label><input id="a">', "input"), "Your name");
  assert.equal(named('<span id="l">Note</span><div role="textbox" aria-labelledby="l"></div>', "div"), "Note");
  assert.equal(named('<a href="#"><img alt="A lighthouse"></a>'), "A lighthouse");
  assert.equal(named('<button aria-label="Close">x</button>'), "Close");
});

test("what has no name is known by where it leads, or by its own name", () => {
  assert.equal(named('<a href="https://www.page.test/music?x=1#y"></a>'), "page.test/music");
  assert.equal(named('<input name="town">'), "town");
});

test("a label is one line of at most 200 characters, of whole ones", () => {
  const window = page("");
  const { clean } = window.rubato.labels;
  assert.equal(clean("  one\n\t two  "), "one two");
  assert.equal([...clean("x".repeat(1000))].length, 200);
  assert.ok(clean("🎹".repeat(500)).endsWith("🎹…"));
});

test("characters that turn text around or steer a terminal are taken out", () => {
  const { clean } = page("").rubato.labels;
  assert.equal(clean("abc\u202edef\u0007\u001b[31m\u200bghi\u2066"), "abcdef[31mghi");
});

test("a label of a megabyte is named without its being read", () => {
  const window = page("<button></button>");
  window.document.querySelector("button").setAttribute("aria-label", `Buy ${"x".repeat(1 << 20)}`);
  const began = performance.now();
  const label = window.rubato.labels.of(window.document.querySelector("button"));
  assert.ok(label.startsWith("Buy xxx") && label.length === 200);
  assert.ok(performance.now() - began < 500);
});

test("an element that holds more than can be named is named by its first words", () => {
  assert.ok(named(`<a href="#">${"<b>word</b> ".repeat(3000)}</a>`).startsWith("word word word"));
});
