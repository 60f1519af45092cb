import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { messageTokens } from "../../../../pipeline/handoff/coder/context.ts";
import { CoderWorld } from "../../../support/coder-world.ts";

const hello = "FILE: hello.py\n```python\nprint('hello')\n```\nDONE: It says hello.";

test("a new file in an empty folder, in one turn", async () => {
  await using world = await CoderWorld.open({ answers: [hello] });
  expect(await world.prompt("Say hello in Python")).toEqual({ stopReason: "end_turn", says: "It says hello." });
  expect(await world.read("hello.py")).toBe("print('hello')\n");
  expect(world.writer.requests).toHaveLength(1);
  const edit = world.updates.find(({ sessionUpdate }) => sessionUpdate === "tool_call");
  expect(edit).toMatchObject({
    sessionUpdate: "tool_call",
    kind: "edit",
    title: "Write hello.py",
    locations: [{ path: `${world.folder}/hello.py` }],
  });
  expect(world.seen).toEqual(["edit: Write hello.py (completed)"]);
});

test("the task is the only user message of the first request, letter by letter", async () => {
  await using world = await CoderWorld.open({ files: { "a.py": "def a():\n    pass\n" }, answers: [hello] });
  await world.prompt("create a fizz buzz script in python", ["a.py"]);
  const [request] = world.writer.requests;
  expect(request?.messages.filter(({ from }) => from === "user")).toEqual([
    { from: "user", text: "create a fizz buzz script in python" },
  ]);
  expect(request?.messages[0]).toMatchObject({ from: "system" });
  expect(world.sent(0)).toContain("a.py (2 lines):\n```\ndef a():\n    pass\n```");
  expect(request?.tools).toEqual([]);
});

test("it looks, reads, edits, and is done", async () => {
  await using world = await CoderWorld.open({
    files: { "src/dates.py": "import os\n\ndef today():\n    return None\n", "README.md": "# Dates\n" },
    answers: [
      "I will look first.\nLIST\nSEARCH: today",
      "READ: src/dates.py",
      "EDIT: src/dates.py\n<<<<<<< SEARCH\n    return None\n=======\n    return 1\n>>>>>>> REPLACE\nDONE: today gives one.",
    ],
  });
  expect(await world.prompt("Let today return one")).toEqual({ stopReason: "end_turn", says: "today gives one." });
  expect(await world.read("src/dates.py")).toBe("import os\n\ndef today():\n    return 1\n");
  expect(world.seen).toEqual([
    "search: List the files (completed)",
    'search: Search for "today" (completed)',
    "read: Read src/dates.py (completed)",
    "edit: Change src/dates.py (completed)",
  ]);
  expect(world.sent(1)).toContain("README.md\nsrc/dates.py");
  expect(world.sent(1)).toContain("src/dates.py:3: def today():");
  expect(world.sent(2)).toContain("src/dates.py (4 lines):");
});

describe("what does not work goes back to the model", () => {
  const wrong = "EDIT: a.py\n<<<<<<< SEARCH\nnot there\n=======\nx\n>>>>>>> REPLACE\nDONE: Changed.";
  const right = "EDIT: a.py\n<<<<<<< SEARCH\none = 1\n=======\none = 2\n>>>>>>> REPLACE\nDONE: Mended.";

  test("an edit that fits nowhere", async () => {
    await using world = await CoderWorld.open({ files: { "a.py": "one = 1\n" }, answers: [wrong, right] });
    expect(await world.prompt("Make one two")).toEqual({ stopReason: "end_turn", says: "Mended." });
    expect(await world.read("a.py")).toBe("one = 2\n");
    expect(world.sent(1)).toContain("a.py was NOT changed.");
  });

  test("an edit that fits nowhere, again and again: it gives up, and nothing is changed", async () => {
    await using world = await CoderWorld.open({
      files: { "a.py": "one = 1\n" },
      answers: [1, 2, 3, 4, 5, 6].map((n) => wrong.replace("not there", `not there ${n}`)),
    });
    const { stopReason, says } = await world.prompt("Make one two");
    expect(stopReason).toBe("max_turn_requests");
    expect(says).toContain("could not mend");
    expect(world.writer.requests).toHaveLength(4);
    expect(await world.read("a.py")).toBe("one = 1\n");
  });

  test("an answer that was cut in the middle of a file", async () => {
    await using world = await CoderWorld.open({
      answers: [
        [
          { type: "text", text: "FILE: b.py\n```python\none = 1\ntwo =" },
          { type: "end", reason: "length", usage: null },
        ],
        hello,
      ],
    });
    expect(await world.prompt("Say hello")).toMatchObject({ stopReason: "end_turn" });
    expect(await world.list()).toEqual(["hello.py"]);
    expect(world.sent(1)).toContain("too long and was cut off");
  });

  test("a path that the gate refuses, with the gate's own sentence", async () => {
    await using world = await CoderWorld.open({
      answers: ["FILE: ../evil.py\n```\nx = 1\n```\nFILE: .git/hooks/x\n```\nx\n```\nDONE: Done.", hello],
    });
    const { says } = await world.prompt("Say hello");
    expect(await world.list()).toEqual(["hello.py"]);
    expect(world.sent(1)).toContain("outside of the folder");
    expect(world.sent(1)).toContain("may not be touched");
    expect(says).toContain("It says hello. One of the changes to ../evil.py was not possible.");
  });

  test("what is there but may not be read is never taken for new", async () => {
    await using world = await CoderWorld.open({
      files: { "picture.bin": "\0\0\0" },
      answers: ["FILE: picture.bin\n```\ntext\n```\nDONE: Written.", "CANNOT: It is no text."],
    });
    expect(await world.prompt("Make picture.bin a text")).toEqual({ stopReason: "refusal", says: "It is no text." });
    expect(await world.read("picture.bin")).toBe("\0\0\0");
  });
});

describe("checks", () => {
  const bad = "FILE: sum.py\n```python\nprint(1 - 1)\n```\nDONE: It adds.";
  const good = "FILE: sum.py\n```python\nprint(1 + 1)\n```\nDONE: It adds now.";
  const check = async (folder: string) => {
    const right = (await readFile(`${folder}/sum.py`, "utf8")).includes("+");
    return { code: right ? 0 : 1, output: right ? "1 passed" : "expected 2, got 0" };
  };

  test("are run when it says that it is done; the failing output goes back", async () => {
    await using world = await CoderWorld.open({ answers: [bad, good], checks: { test: check } });
    expect(await world.prompt("Add one and one")).toEqual({ stopReason: "end_turn", says: "It adds now." });
    expect(world.checked).toEqual(["test", "test"]);
    expect(world.sent(1)).toContain("Check test FAILED.\nexpected 2, got 0");
    expect(world.seen).toContain("execute: Run the check test (failed)");
  });

  test("that fail for ever: the change is kept, and the summary says so", async () => {
    await using world = await CoderWorld.open({ answers: [bad], checks: { test: check } });
    expect(await world.prompt("Add one and one")).toEqual({
      stopReason: "end_turn",
      says: "It adds. The check test fails.",
    });
    expect(await world.read("sum.py")).toBe("print(1 - 1)\n");
  });

  test("that can not be run are not held against it", async () => {
    const absent = async () => ({ code: null, output: "There is no sandbox." });
    await using world = await CoderWorld.open({ answers: [bad], checks: { test: absent } });
    expect(await world.prompt("Add")).toEqual({ stopReason: "end_turn", says: "It adds." });
    expect(world.writer.requests).toHaveLength(1);
  });

  test("that do not exist are not asked for", async () => {
    await using world = await CoderWorld.open({
      answers: ["CHECK: rm -rf /", good],
      checks: { test: check },
    });
    await world.prompt("Add");
    expect(world.sent(1)).toContain("There are only these checks: test.");
    expect(world.checked).toEqual(["test"]);
  });
});

describe("how it ends", () => {
  test("a refusal", async () => {
    await using world = await CoderWorld.open({ answers: ["CANNOT: I do not know that language."] });
    expect(await world.prompt("x")).toEqual({ stopReason: "refusal", says: "I do not know that language." });
  });

  test("nonsense is asked again once, with the form", async () => {
    await using world = await CoderWorld.open({ answers: ["Sure! I would be happy to help.", hello] });
    expect(await world.prompt("Say hello")).toMatchObject({ stopReason: "end_turn" });
    expect(world.sent(1)).toContain("Your answer had no action in it");
  });

  test("nonsense for ever", async () => {
    await using world = await CoderWorld.open({ answers: ["Sure!"] });
    const { stopReason, says } = await world.prompt("Say hello");
    expect({ stopReason, turns: world.writer.requests.length }).toEqual({ stopReason: "max_turn_requests", turns: 2 });
    expect(says).toContain("did not answer in a form that can be used");
  });

  test("circles", async () => {
    await using world = await CoderWorld.open({ files: { "a.py": "a = 1\n" }, answers: ["READ: a.py"] });
    const { stopReason, says } = await world.prompt("Change a");
    expect(stopReason).toBe("max_turn_requests");
    expect(says).toContain("in circles");
    expect(world.writer.requests).toHaveLength(3);
    expect(world.sent(2)).toContain("You did exactly this before");
  });

  test("done without a change is doubted once, and then said to be so", async () => {
    await using world = await CoderWorld.open({
      files: { "a.py": "a = 1\n" },
      answers: ["DONE: It was right already."],
    });
    expect(await world.prompt("Mend a")).toEqual({
      stopReason: "end_turn",
      says: "Nothing was changed. It was right already.",
    });
    expect(world.writer.requests).toHaveLength(2);
  });

  test("a file that is like that already is not doubted", async () => {
    await using world = await CoderWorld.open({ files: { "hello.py": "print('hello')\n" }, answers: [hello] });
    expect(await world.prompt("Say hello")).toEqual({
      stopReason: "end_turn",
      says: "Nothing was changed. It says hello.",
    });
    expect(world.writer.requests).toHaveLength(1);
  });

  test("a model that forgets to say that it is done", async () => {
    await using world = await CoderWorld.open({
      answers: ["FILE: hello.py\n```\nprint('hello')\n```", "The file is written, enjoy!"],
    });
    expect(await world.prompt("Say hello")).toEqual({ stopReason: "end_turn", says: "I changed hello.py." });
  });

  test("turns are limited", async () => {
    const endless = Array.from({ length: 40 }, (_, n) => `SEARCH: word ${n}`);
    await using world = await CoderWorld.open({ answers: endless, options: { budget: { turns: 5 } } });
    const { stopReason, says } = await world.prompt("Find it");
    expect({ stopReason, says }).toEqual({
      stopReason: "max_turn_requests",
      says: "The coder did not finish within 5 steps. Ask for a smaller part of it.",
    });
    expect(world.writer.requests).toHaveLength(5);
  });

  test("a task that has no room in the model", async () => {
    await using world = await CoderWorld.open({ answers: [hello], options: { contextTokens: 2048 } });
    const { stopReason, says } = await world.prompt("word ".repeat(4000));
    expect(stopReason).toBe("max_turn_requests");
    expect(says).toContain("too long for this coder model");
    expect(world.writer.requests).toHaveLength(0);
  });
});

test("the model is never sent more than it can hold with its own answer, however much it asks for", async () => {
  const long = (name: string) => Array.from({ length: 380 }, (_, n) => `${name}_${n} = ${n}\n`).join("");
  await using world = await CoderWorld.open({
    files: { "a.py": long("a"), "b.py": long("b"), "c.py": long("c") },
    answers: [
      "READ: b.py\nREAD: c.py",
      "SEARCH: b_\nREAD: a.py 100-300\nLIST",
      `FILE: d.py\n\`\`\`python\n${long("d").slice(0, 3_000)}\n\`\`\``,
      "READ: d.py\nREAD: b.py 200-380",
      "EDIT: a.py\n<<<<<<< SEARCH\na_200 = 200\n=======\na_200 = 0\n>>>>>>> REPLACE\nDONE: It is zero.",
    ],
    options: { contextTokens: 4_096 },
  });
  expect(await world.prompt("Set a 200 to zero", ["a.py"])).toEqual({ stopReason: "end_turn", says: "It is zero." });
  expect(world.writer.requests).toHaveLength(5);
  for (const { messages, maxTokens } of world.writer.requests) {
    expect(maxTokens).toBeGreaterThan(1_000);
    expect(messageTokens(messages) + maxTokens).toBeLessThanOrEqual(4_096);
  }
  expect(world.sent(2)).toContain("a_150 = 150");
});
