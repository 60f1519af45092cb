import { expect, test } from "vitest";
import { systemClock } from "../../../models/clock.ts";
import type { ModelServer } from "../../../models/servers/model-server.ts";
import { serverAt } from "../../../models/servers/open-server.ts";
import type { ServerPlace } from "../../../models/servers/server-place.ts";
import { FakeLlamaServer } from "../../support/fake-llama-server.ts";
import { FakeOllama } from "../../support/fake-ollama.ts";
import { FakeVllm } from "../../support/fake-vllm.ts";
import { all, chatsOf, load, longAnswer, never } from "./openai/spec.ts";

function desk(url: string, vllm: ServerPlace["vllm"]): ModelServer {
  return serverAt(
    { name: "desk", url, ...(vllm === undefined ? {} : { vllm }) },
    {
      gpuPools: [],
      freeBytes: async () => undefined,
      environment: {},
      onLate: async () => undefined,
      clock: systemClock,
    },
  );
}

test("a vLLM is used as its owner says: by priority, with adapters, as deep asleep", async () => {
  await using fake = await FakeVllm.start("base");
  fake.priorityScheduling = true;
  fake.runtimeAdapters = true;
  await using server = desk(fake.http.url, { priorities: true, sleepLevel: 2, adapters: { sql: "/loras/sql" } });
  expect(await server.installed(never)).toEqual(["base", "sql"]);
  const adapter = await load(server, { model: "sql" });
  await all(adapter.writer.reply(longAnswer, never));
  expect(chatsOf(fake.http)[0]).toMatchObject({ model: "sql", priority: 10 });
  await adapter.unload(never);
  const base = await load(server, { model: "base" });
  await base.unload(never);
  expect(fake.http.calls).toContain("POST /sleep?level=2");
});

test("what only vLLM can do is refused, not ignored, by everybody else", async () => {
  await using fake = await FakeLlamaServer.start();
  await using server = desk(fake.http.url, { priorities: true });
  const why = `desk at ${fake.http.url} is not vLLM: leave it out of models.priorities, models.sleepLevels and models.adapters`;
  await expect(server.installed(never)).rejects.toMatchObject({ code: "unsupported", message: why });
  const ollama = await new FakeOllama({ version: "0.32.15", models: [] }).start();
  await using other = desk(ollama.address, { sleepLevel: 1 });
  await expect(other.installed(never)).rejects.toMatchObject({ code: "unsupported" });
  await ollama.stop();
});

test("a vLLM that cannot sleep says how it would", async () => {
  await using fake = await FakeVllm.start("base");
  fake.devMode = false;
  await using server = desk(fake.http.url, { sleepLevel: 1 });
  await expect(server.installed(never)).rejects.toMatchObject({
    code: "unsupported",
    message: expect.stringMatching(/VLLM_SERVER_DEV_MODE=1.*models\.sleepLevels/),
  });
});
