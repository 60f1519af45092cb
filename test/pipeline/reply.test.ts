import { expect, test } from "vitest";
import type { ReplyPart, Tts } from "../../models/roles.ts";
import { ScriptedWriter } from "../../models/servers/scripted.ts";
import { reply } from "../../pipeline/reply.ts";
import type { ReplyJob } from "../../pipeline/reply-events.ts";
import { emptySeat } from "../support/empty-seat.ts";
import { modelsOf } from "../support/models-of.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const say = (text: string): ReplyPart => ({ type: "text", text });
const answer: ReplyJob["content"] = {
  type: "answer",
  messages: [{ from: "user", text: "hello" }],
  tools: [{ name: "lamp", description: "", parameters: {} }],
  toolChoice: "auto",
  maxTokens: 100,
  director: { how: "errand" },
};

interface Trial {
  readonly job?: Partial<ReplyJob>;
  readonly script?: (clock: VirtualClock, signal: AbortSignal) => Iterable<ReplyPart> | AsyncIterable<ReplyPart>;
  readonly ttsMs?: number;
}

/** An answer in virtual time: each event with its moment; sound lasts 200 ms a clause, in one piece. */
function start({ job, script = () => [], ttsMs = 30 }: Trial) {
  const clock = new VirtualClock();
  const scope = new AbortController();
  const trace: string[] = [];
  const note = (line: string): number => trace.push(`${line} @${clock.nowMs()}`);
  const voice = new ScriptedWriter((_request, signal) => script(clock, signal));
  const tts: Tts = {
    voices: ["slt"],
    async *speak(text, _options, signal) {
      note(`say ${text}`);
      await clock.sleep(ttsMs, signal);
      yield { samples: new Int16Array(3_200), atMs: 0 };
    },
  };
  const options = {
    models: modelsOf({ voice, tts }),
    toolbox: { specs: [], run: async () => "{}" },
    clock,
    leadMs: 100,
    speakable: (text: string) => text.trim(),
    log: (line: string) => note(line),
    mark: () => undefined,
    routing: { coding: true, asked: true, tasks: [], hardFrom: 2, fallback: "auto" } as const,
    coding: emptySeat.coding,
    sendErrand: () => undefined,
    errand: async function* (): AsyncGenerator<never, void, void> {},
  };
  const whole: ReplyJob = { conversation: "c", content: answer, modality: "audio", voice: "slt", speed: 1, ...job };
  const run = async (): Promise<string> => {
    for await (const event of reply(whole, options, scope.signal)) {
      if (event.type === "text") note(`text ${event.text}`);
      else if (event.type === "clause") note(`clause${event.shown}`);
      else if (event.type === "audio") note(`audio ${event.samples.length}`);
      else note(event.type === "call" ? `call ${event.name}` : event.type);
    }
    return "done";
  };
  const outcome = run().catch((error: unknown) => String(error));
  return { clock, scope, trace, outcome, requests: voice.requests };
}

test("clause by clause, the next one in the making while this one is heard; calls come after the words", async () => {
  const { clock, trace, outcome } = start({
    script: () => [
      say("One is here. Two"),
      { type: "call", name: "lamp", argumentsJson: "{}" },
      say(" is there. Three."),
    ],
  });
  await clock.advance(5_000);
  expect(await outcome).toBe("done");
  expect(trace).toMatchInlineSnapshot(`
    [
      "say One is here. @0",
      "clauseOne is here. @0",
      "audio 3200 @30",
      "say Two is there. @30",
      "clause Two is there. @30",
      "say Three. @60",
      "audio 3200 @130",
      "clause Three. @130",
      "audio 3200 @330",
      "call lamp @330",
    ]
  `);
});

test("in writing it comes as the model makes it, and nobody speaks", async () => {
  const { clock, trace, outcome } = start({
    job: { modality: "text" },
    script: async function* () {
      yield say("One");
      await clock.sleep(100);
      yield say(" two.");
    },
  });
  await clock.advance(5_000);
  expect(await outcome).toBe("done");
  expect(trace).toEqual(["text One @0", "text  two. @100"]);
});

test("a fixed sentence needs no model", async () => {
  const { clock, trace, outcome, requests } = start({ job: { content: { type: "say", text: "Are you there?" } } });
  await clock.advance(5_000);
  expect(await outcome).toBe("done");
  expect(requests).toEqual([]);
  expect(trace).toEqual(["say Are you there? @0", "clauseAre you there? @0", "audio 3200 @30"]);
});

test("a model that fails fails the answer, after the words that came before", async () => {
  const { clock, trace, outcome } = start({
    script: function* () {
      yield say("One is here. ");
      throw new Error("It broke");
    },
  });
  await clock.advance(5_000);
  expect(await outcome).toBe("Error: It broke");
  expect(trace.filter((line) => line.startsWith("audio"))).toHaveLength(1);
});

test.each([0, 20, 90, 150, 400])(
  "an abort after %d ms ends everything at once: model, mouth and playing",
  async (ms) => {
    const { clock, scope, trace, outcome } = start({
      script: async function* (virtual, signal) {
        for (let n = 0; n < 50; n += 1) {
          yield say(`This is sentence ${n}. `);
          await virtual.sleep(25, signal);
        }
      },
    });
    await clock.advance(ms);
    scope.abort(new Error("Enough"));
    await clock.advance(0);
    expect(await outcome).toBe("Error: Enough");
    expect(clock.sleepers).toBe(0);
    const before = trace.length;
    await clock.advance(5_000);
    expect(trace).toHaveLength(before);
  },
);
