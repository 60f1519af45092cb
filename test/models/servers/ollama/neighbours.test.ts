import { afterEach, describe, expect, test } from "vitest";
import type { LossCause } from "../../../../models/servers/model-server.ts";
import { until } from "../../../support/until.ts";
import { ask, count, director, heard, loadOf, never, ollamaWorld, options, voice } from "./ollama-world.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});
const world: typeof ollamaWorld = async (...given) => {
  const opened = await ollamaWorld(...given);
  closers.push(opened.close);
  return opened;
};

describe("another program at the same Ollama", () => {
  test("that calls our model with other options has had it loaded anew", async () => {
    const { fake, server } = await world();
    const losses: LossCause[] = [];
    const { writer } = await server.load(loadOf(voice, losses), never);
    await fake.use("/api/generate", { model: voice.name, options: { ...options, num_ctx: 2_048 }, stream: false });
    await until(() => losses.length === 1);
    expect(["reloaded", "evicted"]).toContain(losses[0]);
    const before = count(fake, "/api/chat");
    expect((await heard(writer, ask("hello"))).failure).toMatchObject({ code: "host-exited" });
    expect(count(fake, "/api/chat")).toBe(before);
  });

  test("that takes the pin away is noticed", async () => {
    const { fake, server } = await world();
    const losses: LossCause[] = [];
    await server.load(loadOf(voice, losses, { pinned: true }), never);
    const { options: sent } = fake.bodies("/api/generate")[0] ?? {};
    await fake.use("/api/generate", { model: voice.name, options: sent, keep_alive: "5m" });
    await until(() => losses.length === 1);
    expect(losses).toEqual(["reloaded"]);
  });

  test("that pushes a part of our model off the GPU is noticed", async () => {
    const { fake, server } = await world();
    const losses: LossCause[] = [];
    const loaded = await server.load(loadOf(voice, losses), never);
    for (const runner of fake.scheduler.loaded.values()) runner.vramBytes -= 100;
    await until(() => losses.length === 1);
    expect(losses).toEqual(["spilled"]);
    expect(fake.heldBytes).toBeGreaterThan(0);
    await loaded.unload(never);
    expect(fake.heldBytes).toBe(0);
  });

  test("that loads too much makes Ollama evict ours, which is told", async () => {
    const { fake, server } = await world({ vramBytes: 9_500 });
    const losses: LossCause[] = [];
    await server.load(loadOf(voice, losses, { pinned: true }), never);
    await fake.use("/api/generate", { model: director.name });
    await until(() => losses.length === 1);
    expect(losses).toEqual(["evicted"]);
  });

  test("that uses a model which we unload is waited for, and the wish is said again", async () => {
    const { fake, server } = await world({ tokenMs: 20 });
    const loaded = await server.load(loadOf(voice, []), never);
    const { options: sent } = fake.bodies("/api/generate")[0] ?? {};
    const messages = [{ role: "user", content: "a long one" }];
    const other = fetch(`${fake.address}/api/chat`, {
      method: "POST",
      body: JSON.stringify({ model: voice.name, options: sent, messages }),
    });
    await until(() => count(fake, "/api/chat") === 1);
    await loaded.unload(never);
    expect(fake.heldBytes).toBe(0);
    await (await other).text();
  });
});

describe("a load that does not fit", () => {
  test("is not asked for when Ollama would evict something for it", async () => {
    const { fake, server } = await world(
      {},
      { wouldEvict: async (plan) => (plan.facts.model === director.name ? `${plan.profile}: too big` : undefined) },
    );
    await server.load(loadOf(voice, []), never);
    await expect(server.load(loadOf(director, []), never)).rejects.toMatchObject({
      code: "no-memory",
      message: expect.stringContaining("llama-server: too big"),
    });
    expect(fake.bodies("/api/generate").map((body) => body["model"])).toEqual([voice.name]);
  });

  test("is not asked for when Ollama keeps no more models", async () => {
    const { fake, server } = await world({}, { maxLoaded: 1 });
    await server.load(loadOf(voice, []), never);
    await expect(server.load(loadOf(director, []), never)).rejects.toMatchObject({
      code: "no-memory",
      message: expect.stringContaining("OLLAMA_MAX_LOADED_MODELS"),
    });
    expect(fake.bodies("/api/generate").map((body) => body["model"])).toEqual([voice.name]);
  });

  test("and runs out of memory all the same costs the others first, then fails", async () => {
    for (const version of ["0.24.0", "0.32.15"]) {
      const { fake, server } = await world({ version });
      const losses: LossCause[] = [];
      await server.load(loadOf(voice, losses, { pinned: true }), never);
      fake.scheduler.loadsOutOfMemory = 2;
      await expect(server.load(loadOf(director, losses), never)).rejects.toMatchObject({ code: "no-memory" });
      await until(() => losses.length === 1);
      expect(losses).toEqual(["evicted"]);
    }
  });
});

test("a load that is given up while Ollama still loads something else is never begun", async () => {
  const { fake, server } = await world();
  let open = (): void => undefined;
  fake.scheduler.loadGate = new Promise((resolve) => {
    open = resolve;
  });
  const first = server.load(loadOf(director, []), never);
  await until(() => fake.heldBytes > 0);
  const controller = new AbortController();
  const second = expect(server.load(loadOf(voice, []), controller.signal)).rejects.toThrow("never mind");
  await until(() => fake.scheduler.waiting === 2);
  controller.abort(new Error("never mind"));
  await second;
  open();
  await first;
  expect(await server.loaded(never)).toMatchObject([{ model: director.name }]);
});

test("closing gives back what we loaded, pinned or not, and nothing else", async () => {
  const { fake, server } = await world({ models: [voice, director, { ...voice, name: "other:1b", weights: "other" }] });
  await fake.use("/api/generate", { model: "other:1b", keep_alive: -1 });
  await server.load(loadOf(voice, [], { pinned: true }), never);
  await server[Symbol.asyncDispose]();
  expect([...fake.scheduler.loaded.values()].map((runner) => runner.model.name)).toEqual(["other:1b"]);
});
