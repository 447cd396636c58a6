import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, page, seen } from "./page.js";

const link = (label, box, more = "") => `<a href="#" data-box="${box}" ${more}>${label}</a>`;

test("only elements in the view are visible", async () => {
  const window = page(
    link("in", "10 10 50 20") +
      link("above", "10 -30 50 20") +
      link("below", "10 600 50 20") +
      link("left", "-80 10 50 20") +
      link("right", "1200 10 50 20"),
  );
  assert.deepEqual(await seen(window), ["link in"]);
});

test("elements that are not rendered are not visible", async () => {
  const window = page(
    link("shown", "10 10 50 20") +
      link("none", "10 40 50 20", 'style="display:none"') +
      link("invisible", "10 70 50 20", 'style="visibility:hidden"') +
      link("clear", "10 100 50 20", 'style="opacity:0"') +
      `<div inert>${link("inert", "10 130 50 20")}</div>` +
      link("empty", "10 160 0 0"),
  );
  assert.deepEqual(await seen(window), ["link shown"]);
});

test("aria-hidden elements are visible", async () => {
  assert.deepEqual(await seen(page(`<div aria-hidden="true">${link("drawn", "10 10 50 20")}</div>`)), ["link drawn"]);
});

test("covered elements are not visible, half covered ones are", async () => {
  const window = page(
    link("under", "10 10 100 20") +
      link("half", "300 10 400 20") +
      '<div data-box="0 0 510 50" data-z="2" style="background-color: rgb(0, 0, 0)"></div>',
  );
  assert.deepEqual(await seen(window), ["link half"]);
});

test("text is visible through a transparent overlay, links are not", async () => {
  const window = page(
    `<p data-box="10 10 300 20">Words ${link("and a link", "60 10 100 20")}</p><div data-box="0 0 500 50" data-z="2"></div>`,
  );
  assert.deepEqual(
    (await seen(window)).map((one) => one.split(" ")[0]),
    ["text"],
  );
});

test("overflow clips in both directions", async () => {
  const window = page(
    `<div data-box="100 100 200 50" style="overflow:hidden">${link("cut in two", "250 110 100 20")}${link("gone", "320 110 50 20")}</div>`,
  );
  const { elements } = await ask(window, "scan");
  assert.deepEqual(
    elements.map(({ x, width, area }) => [x, width, area]),
    [[250, 50, 0.5]],
  );
});

test("positioned elements are clipped only by their containing block", async () => {
  const box = 'data-box="100 100 200 50" style="overflow:hidden"';
  const menu = link("menu", "100 160 80 20", 'style="position:absolute"');
  assert.deepEqual(await seen(page(`<div ${box}>${menu}</div>`)), ["link menu"]);
  assert.deepEqual(await seen(page(`<div ${box.replace("hidden", "hidden; position:relative")}>${menu}</div>`)), []);
});

test("a wrapped link has one box per line", async () => {
  const window = page('<a href="#" data-boxes="300 10 200 20, 0 30 500 20, 0 50 100 20">long</a>');
  const [{ parts, ink }] = (await ask(window, "scan")).elements;
  assert.deepEqual(
    parts.map(({ x, y, width }) => [x, y, width]),
    [
      [300, 10, 200],
      [0, 30, 500],
      [0, 50, 100],
    ],
  );
  assert.equal(ink, Math.round(((200 + 500 + 100) * 20 * 1000) / (500 * 60)) / 1000);
});

test("the text of a paragraph is one element, without its links", async () => {
  const window = page(
    '<p data-box="0 0 400 20">One <b data-box="40 0 40 20">two</b> <a href="#" data-box="90 0 40 20">three</a> four</p>',
  );
  const { elements } = await ask(window, "scan");
  assert.deepEqual(
    elements.map(({ kind }) => kind),
    ["text", "link"],
  );
});

test("a transparent check box is represented by its label", async () => {
  const window = page(
    '<label data-box="10 10 80 20"><input type="checkbox" style="opacity:0" data-box="10 10 80 20">Send</label>',
  );
  const [field] = (await ask(window, "scan")).elements.filter(({ kind }) => kind === "field");
  assert.deepEqual([field.x, field.width], [10, 80]);
});

test("distant parts of the page are not walked", async () => {
  const far = '<section data-box="0 5000 1000 400"><p data-box="0 5000 400 20">Far</p></section>';
  const window = page(`<p data-box="0 0 400 20">Near</p>${far}`);
  await ask(window, "scan");
  const top = window.rubato.tree.top();
  const body = top.children.find(({ node }) => node.localName === "body");
  assert.equal(body.children.find(({ node }) => node.localName === "section").children, null);
});

test("a fixed banner is visible although its parent is far away", async () => {
  const banner = `<div data-box="0 400 1000 100" style="position:fixed">${link("accept", "10 410 80 20")}</div>`;
  const window = page(`<p data-box="0 0 400 20">Near</p><footer data-box="0 5000 1000 400">${banner}</footer>`);
  assert.ok((await seen(window)).includes("link accept"));
});

test("long lists are skipped in batches without losing visible items", async () => {
  const rows = Array.from({ length: 1000 }, (_, n) => link(`${n}`, `0 ${n * 20} 100 20`)).join("");
  const window = page(`<div data-box="0 0 1000 20000">${rows}</div>`);
  assert.deepEqual(
    await seen(window),
    Array.from({ length: 25 }, (_, n) => `link ${n}`),
  );
});

test("the tree is cached until the document changes", async () => {
  const window = page(link("one", "0 0 50 20"));
  await ask(window, "scan");
  const top = window.rubato.tree.top();
  await ask(window, "scan");
  assert.equal(window.rubato.tree.top(), top);
  window.document.body.insertAdjacentHTML("beforeend", link("two", "0 30 50 20"));
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(await seen(window), ["link one", "link two"]);
});

test("a change of appearance does not invalidate the tree", async () => {
  const window = page(link("one", "0 0 50 20"));
  await ask(window, "scan");
  const top = window.rubato.tree.top();
  window.document.body.className = "scrolled";
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(window.rubato.tree.top(), top);
});

test("shadow roots and slotted elements are visible in order", async () => {
  const window = page(
    '<x-card data-box="0 0 400 100"><a slot="more" href="#" data-box="0 60 50 20">slotted</a></x-card><div id="plain" data-box="0 100 400 50"></div>',
  );
  const card = window.document.querySelector("x-card").attachShadow({ mode: "open" });
  card.innerHTML =
    '<a href="#" data-box="0 0 50 20">first</a><slot name="more"></slot><a href="#" data-box="0 80 50 20">last</a>';
  window.document.getElementById("plain").attachShadow({ mode: "closed" }).innerHTML =
    '<a href="#" data-box="0 110 50 20">closed</a>';
  assert.deepEqual(await seen(window), ["link first", "link slotted", "link last", "link closed"]);
});

test("DOM clobbering by form fields has no effect", async () => {
  const names = [
    "getBoundingClientRect",
    "firstChild",
    "localName",
    "parentNode",
    "getAttribute",
    "checkVisibility",
    "nodeType",
  ];
  const fields = names.map((name, n) => `<input name="${name}" data-box="0 ${n * 20} 100 18">`).join("");
  const window = page(
    `<form data-box="0 0 400 400">${fields}</form><img name="body" data-box="300 0 20 20"><img name="title" data-box="330 0 20 20">`,
  );
  assert.equal((await seen(window)).filter((one) => one.startsWith("field")).length, names.length);
  assert.equal((await ask(window, "state")).title, "A page");
});
