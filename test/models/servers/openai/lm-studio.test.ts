import { expect, test } from "vitest";
import type { LossCause } from "../../../../models/servers/model-server.ts";
import { FakeLmStudio } from "../../../support/fake-lm-studio.ts";
import { until } from "../../../support/until.ts";
import { all, chatsOf, contextTokens, load, longAnswer, never, open } from "./spec.ts";

test("evicted in mid-generation: the answer fails, the loss is told, and nothing is loaded just in time", async () => {
  await using fake = await FakeLmStudio.start(["voice"]);
  await using server = await open(fake.http.url, { watchMs: 1_000_000 });
  const losses: LossCause[] = [];
  const { writer } = await load(server, { model: "voice", pinned: true, losses });
  fake.chat.waitsAfter = 3;
  let heard = 0;
  const reply = async (): Promise<void> => {
    for await (const _ of writer.reply(longAnswer, never)) {
      heard += 1;
      if (heard === 3) fake.evict("voice");
    }
  };
  await expect(reply()).rejects.toMatchObject({ code: expect.stringMatching(/engine-failed|server-down/) });
  await until(() => losses.length > 0);
  expect(losses).toEqual(["evicted"]);
  await expect(all(writer.reply(longAnswer, never))).rejects.toMatchObject({ code: "host-exited" });
  expect(fake.instances).toEqual([]);
});

test("evicted between two looks: the next request notices before it is sent", async () => {
  await using fake = await FakeLmStudio.start(["voice"]);
  await using server = await open(fake.http.url, { watchMs: 1_000_000 });
  const losses: LossCause[] = [];
  const { writer } = await load(server, { model: "voice", losses });
  fake.evict("voice");
  await expect(all(writer.reply(longAnswer, never))).rejects.toMatchObject({ code: "host-exited" });
  expect(losses).toEqual(["evicted"]);
  expect(fake.instances).toEqual([]);
});

test("a pinned model is never one that came just in time, which would be evicted", async () => {
  await using fake = await FakeLmStudio.start(["voice"]);
  fake.put("voice", contextTokens, true);
  await using server = await open(fake.http.url);
  await load(server, { model: "voice", pinned: true });
  expect(fake.instances).toEqual([{ id: "voice", contextTokens, justInTime: false }]);
});

test("one that is there already is used, when it has enough context and need not be pinned", async () => {
  await using fake = await FakeLmStudio.start(["coder"]);
  fake.put("coder", contextTokens, true);
  await using server = await open(fake.http.url);
  await load(server, { model: "coder" });
  expect(fake.http.calls).not.toContain("POST /api/v1/models/load");
});

test("one with too little context is loaded again, never twice", async () => {
  await using fake = await FakeLmStudio.start(["coder"]);
  fake.put("coder", 1_024, false);
  await using server = await open(fake.http.url);
  await load(server, { model: "coder" });
  expect(fake.instances).toEqual([{ id: "coder", contextTokens, justInTime: false }]);
});

test("a chat names the instance that was loaded", async () => {
  await using fake = await FakeLmStudio.start(["coder"]);
  fake.put("coder", 1_024, true);
  fake.put("coder", contextTokens, false);
  await using server = await open(fake.http.url);
  const { writer } = await load(server, { model: "coder" });
  await all(writer.reply(longAnswer, never));
  expect(chatsOf(fake.http)[0]).toMatchObject({ model: "coder:2" });
  expect(fake.instances).toHaveLength(2);
});

test("what its guardrail refuses does not fit", async () => {
  await using fake = await FakeLmStudio.start(["coder"]);
  fake.refusal = { status: 500, message: "Model loading was stopped due to insufficient system resources." };
  await using server = await open(fake.http.url);
  await expect(load(server, { model: "coder" })).rejects.toMatchObject({ code: "no-memory" });
  expect(await server.loaded(never)).toEqual([]);
});

test("embedding models are not listed", async () => {
  await using fake = await FakeLmStudio.start(["coder"]);
  await using server = await open(fake.http.url);
  expect(await server.installed(never)).toEqual(["coder"]);
});
