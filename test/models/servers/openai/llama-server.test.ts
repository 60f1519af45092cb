import { expect, test } from "vitest";
import type { LossCause } from "../../../../models/servers/model-server.ts";
import { FakeLlamaRouter, FakeLlamaServer } from "../../../support/fake-llama-server.ts";
import { until } from "../../../support/until.ts";
import { all, load, longAnswer, never, open } from "./spec.ts";

test("llama-server: a load waits while its model is still loading", async () => {
  await using fake = await FakeLlamaServer.start();
  fake.loading = true;
  await using server = await open(fake.http.url);
  expect(await server.loaded(never)).toEqual([]);
  const loading = load(server, { model: fake.model });
  await until(() => fake.http.calls.filter((call) => call === "GET /health").length > 2);
  fake.loading = false;
  expect((await loading).model).toBe(fake.model);
});

test("llama-server: one that was started with too little context is refused, with what to do", async () => {
  await using fake = await FakeLlamaServer.start(2_048);
  await using server = await open(fake.http.url);
  await expect(load(server, { model: fake.model, contextTokens: 8_192 })).rejects.toMatchObject({
    code: "unsupported",
    message: expect.stringMatching(/2048 tokens of context, and 8192 are needed; start it with more/),
  });
});

test("llama-server: killed and started again, its model is lost once and can be had again", async () => {
  await using fake = await FakeLlamaServer.start();
  await using server = await open(fake.http.url);
  const losses: LossCause[] = [];
  const before = await load(server, { model: fake.model, losses });
  await fake.http.stop();
  await until(() => losses.length > 0);
  await expect(all(before.writer.reply(longAnswer, never))).rejects.toMatchObject({ code: "server-down" });
  await fake.http.start();
  const { writer } = await load(server, { model: fake.model, losses });
  expect(await all(writer.reply(longAnswer, never))).not.toEqual([]);
  expect(losses).toEqual(["server-down"]);
});

test("llama-server: started again with another context, its model was reloaded", async () => {
  await using fake = await FakeLlamaServer.start();
  await using server = await open(fake.http.url);
  const losses: LossCause[] = [];
  await load(server, { model: fake.model, losses });
  fake.contextTokens = 8_192;
  await until(() => losses.length > 0);
  expect(losses).toEqual(["reloaded"]);
});

test("llama-server: one that fell asleep is woken by a load, and by nothing else", async () => {
  await using fake = await FakeLlamaServer.start();
  await using server = await open(fake.http.url);
  fake.asleep = true;
  expect(await server.loaded(never)).toEqual([]);
  expect(fake.asleep).toBe(true);
  await load(server, { model: fake.model });
  expect(fake.asleep).toBe(false);
});

test("router: a load that would make it evict another model is refused", async () => {
  await using fake = await FakeLlamaRouter.start(["a.gguf", "b.gguf"]);
  fake.maxInstances = 1;
  await using server = await open(fake.http.url);
  const losses: LossCause[] = [];
  const first = await load(server, { model: "a.gguf", losses });
  await expect(load(server, { model: "b.gguf" })).rejects.toMatchObject({
    code: "no-memory",
    message: expect.stringMatching(/--models-max/),
  });
  expect(fake.children.get("a.gguf")?.state).toBe("loaded");
  await first.unload(never);
  await load(server, { model: "b.gguf" });
  expect(losses).toEqual([]);
});

test("router: tells how far a load is", async () => {
  await using fake = await FakeLlamaRouter.start(["a.gguf"]);
  fake.loadMs = 300;
  await using server = await open(fake.http.url);
  const progress: number[] = [];
  await load(server, { model: "a.gguf", progress });
  expect(progress.at(-1)).toBeLessThanOrEqual(1);
  expect(progress.length).toBeGreaterThan(0);
});

test("router: a model whose process ends while it loads is a bad model, and leaves nothing", async () => {
  await using fake = await FakeLlamaRouter.start(["a.gguf"]);
  fake.breaks = true;
  await using server = await open(fake.http.url);
  await expect(load(server, { model: "a.gguf" })).rejects.toMatchObject({ code: "bad-model" });
  expect(fake.heldBytes).toBe(0);
  await load(server, { model: "a.gguf" });
});

test("router: a model that another client is loading already is waited for", async () => {
  await using fake = await FakeLlamaRouter.start(["a.gguf"]);
  await using server = await open(fake.http.url);
  fake.held = true;
  await fetch(`${fake.http.url}/models/load`, { method: "POST", body: JSON.stringify({ model: "a.gguf" }) });
  const loading = load(server, { model: "a.gguf" });
  await until(() => fake.http.calls.filter((call) => call === "GET /models").length > 5);
  const child = fake.children.get("a.gguf");
  if (child !== undefined) child.state = "loaded";
  expect((await loading).model).toBe("a.gguf");
  expect(child?.loads).toBe(1);
});

test("router: one that sleeps is started anew", async () => {
  await using fake = await FakeLlamaRouter.start(["a.gguf"]);
  await using server = await open(fake.http.url);
  const child = fake.children.get("a.gguf");
  if (child !== undefined) child.state = "sleeping";
  expect(await server.loaded(never)).toEqual([]);
  await load(server, { model: "a.gguf" });
  expect(child).toMatchObject({ state: "loaded", loads: 1 });
});

test("router: a request can never make it load a model that is gone", async () => {
  await using fake = await FakeLlamaRouter.start(["a.gguf"]);
  await using server = await open(fake.http.url, { watchMs: 1_000_000 });
  const { writer } = await load(server, { model: "a.gguf" });
  fake.evict("a.gguf");
  await expect(all(writer.reply(longAnswer, never))).rejects.toMatchObject({ code: "host-exited" });
  expect(fake.children.get("a.gguf")?.loads).toBe(1);
  for (const call of fake.http.calls.filter((path) => path.includes("chat"))) expect(call).toContain("autoload=false");
});
