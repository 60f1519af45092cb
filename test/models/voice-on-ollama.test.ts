import { afterEach, describe, expect, test } from "vitest";
import { FakeOllama, type FakeOllamaOptions } from "../support/fake-ollama.ts";
import type { FakeModel } from "../support/fake-ollama-models.ts";
import { gigabyte, languageWorld, said } from "../support/language-world.ts";
import { ScriptedMachine } from "../support/scripted-machine.ts";
import { until } from "../support/until.ts";

const never = new AbortController().signal;
const voice: FakeModel = { name: "voice:1b", weights: "voice", weightBytes: gigabyte };
const director: FakeModel = { name: "director:8b", weights: "director", weightBytes: 5 * gigabyte };
const stranger: FakeModel = { name: "stranger:7b", weights: "stranger", weightBytes: 8 * gigabyte };

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function ollama(options: Partial<FakeOllamaOptions> = {}): Promise<FakeOllama> {
  const models = [voice, director, stranger];
  const fake = await new FakeOllama({ version: "0.32.15", models, ...options }).start();
  closers.push(() => fake.stop());
  return fake;
}

/** Voice in the first, director in the last of these. */
async function open(fakes: readonly FakeOllama[], machine = new ScriptedMachine({ ramBytes: 32 * gigabyte })) {
  const opened = await languageWorld(
    {
      settings: [
        { role: "voice", model: "ollama0:voice:1b" },
        { role: "director", model: `ollama${fakes.length - 1}:director:8b` },
      ],
      places: fakes.map((fake, index) => ({ name: `ollama${index}`, url: fake.address })),
    },
    machine,
  );
  closers.push(opened.close);
  await opened.models.residency.ready(never);
  return opened;
}

const loadsOf = (fake: FakeOllama, model: FakeModel) =>
  fake.bodies("/api/generate").filter((body) => body["model"] === model.name && body["keep_alive"] !== 0);

describe("voice in the director's Ollama", () => {
  const foreign: readonly (readonly [what: string, causes: readonly string[], act: (fake: FakeOllama) => unknown])[] = [
    ["unloads it", ["evicted"], (fake) => fake.use("/api/generate", { model: voice.name, keep_alive: 0 })],
    [
      "calls it with another context",
      ["reloaded", "evicted"],
      (fake) => fake.use("/api/generate", { model: voice.name, options: { num_ctx: 512 }, stream: false }),
    ],
    ["makes it leave in five minutes", ["reloaded"], (fake) => keepFor(fake, "5m")],
    ["makes Ollama run out of memory, which evicts all", ["evicted"], (fake) => fake.scheduler.expireAll()],
  ];

  test.each(foreign)("is healed after another program %s, and that is told", async (_what, causes, act) => {
    const fake = await ollama();
    const it = await open([fake]);
    await act(fake);
    await until(() => it.pins.length === 2);
    const [broken = "", healed = ""] = it.pins;
    expect(causes.map((cause) => `ollama0:voice:1b ${cause}`)).toContain(broken);
    expect(healed).toBe(`${broken} healed`);
    expect(it.journal().filter((line) => line.startsWith("pin "))).toEqual([`pin ${broken}`, `pin ${broken}`]);
    expect(await said(it, "voice")).toMatch(/^why 0\./);
    expect(loadsOf(fake, voice).at(-1)).toMatchObject({ keep_alive: -1 });
  });

  test("is healed even where that costs another program its model", async () => {
    const fake = await ollama({ maxLoaded: 1 });
    const it = await open([fake]);
    await fake.use("/api/generate", { model: stranger.name });
    await until(() => it.pins.length === 2);
    expect(it.pins.at(-1)).toBe("ollama0:voice:1b evicted healed");
    expect([...fake.scheduler.loaded.values()].map(({ model }) => model.name)).toEqual([voice.name]);
  });

  test("a director that Ollama would evict something for is not asked for in full", async () => {
    const machine = new ScriptedMachine({ ramBytes: 32 * gigabyte, gpuBytes: 12 * gigabyte });
    const fake = await ollama({ vramBytes: 12 * gigabyte });
    const it = await open([fake], machine);
    // By Ollama's own sum the director needs more than four fifths of this, although it would fit.
    machine.gpuTakenBytes = 6.2 * gigabyte;
    await it.models.residency.lease({ role: "director" }, never).then(
      (lease) => lease[Symbol.dispose](),
      (error: unknown) => expect(error).toMatchObject({ code: "no-memory", message: expect.stringMatching(/evict/) }),
    );
    expect(loadsOf(fake, director).filter(({ options }) => Object(options).num_gpu === -1)).toEqual([]);
    expect(it.journal().filter((line) => line.startsWith("swap-end"))).not.toEqual([]);
    expect(it.pins).toEqual([]);
    expect(await said(it, "voice")).toMatch(/^why 0\./);
  });

  test("a director that runs out of memory all the same costs the voice its place, which it has back at once", async () => {
    const fake = await ollama();
    const it = await open([fake]);
    fake.scheduler.loadsOutOfMemory = 2;
    await expect(said(it, "director")).resolves.toMatch(/^why 0\./);
    await until(() => it.pins.length === 2);
    expect(it.pins).toEqual(["ollama0:voice:1b evicted", "ollama0:voice:1b evicted healed"]);
    expect(await said(it, "voice")).toMatch(/^why 0\./);
  });
});

test("voice in an Ollama of its own is not touched by what the director's does", async () => {
  const [first, second] = [await ollama(), await ollama()];
  const it = await open([first, second]);
  second.scheduler.loadsOutOfMemory = 1;
  expect(await said(it, "director")).toMatch(/^why 0\./);
  second.answerEnds = "server-dies";
  await expect(said(it, "director")).rejects.toMatchObject({ code: "server-down" });
  expect(await said(it, "voice")).toMatch(/^why 0\./);
  expect(loadsOf(first, voice)).toHaveLength(1);
  expect(it.pins).toEqual([]);
});

/** As another program does that uses the voice's model with the very same options. */
async function keepFor(fake: FakeOllama, keepAlive: string): Promise<void> {
  const [load] = loadsOf(fake, voice);
  await fake.use("/api/generate", { model: voice.name, options: load?.["options"], keep_alive: keepAlive });
}
