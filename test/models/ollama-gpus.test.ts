import { afterEach, expect, test } from "vitest";
import { FakeOllama } from "../support/fake-ollama.ts";
import type { FakeModel } from "../support/fake-ollama-models.ts";
import { gigabyte, languageWorld, said } from "../support/language-world.ts";
import { ScriptedMachine } from "../support/scripted-machine.ts";

const never = new AbortController().signal;
const voice: FakeModel = { name: "voice:1b", weights: "voice", weightBytes: gigabyte };
const director: FakeModel = { name: "director:8b", weights: "director", weightBytes: 5 * gigabyte };

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** GPUs of 12 and 24 GB, of which Ollama takes the second, which is the emptier one. */
async function open(environment: Readonly<Record<string, string>> = {}) {
  const fake = await new FakeOllama({
    version: "0.32.15",
    models: [voice, director],
    vramBytes: 36 * gigabyte,
  }).start();
  closers.push(() => fake.stop());
  const sizes = { ramBytes: 64 * gigabyte, gpuBytes: 12 * gigabyte, secondBytes: 24 * gigabyte };
  const machine = new ScriptedMachine(sizes);
  machine.secondTakenBytes = () => fake.heldBytes;
  const world = await languageWorld(
    {
      settings: [
        { role: "voice", model: "ollama:voice:1b" },
        { role: "director", model: "ollama:director:8b" },
      ],
      places: [{ name: "ollama", url: fake.address }],
      environment,
    },
    machine,
  );
  closers.push(world.close);
  await world.models.residency.ready(never);
  const gpus = (model: string): readonly string[] => {
    const resident = world.models.residency.state.residents.find((it) => it.model === model);
    return resident?.shares.flatMap(({ pool }) => (pool === "ram" ? [] : [pool])) ?? [];
  };
  return { fake, machine, world, gpus };
}

test("of two GPUs the books know the one that Ollama will take, and the one that it took", async () => {
  const { world, gpus } = await open();
  expect(gpus("ollama:voice:1b")).toEqual(["gpu1"]);
  expect(await said(world, "director")).toMatch(/^why 0\./);
  const state = world.models.residency.state;
  expect(gpus("ollama:director:8b")).toEqual(["gpu1"]);
  expect(state.residents.map(({ variant }) => variant)).toEqual(["full@gpu1", "full@gpu1"]);
  const pools = world.models.residency.status().pools;
  expect(pools.find(({ id }) => id === "gpu0")?.usedBytes).toBe(0);
  expect(pools.find(({ id }) => id === "gpu1")?.usedBytes).toBe(6 * gigabyte);
});

test("what Ollama took against all expectation is where it is", async () => {
  const { machine, fake, world, gpus } = await open();
  const before = fake.heldBytes;
  const held = (): number => Math.max(0, fake.heldBytes - before);
  machine.secondTakenBytes = () => Math.min(before, fake.heldBytes);
  Object.defineProperty(machine, "gpuTakenBytes", { get: held });
  expect(await said(world, "director")).toMatch(/^why 0\./);
  expect(gpus("ollama:director:8b")).toEqual(["gpu0"]);
});

test("with OLLAMA_SCHED_SPREAD every model is expected on both", async () => {
  const { world } = await open({ OLLAMA_SCHED_SPREAD: "1" });
  const [model] = world.models.residency.state.models;
  expect(model?.ladder[0]?.id).toBe("full");
  const full = world.models.residency.state.models[1]?.ladder[0];
  expect(full?.shares.map(({ pool }) => pool).toSorted()).toEqual(["gpu0", "gpu1", "ram"]);
});

test("a model of a server that chooses by itself cannot be kept to a GPU, and that is said", async () => {
  const fake = await new FakeOllama({ version: "0.32.15", models: [voice] }).start();
  closers.push(() => fake.stop());
  const machine = new ScriptedMachine({ ramBytes: 64 * gigabyte, gpuBytes: 12 * gigabyte, secondBytes: 24 * gigabyte });
  const settings = [{ role: "voice", model: "ollama:voice:1b", gpu: "gpu1" }] as const;
  const places = [{ name: "ollama", url: fake.address }];
  await expect(languageWorld({ settings, places }, machine)).rejects.toThrow(
    "voice.gpu: its server chooses the GPU by itself; leave it out, or choose there.",
  );
});
