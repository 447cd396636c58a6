import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "./page.js";

const KINDS = [
  ['<a href="#">x</a>', "link"],
  ["<a>x</a>", ""],
  ['<span role="link">x</span>', "link"],
  ["<h3>x</h3>", "heading"],
  ['<div role="heading" aria-level="4">x</div>', "heading"],
  ['<h2 role="presentation">x</h2>', ""],
  ["<img>", "image"],
  ['<img role="none">', ""],
  ["<svg></svg>", "image"],
  ["<input>", "field"],
  ['<input type="hidden">', ""],
  ['<input type="submit">', "button"],
  ['<input type="image">', "button"],
  ["<select></select>", "field"],
  ["<textarea></textarea>", "field"],
  ['<div contenteditable="true">x</div>', "field"],
  ['<div contenteditable="false">x</div>', ""],
  ['<div role="TEXTBOX foo">x</div>', "field"],
  ["<button>x</button>", "button"],
  ["<summary>x</summary>", "button"],
  ['<a role="button" href="#">x</a>', "button"],
  ['<span onclick="x()">x</span>', "button"],
  ['<div onclick="x()"><p>a whole page</p></div>', ""],
  ["<video></video>", "media"],
  ["<p>x</p>", ""],
];

for (const [html, kind] of KINDS) {
  test(`${html} is ${kind || "of no kind"}`, () => {
    const window = page(html);
    assert.equal(window.rubato.kinds.of(window.document.body.firstElementChild), kind);
  });
}

test("headings have a level, also by role", () => {
  const window = page(
    '<h5>a</h5><div role="heading" aria-level="3">b</div><div role="heading">c</div><div role="heading" aria-level="9">d</div>',
  );
  assert.deepEqual(
    [...window.document.body.children].map((each) => window.rubato.kinds.level(each)),
    [5, 3, 2, 6],
  );
});
