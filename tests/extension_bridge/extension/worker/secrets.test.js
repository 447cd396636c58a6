/** Whether a secret is being typed somewhere is told once each time it changes, also when its page just goes. */

import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";
import { SecretFields } from "../../../../extension_bridge/extension/worker/secrets.js";

let told = [];
let commit = null;
let remove = null;
let secrets = null;

beforeEach(() => {
  told = [];
  globalThis.chrome = {
    webNavigation: { onCommitted: { addListener: (listener) => (commit = listener) } },
    tabs: {
      onRemoved: { addListener: (listener) => (remove = listener) },
      query: async () => [{ id: 1 }, { id: 2 }],
    },
  };
  secrets = new SecretFields((on) => told.push(on));
});

test("each change is told once", () => {
  secrets.update(1, 0, true);
  secrets.update(1, 2, true);
  secrets.update(1, 0, false);
  secrets.update(1, 2, false);
  assert.deepEqual(told, [true, false]);
});

test("a page that is left, or a tab that is closed, takes its secret with it", () => {
  secrets.update(1, 0, true);
  commit({ tabId: 1, frameId: 0 });
  secrets.update(2, 4, true);
  commit({ tabId: 2, frameId: 4 });
  secrets.update(3, 0, true);
  remove(3);
  assert.deepEqual(told, [true, false, true, false, true, false]);
});

test("another tab's end changes nothing", () => {
  secrets.update(1, 0, true);
  remove(11);
  commit({ tabId: 11, frameId: 0 });
  assert.deepEqual(told, [true]);
});

test("an app that joins later is told how it stands", () => {
  secrets.update(1, 0, true);
  secrets.refresh({ askAll: async () => [] });
  assert.deepEqual(told, [true, true]);
});

test("a worker that was ended and forgot asks the pages that show", async () => {
  await secrets.refresh({
    async askAll(tab, what) {
      assert.equal(what, "secret");
      if (tab === 1) throw new Error("a page of the browser's own");
      return [{ frame: 0, value: { on: false } }, { frame: 3, value: { on: true } }];
    },
  });
  assert.deepEqual(told, [false, true]);
  secrets.update(2, 3, false);
  assert.deepEqual(told, [false, true, false]);
});
