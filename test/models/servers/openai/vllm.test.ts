import { expect, test } from "vitest";
import type { LossCause } from "../../../../models/servers/model-server.ts";
import { FakeVllm } from "../../../support/fake-vllm.ts";
import { until } from "../../../support/until.ts";
import { all, chatsOf, load, longAnswer, never, open } from "./spec.ts";

test("priorities are named only where vLLM knows them", async () => {
  await using fake = await FakeVllm.start("base", { adapters: { lora: "/loras/a" } });
  fake.priorityScheduling = true;
  await using plain = await open(fake.http.url);
  await all((await load(plain, { model: "base" })).writer.reply(longAnswer, never));
  await using server = await open(fake.http.url, { vllm: { priorities: true } });
  await all((await load(server, { model: "base", pinned: true })).writer.reply(longAnswer, never));
  await all((await load(server, { model: "lora" })).writer.reply(longAnswer, never));
  expect(chatsOf(fake.http).map((body) => body["priority"])).toEqual([undefined, 0, 10]);
});

test("an adapter of the configuration is loaded while vLLM runs, and unloaded again", async () => {
  await using fake = await FakeVllm.start("base");
  fake.runtimeAdapters = true;
  await using server = await open(fake.http.url, { vllm: { adapters: { sql: "/loras/sql" } } });
  expect(await server.installed(never)).toEqual(["base", "sql"]);
  expect(await server.facts("sql", never)).toMatchObject({ blob: "/loras/sql" });
  const adapter = await load(server, { model: "sql" });
  await all(adapter.writer.reply(longAnswer, never));
  expect(chatsOf(fake.http)[0]).toMatchObject({ model: "sql" });
  await adapter.unload(never);
  expect([...fake.adapters.keys()]).toEqual([]);
  expect(fake.asleep).toBe(false);
});

test("where adapters cannot be added, it says how", async () => {
  await using fake = await FakeVllm.start("base");
  await using server = await open(fake.http.url, { vllm: { adapters: { sql: "/loras/sql" } } });
  await expect(load(server, { model: "sql" })).rejects.toMatchObject({
    code: "unsupported",
    message: expect.stringMatching(/VLLM_ALLOW_RUNTIME_LORA_UPDATING/),
  });
});

test("sleep of level 2 reads the weights again before the cache is made", async () => {
  await using fake = await FakeVllm.start("base");
  await using server = await open(fake.http.url, { vllm: { sleepLevel: 2 } });
  const loaded = await load(server, { model: "base" });
  await loaded.unload(never);
  expect(fake.weights).toBe(false);
  await all((await load(server, { model: "base" })).writer.reply(longAnswer, never));
  const commands = fake.http.calls.filter((call) => /sleep\?|wake|rpc/.test(call));
  expect(commands).toEqual([
    "POST /sleep?level=2",
    "POST /wake_up?tags=weights",
    "POST /collective_rpc",
    "POST /wake_up?tags=kv_cache",
  ]);
  expect(fake.crashes).toBe(0);
});

test("put to sleep by somebody else in mid-answer: the answer fails, the loss is told, nothing is sent to the sleeper", async () => {
  await using fake = await FakeVllm.start("base");
  await using server = await open(fake.http.url, { watchMs: 1_000_000 });
  const losses: LossCause[] = [];
  const { writer } = await load(server, { model: "base", losses });
  fake.chat.waitsAfter = 3;
  let heard = 0;
  const reply = async (): Promise<void> => {
    for await (const _ of writer.reply(longAnswer, never)) {
      heard += 1;
      if (heard === 3) await fetch(`${fake.http.url}/sleep?level=1`, { method: "POST" });
    }
  };
  await expect(reply()).rejects.toMatchObject({ code: expect.stringMatching(/engine-failed|server-down/) });
  await until(() => losses.length > 0);
  expect(losses).toEqual(["evicted"]);
  await expect(all(writer.reply(longAnswer, never))).rejects.toMatchObject({ code: "host-exited" });
  expect(fake.crashes).toBe(0);
});

test("one that cannot wake for want of memory says so, and sleeps on", async () => {
  await using fake = await FakeVllm.start("base", { asleep: true });
  fake.failsToWake = true;
  await using server = await open(fake.http.url);
  await expect(load(server, { model: "base" })).rejects.toMatchObject({ code: "no-memory" });
  expect(fake.asleep).toBe(true);
});
