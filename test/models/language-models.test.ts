import { afterEach, describe, expect, test } from "vitest";
import type { ServerPlace } from "../../models/servers/server-place.ts";
import { FakeLlamaRouter, FakeLlamaServer } from "../support/fake-llama-server.ts";
import { FakeLlamaSwap } from "../support/fake-llama-swap.ts";
import { FakeLmStudio } from "../support/fake-lm-studio.ts";
import { FakeOllama } from "../support/fake-ollama.ts";
import type { FakeModel } from "../support/fake-ollama-models.ts";
import { longText } from "../support/fake-openai-chat.ts";
import { FakeVllm } from "../support/fake-vllm.ts";
import { gigabyte, type LanguageWorld, languageWorld, said } from "../support/language-world.ts";
import { ScriptedMachine } from "../support/scripted-machine.ts";
import { until } from "../support/until.ts";

const never = new AbortController().signal;
const director: FakeModel = { name: "director:8b", weights: "director", weightBytes: 4.9 * gigabyte };
/** Room for the director alone, with a little left that no coder fits into. */
const narrow = () => new ScriptedMachine({ ramBytes: 6.3 * gigabyte });

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const world: typeof languageWorld = async (...given) => {
  const opened = await languageWorld(...given);
  closers.push(opened.close);
  return opened;
};
async function ollama(models: readonly FakeModel[] = [director]): Promise<FakeOllama> {
  const fake = await new FakeOllama({ version: "0.32.15", models }).start();
  closers.push(() => fake.stop());
  return fake;
}
const loadedIn = (fake: FakeOllama): readonly string[] =>
  [...fake.scheduler.loaded.values()].map(({ model }) => model.name);
const stateOf = ({ models }: LanguageWorld, role: string): string | undefined =>
  models.residency.status().models.find((it) => it.role === role)?.state;

describe("a director that was never loaded", () => {
  const voice: FakeModel = { name: "voice:1b", weights: "voice", weightBytes: gigabyte };
  const open = async () => {
    const fake = await ollama([voice, director]);
    return await world({
      settings: [
        { role: "voice", model: "ollama:voice:1b" },
        { role: "director", model: "ollama:director:8b" },
      ],
      places: [{ name: "ollama", url: fake.address }],
    });
  };
  const waitMsOf = ({ models }: LanguageWorld): number => {
    const forecast = models.residency.forecast("director");
    return forecast.status === "unavailable" ? Number.POSITIVE_INFINITY : forecast.waitMs;
  };

  test("is expected to take as long as the voice's own load makes likely", async () => {
    const opened = await open();
    const guessMs = waitMsOf(opened);
    // The voice takes no time here.
    await until(() => waitMsOf(opened) < guessMs);
    const learntMs = waitMsOf(opened);
    // What a load of its own took counts for more.
    await said(opened, "director");
    const [rung] = opened.models.residency.state.models.find(({ id }) => id === "ollama:director:8b")?.ladder ?? [];
    expect(rung?.loadMs).toBeLessThan(learntMs);
    expect(opened.logs).toEqual([]);
  });
});

interface Desk {
  readonly url: string;
  readonly model: string;
  readonly isLoaded: () => boolean;
}

/** Servers for the coder. */
const desks: readonly (readonly [name: string, open: () => Promise<Desk>])[] = [
  [
    "LM Studio",
    async () => {
      const fake = await FakeLmStudio.start(["coder"]);
      closers.push(() => fake[Symbol.asyncDispose]());
      return { url: fake.http.url, model: "coder", isLoaded: () => fake.instances.length > 0 };
    },
  ],
  [
    "llama-swap",
    async () => {
      const fake = await FakeLlamaSwap.start({ coder: [] });
      closers.push(() => fake[Symbol.asyncDispose]());
      return { url: fake.http.url, model: "coder", isLoaded: () => fake.heldBytes > 0 };
    },
  ],
  [
    "vLLM, which sleeps",
    async () => {
      const fake = await FakeVllm.start("coder", { asleep: true });
      closers.push(() => fake[Symbol.asyncDispose]());
      return { url: `${fake.http.url}/v1`, model: "coder", isLoaded: () => fake.heldBytes > 0 };
    },
  ],
  [
    "llama-server's router",
    async () => {
      const fake = await FakeLlamaRouter.start(["coder"], 16_384);
      closers.push(() => fake[Symbol.asyncDispose]());
      return { url: fake.http.url, model: "coder", isLoaded: () => fake.heldBytes > 0 };
    },
  ],
];

describe.each(desks)("voice inside Sotto, director in Ollama, coder in %s", (_name, openDesk) => {
  async function open(more: Partial<ServerPlace>) {
    const [fake, desk] = [await ollama(), await openDesk()];
    const opened = await world(
      {
        settings: [
          { role: "voice", model: "starter" },
          { role: "director", model: "ollama:director:8b" },
          { role: "coder", model: `desk:${desk.model}` },
        ],
        places: [
          { name: "ollama", url: fake.address },
          { name: "desk", url: desk.url, ...more },
        ],
      },
      narrow(),
    );
    await opened.models.residency.ready(never);
    return { ...opened, fake, desk };
  }

  test("swap when they share this machine's memory, and the voice stays", async () => {
    const it = await open({});
    const voice = it.models.pid("voice");
    expect(await said(it, "director")).toMatch(/^why 0\. why 1\./);
    expect([loadedIn(it.fake), it.desk.isLoaded()]).toEqual([["director:8b"], false]);
    expect(await said(it, "coder")).toBe(longText);
    expect([loadedIn(it.fake), it.desk.isLoaded()]).toEqual([[], true]);
    expect(await said(it, "director")).toMatch(/^why 0\./);
    await until(() => stateOf(it, "coder") === "absent");
    expect([loadedIn(it.fake), it.desk.isLoaded()]).toEqual([["director:8b"], false]);
    expect([it.models.pid("voice"), stateOf(it, "voice"), it.pins]).toEqual([voice, "ready", []]);
    expect(it.logs).toEqual([]);
  });

  test("stay beside each other when the coder's server is another machine", async () => {
    const it = await open({ isHere: false });
    await said(it, "director");
    await said(it, "coder");
    await said(it, "director");
    expect([loadedIn(it.fake), it.desk.isLoaded()]).toEqual([["director:8b"], true]);
    expect(it.fake.bodies("/api/generate")).toHaveLength(1);
    expect(it.models.residency.status().pools.map(({ id }) => id)).toEqual(["ram"]);
    expect(it.logs).toEqual([]);
  });
});

test("a server with one model that it cannot unload is used as it is, with the context that it has", async () => {
  const fake = await FakeLlamaServer.start(3_000);
  closers.push(() => fake[Symbol.asyncDispose]());
  const it = await world({
    settings: [{ role: "coder", model: "llama:fake.gguf" }],
    places: [{ name: "llama", url: fake.http.url }],
  });
  expect(await said(it, "coder")).toBe(longText);
});

test("a server on another machine is let to use its GPU", async () => {
  const fake = await ollama();
  const it = await world({
    settings: [{ role: "director", model: "far:director:8b" }],
    places: [{ name: "far", url: fake.address, isHere: false }],
  });
  await said(it, "director");
  expect(fake.bodies("/api/generate")[0]).toMatchObject({ options: { num_gpu: -1 } });
});
