import { afterEach, expect, test } from "vitest";
import { systemClock } from "../../models/clock.ts";
import { think } from "../../pipeline/stages/think.ts";
import { FakeLlamaServer } from "../support/fake-llama-server.ts";
import { FakeOllama } from "../support/fake-ollama.ts";
import { longText } from "../support/fake-openai-chat.ts";
import { gigabyte, heard, type LanguageWorld, languageWorld, question } from "../support/language-world.ts";
import { until } from "../support/until.ts";

const never = new AbortController().signal;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** One question to the voice, as a turn asks it. */
function ask({ models }: LanguageWorld, onCrash: () => void) {
  const options = {
    models: models.residency,
    toolbox: { specs: [], run: async () => "{}" },
    clock: systemClock,
    log: onCrash,
    mark: () => undefined,
  };
  return heard(think(question("why"), options, never));
}

async function worldAt(url: string, model: string): Promise<LanguageWorld> {
  const world = await languageWorld({
    settings: [{ role: "voice", model: `desk:${model}` }],
    places: [{ name: "desk", url }],
  });
  closers.push(world.close);
  await world.models.residency.ready(never);
  return world;
}

test.each(["before it is noticed", "after it was noticed"])("an Ollama that dies is awaited: %s", async (when) => {
  const models = [{ name: "voice:1b", weights: "voice", weightBytes: gigabyte }];
  const fake = await new FakeOllama({ version: "0.32.15", models }).start();
  closers.push(() => fake.stop());
  const world = await worldAt(fake.address, "voice:1b");
  await fake.stop();
  if (when === "after it was noticed") await until(() => world.pins.length > 0);
  const { parts, failure } = await ask(world, () => void fake.start());
  expect(failure).toBeUndefined();
  expect(parts.slice(0, 2)).toEqual([
    { type: "text", text: "One moment. " },
    { type: "text", text: "why 0. " },
  ]);
});

test.each(["before it is noticed", "after it was noticed"])("a llama-server that dies is awaited: %s", async (when) => {
  const fake = await FakeLlamaServer.start();
  closers.push(() => fake.http.stop());
  const world = await worldAt(fake.http.url, fake.model);
  await fake.http.stop();
  if (when === "after it was noticed") await until(() => world.pins.length > 0);
  const { parts, failure } = await ask(world, () => void fake.http.start());
  expect(failure).toBeUndefined();
  const text = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  expect(text).toBe(`One moment. ${longText}`);
});
