import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ReplyPart, Writer } from "../../../../models/roles.ts";
import { ask, director, loadOf, never, ollamaWorld, options, tool, voice } from "./ollama-world.ts";

let opened: Awaited<ReturnType<typeof ollamaWorld>>;
beforeEach(async () => {
  opened = await ollamaWorld({ models: [voice, { ...director, thinking: true }] });
});
afterEach(async () => {
  await opened.close();
});

/** Words and calls; what they cost is asked for by itself. */
async function partsOf(writer: Writer, request = ask("hello")): Promise<ReplyPart[]> {
  const parts: ReplyPart[] = [];
  for await (const part of writer.reply(request, never)) if (part.type !== "end") parts.push(part);
  return parts;
}

describe("what is sent to Ollama", () => {
  test("has the same options in every call, all of those that would load a model anew", async () => {
    const wanted = { ...options, gpuLayers: 12, threads: 3 };
    const { writer } = await opened.server.load(loadOf(voice, [], { options: wanted }), never);
    await partsOf(writer);
    await partsOf(writer, ask("again", { maxTokens: 7 }));
    const frozen = { num_ctx: 1_024, num_batch: 512, num_gpu: 12, use_mmap: true, num_thread: 3 };
    expect(opened.fake.bodies("/api/generate").map((body) => body["options"])).toEqual([frozen]);
    expect(opened.fake.bodies("/api/chat").map((body) => body["options"])).toEqual([
      { ...frozen, num_predict: 100 },
      { ...frozen, num_predict: 7 },
    ]);
  });

  test("leaves the number of layers to Ollama when all should be on the GPU", async () => {
    await opened.server.load(loadOf(voice, []), never);
    expect(opened.fake.bodies("/api/generate")[0]).toMatchObject({ options: { num_gpu: -1 } });
  });

  test("pins with a number, and says nothing about it in any question", async () => {
    const { writer } = await opened.server.load(loadOf(voice, [], { pinned: true }), never);
    await opened.server.load(loadOf(director, []), never);
    await partsOf(writer);
    expect(opened.fake.bodies("/api/generate").map((body) => body["keep_alive"])).toEqual([-1, 86_400]);
    expect(opened.fake.bodies("/api/chat")[0]).not.toHaveProperty("keep_alive");
  });

  test("says what an answer cost", async () => {
    const { writer } = await opened.server.load(loadOf(voice, []), never);
    const parts: ReplyPart[] = [];
    for await (const part of writer.reply(ask("hello", { maxTokens: 3 }), never)) parts.push(part);
    const usage = { inputTokens: 20, cachedTokens: 0, outputTokens: 3 };
    expect(parts.at(-1)).toEqual({ type: "end", reason: "length", usage });
  });

  test("forbids thinking to a pinned model only; what another one thinks is not said", async () => {
    const pinned = await opened.server.load(loadOf(voice, [], { pinned: true }), never);
    const other = await opened.server.load(loadOf(director, []), never);
    const said = [await partsOf(pinned.writer), await partsOf(other.writer)];
    expect(said[0]).toEqual(said[1]);
    expect(opened.fake.bodies("/api/chat").map((body) => body["think"])).toEqual([false, undefined]);
  });

  test("has the whole talk, with calls and their results", async () => {
    const { writer } = await opened.server.load(loadOf(voice, []), never);
    const call = { from: "call", id: "1", name: "set_timer", argumentsJson: '{"minutes":5}' } as const;
    const messages = [
      { from: "system", text: "Be brief." },
      { from: "user", text: "Two timers" },
      call,
      { ...call, id: "2", argumentsJson: "{broken" },
      { from: "result", id: "1", name: "set_timer", output: "{}" },
      { from: "user", text: "thanks" },
    ] as const;
    await partsOf(writer, ask("", { messages, tools: [tool] }));
    expect(opened.fake.bodies("/api/chat")[0]).toMatchObject({
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Two timers" },
        {
          role: "assistant",
          tool_calls: [
            { function: { name: "set_timer", arguments: { minutes: 5 } } },
            { function: { name: "set_timer", arguments: {} } },
          ],
        },
        { role: "tool", tool_name: "set_timer", content: "{}" },
        { role: "user", content: "thanks" },
      ],
      tools: [{ type: "function", function: { name: "set_timer" } }],
    });
  });
});

describe("calls of functions", () => {
  const words = 'call set_timer {"minutes":5}';
  const call = { type: "call", name: "set_timer", argumentsJson: '{"minutes":5}' };

  test("that must be made are made to fit a schema, and read from the text", async () => {
    const { writer } = await opened.server.load(loadOf(voice, []), never);
    for (const toolChoice of ["required", { name: "set_timer" }] as const) {
      expect(await partsOf(writer, ask(words, { tools: [tool], toolChoice }))).toEqual([call]);
    }
    expect(opened.fake.bodies("/api/chat")[0]).toMatchObject({
      format: { properties: { name: { const: "set_timer" } } },
      options: { temperature: 0 },
    });
  });

  test("that must not be made are not offered", async () => {
    const { writer } = await opened.server.load(loadOf(voice, []), never);
    expect(await partsOf(writer, ask(words, { tools: [tool], toolChoice: "none" }))).toHaveLength(12);
    expect(opened.fake.bodies("/api/chat")[0]).not.toHaveProperty("tools");
  });

  test("of something that is not offered are an error", async () => {
    const { writer } = await opened.server.load(loadOf(voice, []), never);
    const other = ask("call format_disk {}", { tools: [tool] });
    await expect(partsOf(writer, other)).rejects.toMatchObject({ code: "engine-failed" });
    await expect(partsOf(writer, { ...other, toolChoice: "required" })).rejects.toMatchObject({
      code: "engine-failed",
    });
  });

  test("are refused where the model cannot make any", async () => {
    const { writer } = await opened.server.load(loadOf(director, []), never);
    await expect(partsOf(writer, ask(words, { tools: [tool] }))).rejects.toMatchObject({ code: "unsupported" });
  });
});

describe("a model on its way", () => {
  test("is told of in sums that never go back", async () => {
    const steps = [];
    for await (const step of opened.server.pull("new:1b", never)) steps.push(step);
    expect(steps.at(0)).toEqual({ status: "pulling manifest", completedBytes: 0, totalBytes: 0 });
    expect(steps.at(-1)).toEqual({ status: "success", completedBytes: 200, totalBytes: 200 });
    const completed = steps.map((step) => step.completedBytes);
    expect(completed).toEqual(completed.toSorted((a, b) => a - b));
    expect(await opened.server.installed(never)).toContain("new:1b");
  });

  test("that nobody knows is an error, and so is one that nobody waits for", async () => {
    const pull = async (model: string, signal: AbortSignal): Promise<void> => {
      for await (const _ of opened.server.pull(model, signal));
    };
    await expect(pull("nowhere:1b", never)).rejects.toMatchObject({ code: "not-installed" });
    await expect(pull("new:1b", AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
  });
});

test("more conversations than Ollama keeps are refused with what to set", async () => {
  const many = { ...options, sequences: 2 };
  await expect(opened.server.load(loadOf(voice, [], { options: many }), never)).rejects.toMatchObject({
    code: "unsupported",
    message: expect.stringContaining("OLLAMA_NUM_PARALLEL=2"),
  });
});

test("two names of the same weights are one model", async () => {
  opened.fake.models.push({ ...voice, name: "alias:1b" });
  await opened.server.load(loadOf(voice, []), never);
  await expect(opened.server.load(loadOf({ ...voice, name: "alias:1b" }, []), never)).rejects.toMatchObject({
    code: "busy",
  });
});
