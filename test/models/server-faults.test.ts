import { afterEach, describe, expect, test } from "vitest";
import { ModelError } from "../../models/errors.ts";
import { FakeLmStudio } from "../support/fake-lm-studio.ts";
import { FakeOllama, type FakeOllamaOptions } from "../support/fake-ollama.ts";
import type { FakeModel } from "../support/fake-ollama-models.ts";
import { longText } from "../support/fake-openai-chat.ts";
import { gigabyte, heard, type LanguageWorld, languageWorld, question, said } from "../support/language-world.ts";
import { ScriptedMachine } from "../support/scripted-machine.ts";
import { until } from "../support/until.ts";

const never = new AbortController().signal;
const voice: FakeModel = { name: "voice:1b", weights: "voice", weightBytes: gigabyte };
const director: FakeModel = { name: "director:8b", weights: "director", weightBytes: 5 * gigabyte };

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function ollama(options: Partial<FakeOllamaOptions> = {}): Promise<FakeOllama> {
  const fake = await new FakeOllama({ version: "0.32.15", models: [voice, director], ...options }).start();
  closers.push(() => fake.stop());
  return fake;
}

/** Voice in an Ollama of its own, director in the other. */
async function open(voices: FakeOllama, directors: FakeOllama): Promise<LanguageWorld> {
  const opened = await languageWorld({
    settings: [
      { role: "voice", model: "near:voice:1b" },
      { role: "director", model: "far:director:8b" },
    ],
    places: [
      { name: "near", url: voices.address },
      { name: "far", url: directors.address },
    ],
  });
  closers.push(opened.close);
  await opened.models.residency.ready(never);
  return opened;
}

const usedBytes = ({ models }: LanguageWorld): number =>
  models.residency.status().pools.reduce((sum, pool) => sum + pool.usedBytes, 0);
const stateOf = ({ models }: LanguageWorld, role: string): string | undefined =>
  models.residency.status().models.find((it) => it.role === role)?.state;

/** The voice is as it was: it answers, was never lost, and nothing but it holds memory. */
async function voiceAlone(it: LanguageWorld): Promise<void> {
  await until(() => usedBytes(it) === voice.weightBytes);
  expect(await said(it, "voice")).toMatch(/^why 0\./);
  expect(it.pins).toEqual([]);
}

describe("a server that is down", () => {
  test("at the start does not keep Sotto from starting; the director is refused with why, and comes when its server does", async () => {
    const [voices, directors] = [await ollama(), await ollama()];
    await directors.stop();
    const it = await open(voices, directors);
    await expect(said(it, "director")).rejects.toMatchObject({
      code: "server-down",
      message: expect.stringMatching(/far does not answer at http.*Is it running\?/),
    });
    expect(it.models.residency.status().models.find(({ role }) => role === "director")).toMatchObject({
      state: "failed",
      note: expect.stringMatching(/far does not answer/),
    });
    await voiceAlone(it);
    await directors.start();
    expect(await said(it, "director")).toMatch(/^why 0\./);
    expect(usedBytes(it)).toBe(voice.weightBytes + director.weightBytes);
  });

  test("when it comes up, what it tells of its models is known before one is loaded", async () => {
    const [voices, directors] = [await ollama(), await ollama()];
    await directors.stop();
    const opened = await languageWorld(
      {
        settings: [
          { role: "voice", model: "near:voice:1b" },
          { role: "director", model: "far:director:8b" },
        ],
        places: [
          { name: "near", url: voices.address },
          { name: "far", url: directors.address },
        ],
      },
      // What is supposed of a model that nobody knows would fit.
      new ScriptedMachine({ ramBytes: 3.2 * gigabyte }),
    );
    closers.push(opened.close);
    await opened.models.residency.ready(never);
    await directors.start();
    await expect(said(opened, "director")).rejects.toBeInstanceOf(ModelError);
    const why = (): string => {
      const forecast = opened.models.residency.forecast("director");
      return forecast.status === "unavailable" ? forecast.why : "";
    };
    await until(() => /needs 5\.. GB of ram/.test(why()));
    expect(directors.bodies("/api/generate")).toEqual([]);
  });
});

describe("a server that dies", () => {
  test("while it holds the director costs its users that one lease; then it is had again", async () => {
    const [voices, directors] = [await ollama(), await ollama()];
    const it = await open(voices, directors);
    const lease = await it.models.residency.lease({ role: "director" }, never);
    await directors.stop();
    await until(() => stateOf(it, "director") !== "ready");
    const { failure } = await heard(lease.engine.reply(question("still there"), never));
    expect(failure).toMatchObject({ code: "server-down" });
    lease[Symbol.dispose]();
    await voiceAlone(it);
    await directors.start();
    expect(await said(it, "director")).toMatch(/^why 0\./);
    expect(usedBytes(it)).toBe(voice.weightBytes + director.weightBytes);
    expect(it.journal()).toContain("loss far:director:8b server-down");
  });

  test("in the middle of an answer gives what was said, then an error, and leaves the voice alone", async () => {
    const [voices, directors] = [await ollama(), await ollama()];
    const it = await open(voices, directors);
    using lease = await it.models.residency.lease({ role: "director" }, never);
    directors.answerEnds = "server-dies";
    const { parts, failure } = await heard(lease.engine.reply(question("why"), never));
    expect(parts.slice(0, 2)).toEqual([
      { type: "text", text: "why 0. " },
      { type: "text", text: "why 1. " },
    ]);
    expect(failure).toMatchObject({ code: "server-down" });
    await voiceAlone(it);
    directors.answerEnds = "well";
    await directors.start();
    expect(await said(it, "director")).toMatch(/^why 11|why 0\./);
  });

  test("while it loads answers everyone who waits, once, and no memory stays reserved", async () => {
    const [voices, directors] = [await ollama(), await ollama()];
    const it = await open(voices, directors);
    directors.scheduler.loadGate = new Promise(() => undefined);
    const asked = [1, 2, 3].map(() => it.models.residency.lease({ role: "director" }, never));
    const outcomes = Promise.allSettled(asked);
    await until(() => directors.heldBytes > 0);
    await directors.stop();
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "server-down" } });
    }
    await voiceAlone(it);
  });

  test("LM Studio, too: the coder's lease ends, and it is had again", async () => {
    const [voices, desk] = [await ollama(), await FakeLmStudio.start(["coder"])];
    closers.push(() => desk[Symbol.asyncDispose]());
    const it = await languageWorld({
      settings: [
        { role: "voice", model: "near:voice:1b" },
        { role: "coder", model: "desk:coder" },
      ],
      places: [
        { name: "near", url: voices.address },
        { name: "desk", url: desk.http.url },
      ],
    });
    closers.push(it.close);
    await it.models.residency.ready(never);
    const lease = await it.models.residency.lease({ role: "coder" }, never);
    desk.chat.waitsAfter = 2;
    const answer = heard(lease.engine.reply(question("why"), never));
    await until(() => desk.chat.computed === 2);
    await desk.http.stop();
    desk.models.set("coder", []);
    expect((await answer).failure).toMatchObject({ code: "server-down" });
    await until(() => stateOf(it, "coder") !== "ready");
    lease[Symbol.dispose]();
    await voiceAlone(it);
    desk.chat.waitsAfter = undefined;
    await desk.http.start();
    expect(await said(it, "coder")).toBe(longText);
  });
});

describe("a server that is not to be relied on", () => {
  test("lies in its list: the director counts as lost, its memory as free, until the list is right again", async () => {
    const [voices, directors] = [await ollama(), await ollama()];
    const it = await open(voices, directors);
    await said(it, "director");
    directors.hidden.add(director.name);
    await until(() => stateOf(it, "director") !== "ready");
    await expect(said(it, "director")).rejects.toMatchObject({ code: "engine-failed" });
    await voiceAlone(it);
    directors.hidden.clear();
    await until(() => it.models.residency.forecast("director").status !== "unavailable");
    expect(await said(it, "director")).toMatch(/^why 0\./);
  });

  test("has its queue full: it is asked again, and refused as busy when it stays full", async () => {
    const [voices, directors] = [await ollama(), await ollama()];
    const it = await open(voices, directors);
    directors.queueFullTimes = 2;
    expect(await said(it, "director")).toMatch(/^why 0\./);
    directors.queueFullTimes = 1_000;
    await expect(said(it, "director")).rejects.toMatchObject({ code: "busy" });
    directors.queueFullTimes = 0;
    expect(await said(it, "director")).toMatch(/^why 0\./);
    expect(it.pins).toEqual([]);
  });
});
