/** Reports of focused secret fields: once per change, also when the page is left. */

import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { SecretFields } from "../../../../extension_bridge/extension/worker/secrets.js";

let reported = [];
let commit = null;
let remove = null;
let secrets = null;

beforeEach(() => {
  reported = [];
  globalThis.chrome = {
    webNavigation: { onCommitted: { addListener: (listener) => (commit = listener) } },
    tabs: {
      onRemoved: { addListener: (listener) => (remove = listener) },
      query: async () => [{ id: 1 }, { id: 2 }],
    },
  };
  secrets = new SecretFields((on) => reported.push(on));
});

test("each change is reported once", () => {
  secrets.update(1, 0, true);
  secrets.update(1, 2, true);
  secrets.update(1, 0, false);
  secrets.update(1, 2, false);
  assert.deepEqual(reported, [true, false]);
});

test("leaving a page or closing a tab ends its report", () => {
  secrets.update(1, 0, true);
  commit({ tabId: 1, frameId: 0 });
  secrets.update(2, 4, true);
  commit({ tabId: 2, frameId: 4 });
  secrets.update(3, 0, true);
  remove(3);
  assert.deepEqual(reported, [true, false, true, false, true, false]);
});

test("closing another tab changes nothing", () => {
  secrets.update(1, 0, true);
  remove(11);
  commit({ tabId: 11, frameId: 0 });
  assert.deepEqual(reported, [true]);
});

test("an app that connects later gets the current state", () => {
  secrets.update(1, 0, true);
  secrets.refresh({ askAll: async () => [] });
  assert.deepEqual(reported, [true, true]);
});

test("a restarted worker asks the visible pages", async () => {
  await secrets.refresh({
    async askAll(tab, what) {
      assert.equal(what, "secret");
      if (tab === 1) throw new Error("a page of the browser's own");
      return [{ frame: 0, value: { on: false } }, { frame: 3, value: { on: true } }];
    },
  });
  assert.deepEqual(reported, [false, true]);
  secrets.update(2, 3, false);
  assert.deepEqual(reported, [false, true, false]);
});
