import { describe, expect, test } from "vitest";
import { systemClock } from "../../../models/clock.ts";
import type { ReplyPart, ReplyRequest } from "../../../models/roles.ts";
import { ScriptedCompletion, ScriptedWriter } from "../../../models/servers/scripted.ts";
import { completionContract } from "../../contracts/completion-contract.ts";
import { settle, VirtualClock } from "../../support/virtual-clock.ts";

completionContract(
  "A scripted model",
  async () => ({
    completion: new ScriptedCompletion((request) => {
      const words = request.prompt.map((piece) => piece.text).join("");
      return Array.from({ length: 30 }, (_, i) => ({ text: `${words}${i} `, probability: 0.5 }));
    }, systemClock),
    close: async () => undefined,
  }),
  (words) => ({ prompt: [{ text: words, special: false }] }),
);

const request: ReplyRequest = { conversation: "a", messages: [], tools: [], toolChoice: "auto", maxTokens: 10 };

describe("a scripted model", () => {
  test("takes its time on the clock it is given, and can be aborted meanwhile", async () => {
    const clock = new VirtualClock();
    const model = new ScriptedCompletion(() => [{ text: "a" }, { text: "b", afterMs: 500 }], clock);
    const controller = new AbortController();
    const ask = { sequence: "a", prompt: [{ text: "x", special: false }], maxTokens: 9, temperature: 0, stop: [] };
    const parts = model.generate(ask, controller.signal);
    expect(await parts.next()).toMatchObject({ value: { text: "a", probability: 1 } });
    const second = parts.next();
    let said = false;
    void second.then(() => {
      said = true;
    });
    await clock.advance(499);
    expect(said).toBe(false);
    await clock.advance(1);
    expect(await second).toMatchObject({ value: { text: "b" } });

    const waiting = model.generate(ask, controller.signal);
    await waiting.next();
    const never = waiting.next();
    controller.abort(new Error("enough"));
    await expect(never).rejects.toThrow("enough");
  });
});

describe("a scripted writer", () => {
  test("answers as it is told and remembers what it was asked", async () => {
    const writer = new ScriptedWriter(({ conversation }) => [{ type: "text", text: `hello ${conversation}` }]);
    const parts: ReplyPart[] = [];
    for await (const part of writer.reply(request, new AbortController().signal)) parts.push(part);
    expect(parts).toEqual([{ type: "text", text: "hello a" }]);
    expect(writer.requests).toEqual([request]);
  });

  test("is aborted even while its script waits for ever", async () => {
    const controller = new AbortController();
    const writer = new ScriptedWriter(async function* () {
      yield { type: "text", text: "wait" };
      await new Promise(() => undefined);
    });
    const parts = writer.reply(request, controller.signal)[Symbol.asyncIterator]();
    expect(await parts.next()).toMatchObject({ value: { text: "wait" } });
    const never = parts.next();
    await settle();
    controller.abort(new Error("enough"));
    await expect(never).rejects.toThrow("enough");
  });
});
