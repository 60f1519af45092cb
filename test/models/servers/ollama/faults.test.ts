import { afterEach, describe, expect, test } from "vitest";
import type { LossCause } from "../../../../models/servers/model-server.ts";
import { until } from "../../../support/until.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";
import { ask, count, director, heard, loadOf, never, ollamaWorld, voice } from "./ollama-world.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});
const world: typeof ollamaWorld = async (...given) => {
  const opened = await ollamaWorld(...given);
  closers.push(opened.close);
  return opened;
};

describe("an Ollama whose queue is full", () => {
  test("is asked again, because it took nothing on", async () => {
    const { fake, server } = await world();
    fake.queueFullTimes = 2;
    const { writer } = await server.load(loadOf(voice, []), never);
    expect(count(fake, "/api/generate")).toBe(3);
    fake.queueFullTimes = 2;
    expect(await heard(writer, ask("hello"))).toMatchObject({ failure: undefined });
  });

  test("is busy when it stays full", async () => {
    const { fake, server } = await world();
    fake.queueFullTimes = 100;
    await expect(server.load(loadOf(voice, []), never)).rejects.toMatchObject({ code: "busy" });
    expect(fake.heldBytes).toBe(0);
  });
});

describe("an Ollama that ends or hangs up", () => {
  test("is asked again for what changes nothing, and answers after its restart", async () => {
    const clock = new VirtualClock();
    const { fake, server } = await world({}, { clock });
    await fake.stop();
    let installed: readonly string[] = [];
    const asking = server.installed(never).then((names) => {
      installed = names;
    });
    await until(() => clock.sleepers > 1);
    await fake.start();
    while (installed.length === 0) await clock.advance(1);
    await asking;
    expect(installed).toContain(voice.name);
  });

  test("is asked again when it hangs up on a question that changes nothing", async () => {
    const { fake, server } = await world();
    fake.hangUpTimes = 2;
    expect(await server.loaded(never)).toEqual([]);
  });

  test("is not asked for a load again that it had begun", async () => {
    const { fake, server } = await world();
    await server.facts(voice.name, never);
    fake.scheduler.loadGate = new Promise(() => undefined);
    const loading = server.load(loadOf(voice, []), never);
    const outcome = expect(loading).rejects.toMatchObject({ code: "server-down" });
    await until(() => fake.heldBytes > 0);
    await fake.stop();
    await outcome;
    expect(count(fake, "/api/generate")).toBe(1);
  });

  test("is never sent a question twice: it would load the model by itself", async () => {
    const { fake, server } = await world({}, { watchMs: 60_000 });
    const { writer } = await server.load(loadOf(voice, []), never);
    fake.hangUpTimes = 1;
    expect((await heard(writer, ask("hello"))).failure).toMatchObject({ code: "server-down" });
    expect(count(fake, "/api/chat")).toBe(1);
  });

  test("has lost its models as soon as a question finds nobody, and is not asked again in their name", async () => {
    const { fake, server } = await world({}, { watchMs: 60_000 });
    const losses: LossCause[] = [];
    const { writer } = await server.load(loadOf(voice, losses, { pinned: true }), never);
    await fake.stop();
    expect((await heard(writer, ask("hello"))).failure).toMatchObject({ code: "server-down" });
    expect(losses).toEqual(["server-down"]);
    await fake.start();
    expect((await heard(writer, ask("hello"))).failure).toMatchObject({ code: "server-down" });
    expect(count(fake, "/api/chat")).toBe(0);
  });

  test("has lost its models when it is back, and takes them again", async () => {
    const { fake, server } = await world();
    const losses: LossCause[] = [];
    await server.load(loadOf(voice, losses, { pinned: true }), never);
    await fake.stop();
    await until(() => losses.length === 1);
    await fake.start();
    await server.load(loadOf(voice, losses, { pinned: true }), never);
    expect(losses).toEqual(["server-down"]);
    expect(await server.loaded(never)).toMatchObject([{ model: voice.name }]);
  });

  test("has unloaded them when it was restarted between two looks", async () => {
    const clock = new VirtualClock();
    const { fake, server } = await world({}, { clock });
    const losses: LossCause[] = [];
    await server.load(loadOf(voice, losses), never);
    await fake.stop();
    await fake.start();
    while (losses.length === 0) await clock.advance(1);
    expect(losses).toEqual(["evicted"]);
  });
});

describe("an answer that ends badly", () => {
  const endings = [
    ["cut-line", "engine-failed"],
    ["garbage", "engine-failed"],
    ["silently", "engine-failed"],
    ["error", "engine-failed"],
    ["out-of-memory", "no-memory"],
    ["server-dies", "server-down"],
  ] as const;
  for (const [ending, code] of endings) {
    test(`(${ending}) gives what was said, then fails with ${code}`, async () => {
      const { fake, server } = await world({}, { watchMs: 60_000 });
      const { writer } = await server.load(loadOf(voice, []), never);
      fake.answerEnds = ending;
      const { parts, failure } = await heard(writer, ask("hello"));
      expect(parts.slice(0, 2)).toEqual([
        { type: "text", text: "hello 0. " },
        { type: "text", text: "hello 1. " },
      ]);
      expect(parts).toHaveLength(2);
      expect(failure).toMatchObject({ name: "ModelError", code });
      expect(count(fake, "/api/chat")).toBe(1);
    });
  }

  test("and one that ran out of memory costs every model, which is told", async () => {
    const { fake, server } = await world();
    const losses: LossCause[] = [];
    await server.load(loadOf(voice, losses, { pinned: true }), never);
    const { writer } = await server.load(loadOf(director, losses), never);
    fake.answerEnds = "out-of-memory";
    await heard(writer, ask("hello"));
    await until(() => losses.length === 2);
    expect(losses).toEqual(["evicted", "evicted"]);
  });
});

describe("an Ollama that does not tell the truth about what is loaded", () => {
  test("has not loaded what it does not list", async () => {
    const { fake, server } = await world();
    fake.hidden.add(voice.name);
    await expect(server.load(loadOf(voice, []), never)).rejects.toMatchObject({ code: "engine-failed" });
    await until(() => fake.heldBytes === 0);
  });

  test("keeps silent while it loads something, and that is no loss", async () => {
    const clock = new VirtualClock();
    const { fake, server } = await world({}, { clock, watchMs: 1_000 });
    const losses: LossCause[] = [];
    await server.load(loadOf(voice, losses), never);
    await server.facts(director.name, never);
    fake.scheduler.loadGate = new Promise(() => undefined);
    const controller = new AbortController();
    const loading = server.load(loadOf(director, losses), controller.signal);
    const outcome = expect(loading).rejects.toThrow("enough");
    await until(() => fake.heldBytes > director.weightBytes);
    fake.listGate = new Promise(() => undefined);
    const before = count(fake, "/api/ps");
    while (count(fake, "/api/ps") < before + 3) await clock.advance(1_000);
    expect(losses).toEqual([]);
    controller.abort(new Error("enough"));
    fake.listGate = undefined;
    await outcome;
    fake.listGate = new Promise(() => undefined);
    while (losses.length === 0) await clock.advance(1_000);
    expect(losses).toEqual(["server-down"]);
    fake.listGate = undefined;
  });

  test("is believed to have unloaded only when it lists the model no more and its memory is free", async () => {
    const looks: string[] = [];
    const freeBytes = async (pool: string): Promise<number> => (looks.push(pool) > 4 ? 50_000 : 10_000);
    const { server } = await world({}, { freeBytes });
    const loaded = await server.load(loadOf(voice, []), never);
    await loaded.unload(never);
    expect(looks).toEqual(["gpu0", "gpu0", "gpu0", "gpu0", "gpu0"]);
  });
});
