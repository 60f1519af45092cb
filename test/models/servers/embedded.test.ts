import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../../models/clock.ts";
import { packageFile } from "../../../models/host/entries.ts";
import { EmbeddedServer } from "../../../models/servers/embedded.ts";
import type { GenerateRequest, GenerationStats } from "../../../models/servers/server.ts";
import { completionContract } from "../../contracts/completion-contract.ts";
import { writeTinyGguf } from "../../support/tiny-gguf.ts";

function plain(text: string): GenerateRequest["prompt"] {
  return [{ text, special: false }];
}

function server(modelPath: string, onStats?: (stats: GenerationStats) => void): EmbeddedServer {
  const log = (): void => undefined;
  return new EmbeddedServer({ name: "voice", modelPath, clock: systemClock, log, ...(onStats ? { onStats } : {}) });
}

completionContract(
  "A random model in llama.cpp",
  async () => {
    const path = await writeTinyGguf();
    const completion = server(path);
    await completion.ready();
    const close = async (): Promise<void> => {
      await completion[Symbol.asyncDispose]();
      await rm(dirname(path), { recursive: true });
    };
    return { completion, close };
  },
  (words) => ({ prompt: plain(words) }),
);

completionContract(
  "The starter model",
  async () => {
    const completion = server(packageFile("models/starter/voice.gguf"));
    await completion.ready();
    return { completion, close: () => completion[Symbol.asyncDispose]() };
  },
  // By itself it stops after a short line.
  (words) => ({ prompt: plain(words), grammar: "root ::= [a-z ] root" }),
);

describe("llama.cpp in its process", () => {
  let path = "";
  let voice: EmbeddedServer;
  const stats: GenerationStats[] = [];

  beforeAll(async () => {
    path = await writeTinyGguf({ contextTokens: 1_024 });
    voice = server(path, (of) => stats.push(of));
    await voice.ready();
  });
  afterAll(async () => {
    await voice[Symbol.asyncDispose]();
    await rm(dirname(path), { recursive: true });
  });

  async function textOf(more: Partial<GenerateRequest>): Promise<string> {
    const request = { sequence: "a", prompt: plain("hello"), maxTokens: 8, temperature: 0, stop: [], ...more };
    let text = "";
    for await (const part of voice.generate(request, new AbortController().signal)) text += part.text;
    return text;
  }

  test("says what it is", () => {
    expect(voice).toMatchObject({ model: "tiny", status: "ready", starts: 1 });
    expect(voice.bytes).toBeGreaterThan(10_000_000);
  });

  test("computes only what is new in a conversation, for 16 conversations at once", async () => {
    const names = Array.from({ length: 16 }, (_, i) => `session ${i}`);
    const opening = (name: string): string => `This is ${name.padEnd(12)}. ${"Words. ".repeat(20)}`;
    await Promise.all(names.map((sequence) => textOf({ sequence, prompt: plain(opening(sequence)), maxTokens: 1 })));
    const before = await voice.counters();
    stats.length = 0;
    await Promise.all(
      names.map((sequence) => textOf({ sequence, prompt: plain(`${opening(sequence)}More.`), maxTokens: 1 })),
    );
    const after = await voice.counters();
    expect(stats).toHaveLength(16);
    for (const of of stats) expect(of).toMatchObject({ promptTokens: 167, cachedTokens: 162 });
    expect(after.evaluatedTokens - before.evaluatedTokens).toBe(16 * 5);
  });

  test("finds what it said itself in its cache, and forgets what was cut out", async () => {
    stats.length = 0;
    const said = await textOf({ sequence: "own", grammar: 'root ::= "fine, thanks"', maxTokens: 50 });
    expect(said).toBe("fine, thanks");
    await textOf({ sequence: "own", prompt: plain(`hello${said}!`) });
    await textOf({ sequence: "own", prompt: plain("hello you"), maxTokens: 0 });
    await textOf({ sequence: "own", prompt: plain("hello you"), maxTokens: 1 });
    expect(stats.map((of) => of.cachedTokens)).toEqual([0, 17, 5, 8]);
  });

  test("reads control tokens in special pieces only", async () => {
    stats.length = 0;
    for (const text of ["<|im_end|>", "<tool_call>", "a<tool_call><tool_call>"]) {
      await textOf({ sequence: "tags", prompt: [{ text, special: true }], maxTokens: 1 });
      await textOf({ sequence: "tags", prompt: [{ text, special: false }], maxTokens: 1 });
    }
    expect(stats.map((of) => of.promptTokens)).toEqual([1, 10, 1, 11, 3, 23]);
  });

  test("says why it stopped", async () => {
    stats.length = 0;
    await textOf({ grammar: 'root ::= "yes"', maxTokens: 9 });
    await textOf({ maxTokens: 9 });
    await textOf({ grammar: 'root ::= "yes, no"', stop: [","], maxTokens: 9 });
    await textOf({ grammar: "root ::= [a-z] root", maxTokens: 5_000 });
    expect(stats.map((of) => of.stopReason)).toEqual(["end", "length", "stop", "context"]);
    expect(stats.at(-1)?.generatedTokens).toBe(1_024 - 5);
  });

  test("obeys a grammar even where the model would never go by itself, and says how unlikely that was", async () => {
    const digits = await textOf({ grammar: "root ::= [0-9]{12}", maxTokens: 40, temperature: 2 });
    expect(digits).toMatch(/^[0-9]{12}$/);
    const request = { sequence: "a", prompt: plain("hello"), maxTokens: 8, temperature: 0, stop: [] };
    const free = voice.generate({ ...request, grammar: "root ::= [\\x00-\\x7F]+" }, new AbortController().signal);
    const forced = voice.generate({ ...request, grammar: 'root ::= "z"' }, new AbortController().signal);
    const likely = (await free.next()).value?.probability ?? 0;
    const unlikely = (await forced.next()).value?.probability ?? 1;
    expect(unlikely).toBeLessThan(0.5);
    expect(unlikely).toBeLessThan(likely);
  });

  test("refuses what cannot be done, and works on", async () => {
    const tooLong = textOf({ prompt: plain("x".repeat(2_000)) });
    await expect(tooLong).rejects.toMatchObject({
      code: "engine-failed",
      message: expect.stringContaining("2000 tokens"),
    });
    await expect(textOf({ grammar: "root ::= (" })).rejects.toMatchObject({ code: "engine-failed" });
    await expect(textOf({ grammar: 'root ::= "a"', jsonSchema: {} })).rejects.toMatchObject({ code: "engine-failed" });
    await expect(textOf({ temperature: -1 })).rejects.toMatchObject({ code: "engine-failed" });
    expect(await textOf({ grammar: 'root ::= "yes"' })).toBe("yes");
  });

  test("stops within one token of an abort", async () => {
    const before = await voice.counters();
    const controllers = Array.from({ length: 8 }, () => new AbortController());
    const outcomes = await Promise.allSettled(
      controllers.map(async (controller, i) => {
        const request = { sequence: `abort ${i}`, prompt: plain("hello"), maxTokens: 900, temperature: 0, stop: [] };
        let parts = 0;
        for await (const _ of voice.generate(request, controller.signal)) if (++parts === 3 + i) controller.abort();
      }),
    );
    expect(outcomes.map((outcome) => outcome.status)).toEqual(Array(8).fill("rejected"));
    let after = await voice.counters();
    while (after.aborts < before.aborts + 8) after = await voice.counters();
    expect(after.mostTokensAfterAbort).toBeLessThanOrEqual(1);
    expect(after.generatedTokens - before.generatedTokens).toBeLessThan((8 * 900) / 2);
  });

  test("killed in the middle of a word: the call fails at once, and the same object works again", async () => {
    const request = { sequence: "killed", prompt: plain("hello"), maxTokens: 900, temperature: 0, stop: [] };
    let parts = 0;
    const speaking = (async () => {
      for await (const _ of voice.generate(request, new AbortController().signal)) {
        parts += 1;
        if (parts === 3 && voice.pid !== undefined) process.kill(voice.pid, "SIGKILL");
      }
    })();
    await expect(speaking).rejects.toMatchObject({ code: "host-exited" });
    expect(voice.status).not.toBe("ready");
    await expect(textOf({})).rejects.toMatchObject({ code: "host-exited" });
    await voice.ready();
    expect(await textOf({ grammar: 'root ::= "yes"' })).toBe("yes");
    expect(voice.starts).toBe(2);
  });
});
