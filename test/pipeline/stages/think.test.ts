import { describe, expect, test } from "vitest";
import { ModelError } from "../../../models/errors.ts";
import type { ReplyPart, ReplyRequest, Toolbox } from "../../../models/roles.ts";
import { ScriptedWriter } from "../../../models/servers/scripted.ts";
import { think } from "../../../pipeline/stages/think.ts";
import { modelsOf } from "../../support/models-of.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const say = (text: string): ReplyPart => ({ type: "text", text });
const call = (name: string): ReplyPart => ({ type: "call", name, argumentsJson: "{}" });
const tool = (name: string) => ({ name, description: "", parameters: {} });
const toolbox: Toolbox = { specs: [tool("time"), tool("lamp")], run: async ({ name }) => `"${name} ran"` };
const crash = new ModelError("host-exited", "The voice process ended");

interface Thought {
  readonly parts: readonly ReplyPart[];
  readonly error: unknown;
  readonly requests: readonly ReplyRequest[];
  readonly marks: readonly string[];
}

async function thinks(
  script: (request: ReplyRequest, count: number) => Iterable<ReplyPart>,
  {
    toolChoice = "auto",
    downMs = 0,
    role = "voice",
    refusal = crash,
    clock = new VirtualClock(),
  }: {
    readonly toolChoice?: "auto" | "required";
    readonly downMs?: number;
    readonly role?: "voice" | "director";
    readonly refusal?: ModelError;
    readonly clock?: VirtualClock;
  } = {},
): Promise<Thought> {
  const writer = new ScriptedWriter((request) => script(request, writer.requests.length));
  let backMs = 0;
  const models = modelsOf({ voice: writer, director: writer }, () => {
    if ((writer.requests.length > 0 || refusal !== crash) && backMs === 0) backMs = clock.nowMs() + downMs;
    if (clock.nowMs() < backMs) throw refusal;
  });
  const marks: string[] = [];
  const parts: ReplyPart[] = [];
  let error: unknown;
  const question = {
    conversation: "conv",
    messages: [{ from: "user", text: "hello" } as const],
    tools: [tool("lamp")],
    toolChoice,
    maxTokens: 10,
    role,
  };
  const options = { models, toolbox, clock, log: () => undefined, mark: (mark: string) => marks.push(mark) };
  const run = async (): Promise<void> => {
    for await (const part of think(question, options, new AbortController().signal)) parts.push(part);
  };
  const done = run().catch((thrown: unknown) => {
    error = thrown;
  });
  await clock.advance(60_000);
  await done;
  return { parts, error, requests: writer.requests, marks };
}

describe("functions", () => {
  test("of ours run here, and the model is shown what came of them", async () => {
    const { parts, requests, marks } = await thinks((_request, count) => [count === 1 ? call("time") : say("Noon.")]);
    expect(parts).toEqual([say("Noon.")]);
    expect(requests[1]?.messages.slice(1)).toEqual([
      { from: "call", id: "own_0_0", name: "time", argumentsJson: "{}" },
      { from: "result", id: "own_0_0", name: "time", output: '"time ran"' },
    ]);
    expect(marks.slice(0, 2)).toEqual(["lease", "first-token"]);
  });

  test("that need one another are called one after the other, and nothing is forgotten", async () => {
    const { requests } = await thinks((_request, count) => [count < 3 ? call("time") : say("Noon.")]);
    expect(requests[2]?.messages.map(({ from }) => from)).toEqual(["user", "call", "result", "call", "result"]);
  });

  test("of the client go to the client, also one that is called like ours", async () => {
    const { parts, requests } = await thinks(() => [say("One second."), call("lamp")]);
    expect(parts).toEqual([say("One second."), call("lamp")]);
    expect(requests).toHaveLength(1);
    expect(requests[0]?.tools.map(({ name }) => name)).toEqual(["lamp", "time"]);
  });

  test("that must be called are called once; then the model may answer", async () => {
    const { requests } = await thinks((_request, count) => [count === 1 ? call("time") : say("Noon.")], {
      toolChoice: "required",
    });
    expect(requests.map(({ toolChoice }) => toolChoice)).toEqual(["required", "auto"]);
  });

  test("asked for again and again are given up, aloud", async () => {
    const { parts, requests, error } = await thinks(() => [call("time")]);
    expect(error).toBeUndefined();
    expect(requests).toHaveLength(4);
    expect(parts).toEqual([say("Sorry, I could not work that out.")]);
  });
});

describe("the end", () => {
  const end = (reason: "end" | "length", tokens: number | null): ReplyPart => {
    const usage = tokens === null ? null : { inputTokens: 10 * tokens, cachedTokens: 2 * tokens, outputTokens: tokens };
    return { type: "end", reason, usage };
  };

  test("of an answer in several rounds comes once, with the cost of all and the reason of the last", async () => {
    const { parts, marks } = await thinks((_request, count) =>
      count === 1 ? [call("time"), end("end", 3)] : [say("Noon and"), end("length", 4)],
    );
    expect(parts).toEqual([say("Noon and"), end("length", 7)]);
    expect(marks.filter((mark) => mark === "first-token")).toHaveLength(2);
  });

  test("has no cost when that of one round is not known", async () => {
    const { parts } = await thinks((_request, count) =>
      count === 1 ? [call("time"), end("end", null)] : [say("Noon."), end("end", 4)],
    );
    expect(parts).toEqual([say("Noon."), end("end", null)]);
  });
});

describe("when the model's process dies", () => {
  const dying = function* (_request: ReplyRequest, count: number): Generator<ReplyPart> {
    if (count > 1) yield say("Hello.");
    else throw crash;
  };

  test("it says so and asks again, as soon as it is back", async () => {
    const { parts, requests } = await thinks(dying, { downMs: 9_000 });
    expect(parts).toEqual([say("One moment. "), say("Hello.")]);
    expect(requests).toHaveLength(2);
  });

  test("and does not come back, the answer fails after ten seconds", async () => {
    const { parts, error, requests } = await thinks(dying, { downMs: 11_000 });
    expect(parts).toEqual([say("One moment. ")]);
    expect(error).toBe(crash);
    expect(requests).toHaveLength(1);
  });

  test("twice, the answer fails", async () => {
    const { parts, error, requests } = await thinks(() => {
      throw crash;
    });
    expect(parts).toEqual([say("One moment. ")]);
    expect(error).toBe(crash);
    expect(requests).toHaveLength(2);
  });

  test("what a function has brought is not asked for again", async () => {
    const { requests, parts } = await thinks((_request, count) => {
      if (count === 2) throw crash;
      return [count === 1 ? call("time") : say("Noon.")];
    });
    expect(requests.map(({ messages }) => messages.length)).toEqual([1, 3, 3]);
    expect(parts).toEqual([say("One moment. "), say("Noon.")]);
  });
});

describe("when the model's server dies", () => {
  const down = new ModelError("server-down", "Nobody answers");

  test("before anybody has noticed, it says so and asks until somebody answers", async () => {
    const clock = new VirtualClock();
    const script = function* (): Generator<ReplyPart> {
      if (clock.nowMs() < 9_000) throw down;
      yield say("Hello.");
    };
    expect((await thinks(script, { clock })).parts).toEqual([say("One moment. "), say("Hello.")]);
  });

  test("and stays away, the answer fails after ten seconds", async () => {
    const clock = new VirtualClock();
    let lastMs = 0;
    const { parts, error } = await thinks(
      () => {
        lastMs = clock.nowMs();
        throw down;
      },
      { clock },
    );
    expect(parts).toEqual([say("One moment. ")]);
    expect(error).toBe(down);
    expect(lastMs).toBe(10_000);
  });

  test("in the middle of the second answer, too, the answer fails", async () => {
    const { error, requests } = await thinks(function* () {
      yield say("Hel");
      throw down;
    });
    expect(error).toBe(down);
    expect(requests).toHaveLength(2);
  });

  test("and nothing is granted, the voice is waited for", async () => {
    const { parts } = await thinks(() => [say("Hello.")], { refusal: down, downMs: 4_000 });
    expect(parts).toEqual([say("One moment. "), say("Hello.")]);
  });

  test("and nothing is granted, a director that was waited for already is not", async () => {
    const { parts, error } = await thinks(() => [say("Hello.")], { refusal: down, downMs: 4_000, role: "director" });
    expect(parts).toEqual([]);
    expect(error).toBe(down);
  });
});

test("any other failure is the answer's, at once", async () => {
  const failure = new ModelError("engine-failed", "No");
  const { error, parts, requests } = await thinks(() => {
    throw failure;
  });
  expect(error).toBe(failure);
  expect(parts).toEqual([]);
  expect(requests).toHaveLength(1);
});
