import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, page } from "./page.js";

const read = async (html) => (await ask(page(html), "items")).items.map(({ kind, text }) => `${kind}: ${text}`);

test("a paragraph is one text with its links; standalone links are links", async () => {
  assert.deepEqual(
    await read('<p>See <a href="#">the <b>plan</b></a> now.</p><p><a href="#">Home</a> | <a href="#">Help</a></p>'),
    ["text: See the plan now.", "link: Home", "link: Help"],
  );
});

test("each block is read as its kind", async () => {
  const html = `<h2>Tea <small>hot</small></h2><ul><li>One<ul><li>Inner</li></ul></li><li>Two</li></ul><img alt="A cup"><img alt="">
    <label>Name <input></label><button>Go</button><video title="Film"></video><table><tr><th>A</th><td>1</td></tr></table>`;
  assert.deepEqual(await read(html), [
    "heading: Tea hot",
    "item: One",
    "item: Inner",
    "item: Two",
    "image: A cup",
    "field: Name",
    "button: Go",
    "media: Film",
    "row: A; 1",
  ]);
});

test("a layout table is read by its content", async () => {
  assert.deepEqual(await read("<table><tr><td><h1>Title</h1><p>Words</p></td></tr></table>"), [
    "heading: Title",
    "text: Words",
  ]);
});

test("hidden content is not read", async () => {
  const html = `<p hidden>a</p><p style="display:none">b</p><p style="visibility:hidden">c <i style="visibility:visible">seen</i></p>
    <p style="opacity:0">d</p><p aria-hidden="true">e</p><div inert>f</div><script>g</script><template>h</template><p>z</p>`;
  assert.deepEqual(await read(html), ["text: seen", "text: z"]);
});

test("a label is read with its field", async () => {
  assert.deepEqual(await read('<label for="n">Your name</label><input id="n"><label><input type="radio"> Yes</label>'), [
    "field: Your name",
    "field: Yes",
  ]);
});

test("a link around several blocks is one link", async () => {
  assert.deepEqual(await read('<a href="#"><div>Title</div><div>More of it</div></a>'), ["link: Title More of it"]);
});

test("fields have their value, secret ones do not", async () => {
  const { items } = await ask(
    page('<input aria-label="Town" value="Ulm"><input aria-label="Pass" type="password" value="hush">'),
    "items",
  );
  assert.deepEqual(
    items.map(({ text, value }) => [text, value]),
    [
      ["Town", "Ulm"],
      ["Pass", undefined],
    ],
  );
});

test("reading continues from the cursor in both directions and ends at the end", async () => {
  const window = page('<h1 data-box="0 0 400 20">A</h1><p data-box="0 20 400 20">B</p><p data-box="0 40 400 20">C</p>');
  const texts = [];
  for (let n = 0; n < 3; n++) texts.push((await ask(window, "next")).text);
  assert.deepEqual(texts, ["A", "B", "C"]);
  assert.deepEqual(await ask(window, "next"), { end: true });
  assert.equal((await ask(window, "read")).text, "C");
  assert.equal((await ask(window, "next", { back: true })).text, "B");
  assert.deepEqual((await ask(window, "next", { restart: true, back: true })).text, "C");
});

test("when the element at the cursor is removed, reading continues from its position", async () => {
  const window = page('<p data-box="0 0 400 20">A</p><p data-box="0 20 400 20">B</p><p data-box="0 40 400 20">C</p>');
  await ask(window, "next");
  assert.equal((await ask(window, "next")).text, "B");
  window.document.querySelectorAll("p")[1].remove();
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal((await ask(window, "next")).text, "C");
});

test("a change of appearance invalidates the cached blocks", async () => {
  const window = page('<p>A</p><p id="b">B</p>');
  assert.equal((await ask(window, "items")).items.length, 2);
  window.document.getElementById("b").style.display = "none";
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal((await ask(window, "items")).items.length, 1);
});
