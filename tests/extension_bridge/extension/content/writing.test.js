import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, page } from "./page.js";

const write = (html, text, more = {}) => {
  const window = page(html);
  const field = window.document.querySelector("input,textarea,select");
  return { field, done: ask(window, "write", { ref: window.rubato.refs.of(field), text, ...more }) };
};

for (const html of [
  '<input type="password">',
  '<input autocomplete="cc-number">',
  '<input autocomplete="section-a billing cc-csc">',
  '<input autocomplete="current-password">',
  '<input autocomplete="new-password">',
  '<input autocomplete="one-time-code">',
  '<input name="card_number">',
  '<input name="cardNumber">',
  '<input id="cvc">',
  '<input name="user[password]">',
]) {
  test(`${html} is secret`, async () => {
    const { field, done } = write(html, "x");
    await assert.rejects(done, { code: "password" });
    assert.equal(field.value, "");
  });
}

for (const html of [
  '<input name="discard">',
  '<input name="postcard">',
  '<input autocomplete="name">',
  '<input name="account">',
  '<textarea name="cc"></textarea>',
]) {
  test(`${html} is not secret`, async () => {
    const { field, done } = write(html, "x");
    await done;
    assert.equal(field.value, "x");
  });
}

test("writing dispatches input and change events", async () => {
  const window = page("<input>");
  const list = [];
  for (const kind of ["input", "change"])
    window.document.addEventListener(kind, (event) => list.push([kind, event.inputType, event.data]));
  await ask(window, "write", { ref: window.rubato.refs.of(window.document.querySelector("input")), text: "Ada" });
  assert.deepEqual(list, [
    ["input", "insertText", "Ada"],
    ["change", undefined, undefined],
  ]);
});

test("maxlength is respected", async () => {
  const { field, done } = write('<input maxlength="3">', "abcdef");
  await done;
  assert.equal(field.value, "abc");
});

for (const html of ["<input readonly>", "<input disabled>", "<fieldset disabled><input></fieldset>"]) {
  test(`${html} refuses text`, async () => assert.rejects(write(html, "x").done, { code: "disabled" }));
}

test("writing without a field is refused", async () => {
  await assert.rejects(ask(page("<p>x</p>"), "write", { text: "x" }), { code: "nothing_there" });
});

test("options are selected by label, prefix or number, disabled ones are not", async () => {
  const html = "<select><option>Upright</option><option>Grand piano</option><option disabled>Harp</option></select>";
  for (const [text, index] of [
    ["GRAND PIANO", 1],
    ["grand", 1],
    ["piano", 1],
    ["1", 0],
  ]) {
    const { field, done } = write(html, text);
    await done;
    assert.equal(field.selectedIndex, index);
  }
  await assert.rejects(write(html, "harp").done, { code: "not_found" });
});
