/** The command queue: order, deadlines and overtaking. */

import assert from "node:assert/strict";
import test from "node:test";
import { Queue } from "../../../../extension_bridge/extension/worker/queue.js";

const later = (ms, value) => new Promise((resolve) => setTimeout(resolve, ms, value));
const RULE = { deadlineMs: 2000 };

test("the second command starts when the first has ended", async () => {
  const queue = new Queue();
  const order = [];
  const work = (name, ms) => async () => {
    order.push(`${name} begins`);
    await later(ms);
    order.push(`${name} ends`);
    return name;
  };
  assert.deepEqual(await Promise.all([queue.run(work("slow", 30), RULE), queue.run(work("quick", 0), RULE)]), ["slow", "quick"]);
  assert.deepEqual(order, ["slow begins", "slow ends", "quick begins", "quick ends"]);
});

test("a failed command does not stop the next", async () => {
  const queue = new Queue();
  const failed = queue.run(async () => Promise.reject(new Error("no")), RULE);
  const next = queue.run(async () => "yes", RULE);
  await assert.rejects(failed, /no/);
  assert.equal(await next, "yes");
});

test("a late command times out once, does nothing more, and the next starts", async () => {
  const queue = new Queue();
  let stepped = false;
  const late = queue.run(
    async (signal) => {
      await later(60);
      signal.throwIfAborted();
      stepped = true;
    },
    { deadlineMs: 20 },
  );
  const next = queue.run(async () => "next", RULE);
  await assert.rejects(late, { code: "timeout" });
  assert.equal(await next, "next");
  await later(80);
  assert.equal(stepped, false);
});

test("a command that times out while it waits never starts", async () => {
  const queue = new Queue();
  let begun = false;
  const first = queue.run(() => later(60, "first"), RULE);
  const second = queue.run(async () => (begun = true), { deadlineMs: 15 });
  await assert.rejects(second, { code: "timeout" });
  assert.equal(await first, "first");
  await later(20);
  assert.equal(begun, false);
});

test("a command that may overtake does not wait", async () => {
  const queue = new Queue();
  const slow = queue.run(() => later(50, "slow"), RULE);
  const first = await Promise.race([slow, queue.run(async () => "stop", { ...RULE, overtakes: true })]);
  assert.equal(first, "stop");
  await slow;
});
