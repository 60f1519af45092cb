import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Completion, GeneratedPart, GenerateRequest, GenerationStats } from "../../models/servers/server.ts";

export interface CompletionUnderTest {
  readonly completion: Completion;
  readonly close: () => Promise<void>;
}

/** What the engine answers with at least 24 tokens, different for different words. */
export type Ask = (words: string) => Pick<GenerateRequest, "prompt" | "grammar">;

/** What every language model promises, scripted or real. */
export function completionContract(name: string, open: () => Promise<CompletionUnderTest>, ask: Ask): void {
  describe(`${name}, as any completion,`, () => {
    let subject: CompletionUnderTest;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(async () => {
      await subject.close();
    });

    const request = (words: string, more: Partial<GenerateRequest> = {}): GenerateRequest => ({
      sequence: words,
      ...ask(words),
      maxTokens: 24,
      temperature: 0,
      stop: [],
      ...more,
    });
    const textOf = async (asked: GenerateRequest): Promise<string> => {
      let text = "";
      for await (const part of subject.completion.generate(asked, new AbortController().signal)) text += part.text;
      return text;
    };

    test("streams parts with probabilities, and ends", async () => {
      const parts: GeneratedPart[] = [];
      const { signal } = new AbortController();
      for await (const part of subject.completion.generate(request("good morning"), signal)) parts.push(part);
      expect(parts.length).toBeGreaterThan(3);
      for (const part of parts) {
        expect(part.text).not.toBe("");
        expect(part.probability).toBeGreaterThan(0);
        expect(part.probability).toBeLessThanOrEqual(1);
      }
    });

    test("says the same again at temperature 0", async () => {
      const once = await textOf(request("good evening"));
      expect(once.length).toBeGreaterThan(3);
      expect(await textOf(request("good evening"))).toBe(once);
      expect(await textOf(request("good evening", { sequence: "another" }))).toBe(once);
    });

    test("makes at most maxTokens tokens, and none for 0", async () => {
      const whole = await textOf(request("count"));
      const some = await textOf(request("count", { maxTokens: 7 }));
      expect(whole.startsWith(some.replace(/\uFFFD+$/, ""))).toBe(true);
      expect(some.length).toBeLessThan(whole.length);
      expect(await textOf(request("count", { maxTokens: 0 }))).toBe("");
    });

    test("tells behind its last part why it ended and what it cost, and nothing when it was left", async () => {
      const costOf = async (more: Partial<GenerateRequest>, most = Number.POSITIVE_INFINITY) => {
        const told: GenerationStats[] = [];
        let parts = 0;
        const asked = request("what did it cost", { ...more, onEnd: (stats) => told.push(stats) });
        for await (const _ of subject.completion.generate(asked, new AbortController().signal)) {
          expect(told).toEqual([]);
          parts += 1;
          if (parts === most) break;
        }
        return told;
      };
      const whole = await textOf(request("what did it cost"));
      const [short, ...others] = await costOf({ maxTokens: 7 });
      expect(others).toEqual([]);
      expect(short).toMatchObject({ sequence: "what did it cost", generatedTokens: 7, stopReason: "length" });
      expect(short?.promptTokens).toBeGreaterThan(0);
      expect(short?.cachedTokens).toBeLessThanOrEqual(short?.promptTokens ?? 0);
      const stop = whole.slice(whole.length - 6, whole.length - 3);
      expect(await costOf({ stop: [stop] })).toMatchObject([{ stopReason: "stop" }]);
      expect(await costOf({ maxTokens: 0 })).toMatchObject([{ generatedTokens: 0, stopReason: "length" }]);
      expect(await costOf({}, 2)).toEqual([]);
    });

    test("ends before the first stop string", async () => {
      const whole = await textOf(request("stop"));
      const middle = Math.floor(whole.length / 2);
      const stop = whole.slice(middle, middle + 3);
      expect(await textOf(request("stop", { stop: [stop, "never said \0"] }))).toBe(
        whole.slice(0, whole.indexOf(stop)),
      );
    });

    test("ends with the signal's reason when it is aborted, without another part, and goes on to work", async () => {
      const whole = await textOf(request("abort"));
      const controller = new AbortController();
      const heard: string[] = [];
      let failure: unknown;
      try {
        for await (const part of subject.completion.generate(request("abort"), controller.signal)) {
          heard.push(part.text);
          if (heard.length === 3) controller.abort(new Error("barged in"));
        }
      } catch (error) {
        failure = error;
      }
      expect(failure).toMatchObject({ message: "barged in" });
      expect(heard).toHaveLength(3);
      expect(await textOf(request("abort"))).toBe(whole);
    });

    test("says nothing when it was aborted before", async () => {
      const signal = AbortSignal.abort(new Error("too late"));
      const parts = subject.completion.generate(request("late"), signal)[Symbol.asyncIterator]();
      await expect(parts.next()).rejects.toMatchObject({ message: "too late" });
    });

    test("may be left in the middle", async () => {
      const whole = await textOf(request("leave"));
      for await (const _ of subject.completion.generate(request("leave"), new AbortController().signal)) break;
      expect(await textOf(request("leave"))).toBe(whole);
    });

    test("keeps conversations apart that run at once, and turns of one conversation in order", async () => {
      const words = ["one", "two", "three", "four", "five", "six"];
      const alone: string[] = [];
      for (const word of words) alone.push(await textOf(request(word)));
      expect(new Set(alone).size).toBe(words.length);
      expect(await Promise.all(words.map((word) => textOf(request(word))))).toEqual(alone);
      const sharing = words.map((word) => textOf(request(word, { sequence: "shared" })));
      expect(await Promise.all(sharing)).toEqual(alone);
    });

    test("refuses an empty prompt", async () => {
      await expect(textOf(request("empty", { prompt: [] }))).rejects.toMatchObject({ code: "engine-failed" });
    });
  });
}
