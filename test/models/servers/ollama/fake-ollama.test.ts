import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FakeOllama } from "../../../support/fake-ollama.ts";
import { blobOf, type FakeModel } from "../../../support/fake-ollama-models.ts";
import { until } from "../../../support/until.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

// That the fake does what Ollama's source says; what our server makes of it is tested beside this file.

const model = (name: string, weightBytes = 1_000): FakeModel => ({ name, weights: name, weightBytes });
const models = [
  model("a"),
  model("b"),
  model("c"),
  model("d"),
  { ...model("twin"), weights: "a" },
  model("big", 7_000),
];

let fake: FakeOllama;
async function start(
  more: ConstructorParameters<typeof FakeOllama>[0] = { version: "0.32.15", models },
): Promise<void> {
  fake = await new FakeOllama(more).start();
}
beforeEach(() => start());
afterEach(() => fake.stop());

const load = (name: string, more: object = {}): Promise<unknown> =>
  fake.use("/api/generate", { model: name, keep_alive: -1, ...more });
const listed = (): string[] => [...fake.scheduler.loaded.values()].map((runner) => runner.model.name).toSorted();
const messages = [{ role: "user", content: "hello" }];

/** The whole stream. */
async function chat(name: string, more: object = {}): Promise<string> {
  const body = JSON.stringify({ model: name, messages, ...more });
  return await (await fetch(`${fake.address}/api/chat`, { method: "POST", body })).text();
}

describe("who is evicted", () => {
  test("is the one with the shortest keep-alive, not the oldest, and a pinned one when there is no other", async () => {
    await load("a");
    await load("b", { keep_alive: 60 });
    await load("c", { keep_alive: 600 });
    await load("d");
    expect(listed()).toEqual(["a", "c", "d"]);
  });

  test("is the first by its blob's name among equals", async () => {
    const [first] = models.slice(0, 3).toSorted((one, other) => (blobOf(one) < blobOf(other) ? -1 : 1));
    for (const name of ["c", "b", "a", "d"]) await load(name);
    expect(listed()).toEqual(["a", "b", "c", "d"].filter((name) => name !== first?.name));
  });

  test("is everybody when a load runs out of memory, and the load is tried once more", async () => {
    await load("a");
    await load("b");
    fake.scheduler.loadsOutOfMemory = 1;
    expect(await load("c")).toMatchObject({ done_reason: "load" });
    expect(listed()).toEqual(["c"]);
  });

  test("is somebody when less than a fifth of the VRAM would stay free; the old engine fills it", async () => {
    for (const [version, left] of [
      ["0.32.15", ["big"]],
      ["0.24.0", ["a", "big"]],
    ] as const) {
      await fake.stop();
      await start({ version, models, vramBytes: 8_500 });
      await load("a");
      await load("big");
      expect(listed(), version).toEqual(left);
    }
  });

  test("is nobody without a GPU", async () => {
    await load("a");
    await load("big");
    expect(listed()).toEqual(["a", "big"]);
  });
});

describe("a model that is loaded", () => {
  test("is loaded anew for another context, and not for another temperature", async () => {
    await load("a", { options: { num_ctx: 100, temperature: 1 } });
    const [first] = fake.scheduler.loaded.values();
    await load("a", { options: { num_ctx: 100, temperature: 0 } });
    expect([...fake.scheduler.loaded.values()]).toEqual([first]);
    await load("a", { options: { num_ctx: 200 } });
    expect([...fake.scheduler.loaded.values()][0]?.options["num_ctx"]).toBe(200);
  });

  test("is shared by two names of one file", async () => {
    await load("a");
    await load("twin");
    expect(listed()).toEqual(["a"]);
  });

  test("is still listed after it was told to go, until it is gone", async () => {
    await fake.stop();
    const clock = new VirtualClock();
    await start({ version: "0.32.15", models, clock });
    let answered = false;
    const loading = load("a").then(() => {
      answered = true;
    });
    while (!answered) await clock.advance(1);
    await loading;
    expect(await load("a", { keep_alive: 0 })).toMatchObject({ done_reason: "unload" });
    expect(listed()).toEqual(["a"]);
    expect(fake.heldBytes).toBeGreaterThan(0);
    await clock.advance(10);
    expect(listed()).toEqual([]);
    expect(await load("a", { keep_alive: 0 })).toMatchObject({ done_reason: "unload" });
  });

  test("is not listed before", async () => {
    fake.scheduler.loadGate = new Promise(() => undefined);
    void load("a").catch(() => undefined);
    await until(() => fake.heldBytes > 0);
    expect(await (await fetch(`${fake.address}/api/ps`)).json()).toEqual({ models: [] });
  });

  test("comes back to life when it is called while it should be evicted, and everybody waits for ever", async () => {
    await fake.stop();
    await start({ version: "0.32.15", models, maxLoaded: 1, tokenMs: 5 });
    await load("a");
    const busy = chat("a", { keep_alive: -1 });
    await until(() => [...fake.scheduler.loaded.values()][0]?.users === 1);
    void load("b").catch(() => undefined);
    await until(() => [...fake.scheduler.loaded.values()][0]?.sessionSeconds === 0);
    await Promise.all([busy, chat("a", { keep_alive: -1 })]);
    expect(listed()).toEqual(["a"]);
    expect(fake.scheduler.waiting).toBe(1);
  });
});

describe("what it refuses", () => {
  test("is a keep-alive without a unit", async () => {
    expect(await load("a", { keep_alive: "-1" })).toEqual({ error: 'time: missing unit in duration "-1"' });
    expect(await load("a", { keep_alive: "-1m" })).toMatchObject({ done_reason: "load" });
  });

  test("is more than its queue holds", async () => {
    await fake.stop();
    await start({ version: "0.32.15", models, maxQueue: 1 });
    fake.scheduler.loadGate = new Promise(() => undefined);
    void load("a").catch(() => undefined);
    await until(() => fake.scheduler.waiting === 1);
    expect(await load("b")).toEqual({ error: "server busy, please try again.  maximum pending requests exceeded" });
  });
});

test("a load whose caller is gone is given up, and its memory is back", async () => {
  fake.scheduler.loadGate = new Promise(() => undefined);
  const controller = new AbortController();
  const body = JSON.stringify({ model: "a" });
  const loading = fetch(`${fake.address}/api/generate`, { method: "POST", body, signal: controller.signal });
  const outcome = expect(loading).rejects.toThrow();
  await until(() => fake.heldBytes > 0);
  controller.abort();
  await outcome;
  await until(() => fake.heldBytes === 0);
});

test("what cannot think says so by nothing; what can does unless it is forbidden", async () => {
  fake.models.push({ ...model("thinker"), thinking: true });
  expect(await chat("thinker")).toContain("Hm.");
  expect(await chat("thinker", { think: false })).not.toContain("Hm.");
});
