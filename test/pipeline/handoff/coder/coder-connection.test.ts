import { describe, expect, test } from "vitest";
import { ModelError } from "../../../../models/errors.ts";
import type { ReplyPart } from "../../../../models/roles.ts";
import { CoderWorld } from "../../../support/coder-world.ts";
import { settle } from "../../../support/virtual-clock.ts";

const hello = "FILE: hello.py\n```python\nprint('hello')\n```\nDONE: It says hello.";

/** A model that begins, and never ends by itself. */
async function* endless(_request: unknown, signal: AbortSignal): AsyncGenerator<ReplyPart, void, void> {
  yield { type: "text", text: "FILE: hello.py\n```python\n" };
  await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}

// biome-ignore lint/correctness/useYield: it fails before it has anything to say
async function* broken(): AsyncGenerator<ReplyPart, void, void> {
  throw new ModelError("host-exited", "The coder's process ended; it is being restarted.");
}

// biome-ignore lint/correctness/useYield: it fails before it has anything to say
async function* unable(): AsyncGenerator<ReplyPart, void, void> {
  throw new ModelError("unsupported", "devstral does not support tools");
}

describe("stopping", () => {
  test("a cancel ends a turn in the middle of an answer; nothing is written", async () => {
    await using world = await CoderWorld.open({ answers: [endless] });
    const sessionId = await world.begin();
    const prompted = world.prompt("Say hello", [], sessionId);
    while (world.writer.requests.length === 0) await settle();
    await world.cancel(sessionId);
    expect((await prompted).stopReason).toBe("cancelled");
    expect(await world.list()).toEqual([]);
  });

  test("a cancel while a check runs ends it, too", async () => {
    await using world = await CoderWorld.open({
      answers: [hello],
      checks: { test: () => new Promise(() => undefined) },
    });
    const sessionId = await world.begin();
    const prompted = world.prompt("Say hello", [], sessionId);
    while (world.checked.length === 0) await settle();
    await world.cancel(sessionId);
    expect((await prompted).stopReason).toBe("cancelled");
  });

  test("a cancelled session takes the next task", async () => {
    await using world = await CoderWorld.open({ answers: [endless, hello] });
    const sessionId = await world.begin();
    const prompted = world.prompt("Say hello", [], sessionId);
    while (world.writer.requests.length === 0) await settle();
    await world.cancel(sessionId);
    await prompted;
    expect(await world.prompt("Say hello", [], sessionId)).toEqual({ stopReason: "end_turn", says: "It says hello." });
  });

  test("closing the connection stops the model", async () => {
    let aborted = false;
    const world = await CoderWorld.open({
      answers: [
        (request, signal) => {
          signal.addEventListener("abort", () => {
            aborted = true;
          });
          return endless(request, signal);
        },
      ],
    });
    const prompted = world.prompt("Say hello").catch((error: unknown) => error);
    while (world.writer.requests.length === 0) await settle();
    await world[Symbol.asyncDispose]();
    expect(await prompted).toBeInstanceOf(Error);
    expect(aborted).toBe(true);
    expect(world.clock.sleepers).toBe(0);
  });
});

test("a model that fails is an error with the model's own sentence", async () => {
  await using world = await CoderWorld.open({ answers: [broken] });
  await expect(world.prompt("Say hello")).rejects.toThrow("The coder's process ended; it is being restarted.");
});

test("while the model thinks there is a sign of life now and then", async () => {
  await using world = await CoderWorld.open({ answers: [endless] });
  const sessionId = await world.begin();
  const prompted = world.prompt("Say hello", [], sessionId);
  while (world.writer.requests.length === 0) await settle();
  const signs = () => world.updates.filter(({ sessionUpdate }) => sessionUpdate === "agent_thought_chunk").length;
  expect(signs()).toBe(1);
  await world.clock.advance(60_000);
  await settle();
  expect(signs()).toBe(4);
  await world.cancel(sessionId);
  await prompted;
  expect(world.clock.sleepers).toBe(0);
});

test("a file is seen from its first line on, and again when it is written", async () => {
  const pieces = ["I write it.\nFI", "LE: hel", "lo.py\n```python\nFILE: x.py\n", "```\nDONE: It is ", "there."];
  await using world = await CoderWorld.open({ answers: [pieces.map((text): ReplyPart => ({ type: "text", text }))] });
  await world.prompt("Say hello");
  const calls = world.updates.filter((update) => update.sessionUpdate.startsWith("tool_call"));
  expect(calls).toMatchObject([
    { sessionUpdate: "tool_call", toolCallId: "action-1", status: "pending", kind: "edit", title: "Write hello.py" },
    { sessionUpdate: "tool_call_update", toolCallId: "action-1", status: "in_progress" },
    { sessionUpdate: "tool_call_update", toolCallId: "action-1", status: "completed", content: [{ type: "diff" }] },
  ]);
});

test("a file that was begun and cut off is seen to have failed", async () => {
  await using world = await CoderWorld.open({
    answers: [
      [
        { type: "text", text: "FILE: big.py\n```python\nx = 1\n" },
        { type: "end", reason: "length", usage: null },
      ],
      hello,
    ],
  });
  await world.prompt("Say hello");
  expect(world.seen).toEqual(["edit: Write big.py (failed)", "edit: Write hello.py (completed)"]);
});

test("a model whose server knows no functions writes text, though its name promised more", async () => {
  await using world = await CoderWorld.open({
    answers: [unable, hello],
    options: { model: "devstral-small-2" },
  });
  expect(await world.prompt("Say hello")).toEqual({ stopReason: "end_turn", says: "It says hello." });
  expect(world.writer.requests.map(({ tools }) => tools.length)).toEqual([7, 0]);
});

test("when functions were asked for by name, that is an error", async () => {
  await using world = await CoderWorld.open({ answers: [unable, hello], options: { actions: "tools" } });
  await expect(world.prompt("Say hello")).rejects.toThrow("devstral does not support tools");
});

test("it works in its own folder and in no other", async () => {
  await using world = await CoderWorld.open({ answers: [hello] });
  await expect(world.begin("/")).rejects.toThrow("works in one folder");
});

test("an unknown session, and one that is at work, are refused", async () => {
  await using world = await CoderWorld.open({ answers: [endless] });
  await world.begin();
  await expect(world.prompt("x", [], "no-such-session")).rejects.toThrow(/not found/i);
  const sessionId = await world.begin();
  const prompted = world.prompt("x", [], sessionId);
  while (world.writer.requests.length === 0) await settle();
  await expect(world.prompt("y", [], sessionId)).rejects.toThrow("already at work");
  await world.cancel(sessionId);
  await prompted;
});

test("files that were named and can not be read are left out; the task goes on without them", async () => {
  await using world = await CoderWorld.open({
    files: { "a.bin": "\0", "b.py": "b = 1\n" },
    answers: [hello],
  });
  const named = ["a.bin", "none.py", "../outside.py", "file://far.example/x", "b.py"];
  expect(await world.prompt("Say hello", named)).toMatchObject({ stopReason: "end_turn" });
  expect(world.seen).toEqual([
    "read: Read a.bin (failed)",
    "read: Read none.py (failed)",
    "read: Read ../outside.py (failed)",
    "read: Read b.py (completed)",
    "edit: Write hello.py (completed)",
  ]);
  expect(world.sent(0)).toContain("b.py (1 line):\n```\nb = 1\n```");
});

test("a task without words is refused", async () => {
  await using world = await CoderWorld.open({ answers: [hello] });
  await expect(world.prompt("  ")).rejects.toThrow("There is no task.");
});

test("the log says what it did, not what it wrote", async () => {
  await using world = await CoderWorld.open({ answers: [hello] });
  await world.prompt("Say hello");
  expect(world.logged).toEqual([expect.stringMatching(/^coder: turn 1: whole-file, done, \d+ tokens$/)]);
});

describe("calls of functions", () => {
  const call = (name: string, args: unknown): ReplyPart => ({
    type: "call",
    name,
    argumentsJson: JSON.stringify(args),
  });

  test("a model that is good at them gets them, and its results by call", async () => {
    await using world = await CoderWorld.open({
      files: { "a.py": "one = 1\ntwo = 2\n" },
      checks: { test: async () => ({ code: 0, output: "fine" }) },
      answers: [
        [{ type: "text", text: "<think>hm</think>I look." }, call("read_file", { path: "a.py", from_line: "2" })],
        [
          call("edit_file", { path: "a.py", search: "two = 2", replace: "two = 3" }),
          call("write_file", { path: "b.py", text: "b = 1" }),
          call("finish", { summary: "Two is three." }),
        ],
      ],
      options: { model: "Devstral-Small-2-24B-Q4_K_M" },
    });
    expect(await world.prompt("Make two three")).toEqual({ stopReason: "end_turn", says: "Two is three." });
    expect(await world.read("a.py")).toBe("one = 1\ntwo = 3\n");
    expect(await world.read("b.py")).toBe("b = 1\n");
    const [first, second] = world.writer.requests;
    expect(first?.tools.map(({ name }) => name)).toEqual([
      "list_files",
      "search",
      "read_file",
      "write_file",
      "edit_file",
      "run_check",
      "finish",
      "give_up",
    ]);
    expect(second?.messages.slice(2)).toEqual([
      { from: "assistant", text: "I look." },
      { from: "call", id: "call-1-1", name: "read_file", argumentsJson: '{"path":"a.py","from_line":"2"}' },
      {
        from: "result",
        id: "call-1-1",
        name: "read_file",
        output: "a.py, lines 2 to 2 of 2:\n```\ntwo = 2\n```",
      },
    ]);
    expect(world.checked).toEqual(["test"]);
  });

  test("calls that make no sense are answered, each with what is wrong", async () => {
    await using world = await CoderWorld.open({
      answers: [
        [
          call("run_shell", { command: "ls" }),
          call("read_file", {}),
          { type: "call", name: "search", argumentsJson: "{" },
        ],
        [call("give_up", { why: "I can not." })],
      ],
      options: { actions: "tools" },
    });
    expect(await world.prompt("x")).toEqual({ stopReason: "refusal", says: "I can not." });
    const sent = world.sent(1);
    expect(sent).toContain('There is no function \\"run_shell\\"'.replaceAll("\\", ""));
    expect(sent).toContain('read_file: "path"');
    expect(sent).toContain("search: ");
    const results = world.writer.requests[1]?.messages.filter(({ from }) => from === "result");
    expect(results).toHaveLength(3);
  });

  test("a model that writes text actions instead is understood", async () => {
    await using world = await CoderWorld.open({ answers: [hello], options: { actions: "tools" } });
    expect(await world.prompt("Say hello")).toEqual({ stopReason: "end_turn", says: "It says hello." });
  });

  test("a failed check goes back behind the results of the calls", async () => {
    await using world = await CoderWorld.open({
      checks: { test: async () => ({ code: 1, output: "1 failed" }) },
      answers: [
        [call("write_file", { path: "b.py", text: "b = 1" }), call("finish", { summary: "B is one." })],
        [call("give_up", { why: "I do not know more." })],
      ],
      options: { actions: "tools" },
    });
    expect(await world.prompt("x")).toEqual({ stopReason: "end_turn", says: "B is one. The check test fails." });
    expect(world.writer.requests[1]?.messages.slice(2).map(({ from }) => from)).toEqual([
      "call",
      "call",
      "result",
      "result",
      "user",
    ]);
  });
});
