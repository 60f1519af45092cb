import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Turn } from "../../../../pipeline/handoff/coder/coder-state.ts";
import { coderTools } from "../../../../pipeline/handoff/coder/coder-tools.ts";
import { contextMessages, messageTokens, type Opening } from "../../../../pipeline/handoff/coder/context.ts";
import { textForm, textRules, toolRules } from "../../../../pipeline/handoff/coder/prompt.ts";
import { estimateTokens } from "../../../../pipeline/handoff/coder/token-estimate.ts";

const linesOf = (name: string, count: number): string =>
  Array.from({ length: count }, (_, n) => `${name} line ${n + 1}\n`).join("");

const opening: Opening = { rules: "Rules.", map: "a.py\nb.py", files: [], task: "Do it" };
const turnOf = (results: readonly string[], more: Partial<Turn> = {}): Turn => ({
  answer: { text: `Answer to ${results.length}`, calls: [] },
  asked: [],
  results,
  note: "",
  ...more,
});
const shown = (messages: ReturnType<typeof contextMessages>): string => JSON.stringify(messages);

test("when there is room, everything is there in order", () => {
  const messages = contextMessages(opening, [turnOf(["one"]), turnOf(["two"], { note: "Note." })], 1_000);
  expect(messages).toEqual([
    { from: "system", text: "Rules.\n\nFiles in the folder, as they were before you began:\na.py\nb.py" },
    { from: "user", text: "Do it" },
    { from: "assistant", text: "Answer to 1" },
    { from: "user", text: "one" },
    { from: "assistant", text: "Answer to 1" },
    { from: "user", text: "two\n\nNote." },
  ]);
});

test("an empty folder has no map", () => {
  expect(contextMessages({ ...opening, map: "" }, [], 1_000)?.[0]).toEqual({ from: "system", text: "Rules." });
});

describe("when room is short", () => {
  const history = [turnOf([linesOf("old", 60)]), turnOf([linesOf("middle", 60)]), turnOf([linesOf("new", 60)])];

  test("the oldest results go first", () => {
    const messages = shown(contextMessages(opening, history, 700));
    expect(messages).not.toContain("old line");
    expect(messages).toContain("middle line 60");
    expect(messages).toContain("new line 60");
    expect(messages).toContain("This result is left out now");
  });

  test("then named files are shortened to the lines that were asked for", () => {
    const files = [{ path: "big.py", text: linesOf("big", 300) }];
    const asked = [{ path: "big.py", fromLine: 100, toLine: 102 }];
    const messages = shown(
      contextMessages({ ...opening, files }, [turnOf([linesOf("old", 60)], { asked }), turnOf(["new"])], 600),
    );
    expect(messages).toContain("big line 101");
    expect(messages).not.toContain("big line 99\\n");
    expect(messages).not.toContain("big line 103");
    expect(messages).toContain("new");
  });

  test("then old turns", () => {
    const long = history.map((turn) => ({ ...turn, answer: { text: linesOf("answer", 40), calls: [] } }));
    const messages = contextMessages(opening, long, 700);
    expect(shown(messages)).toContain("Earlier steps are left out here");
    expect(messages?.at(-1)?.from).toBe("user");
  });

  test("the last results lose their middle last of all", () => {
    const messages = shown(contextMessages(opening, [turnOf([linesOf("new", 400)])], 400));
    expect(messages).toContain("new line 1\\n");
    expect(messages).toContain("some lines are left out here");
    expect(messages).toContain("new line 400");
    expect(messages).not.toContain("new line 200\\n");
  });

  test("rules and a task without room are no context", () => {
    expect(contextMessages({ ...opening, task: linesOf("task", 100) }, history, 300)).toBeNull();
  });
});

const text = fc.oneof(
  fc.string({ maxLength: 3_000 }),
  fc.string({ unit: "grapheme", maxLength: 800 }),
  fc.nat(400).map((n) => linesOf("x", n)),
);
const turn: fc.Arbitrary<Turn> = fc
  .record({
    text,
    native: fc.boolean(),
    results: fc.array(text, { maxLength: 4 }),
    note: fc.oneof(fc.constant(""), text),
    asked: fc.array(fc.record({ path: fc.constant("a.py"), fromLine: fc.integer({ min: 1, max: 500 }) }), {
      maxLength: 2,
    }),
  })
  .map(({ text: said, native, results, ...more }) => ({
    answer: {
      text: said,
      calls: native
        ? results.map((_, n) => ({
            id: `${n}`,
            name: "read_file",
            argumentsJson: JSON.stringify({ said }),
            works: n > 0,
          }))
        : [],
    },
    results,
    ...more,
  }));

const anyContext = fc.record({
  history: fc.array(turn, { maxLength: 8 }),
  files: fc.array(fc.record({ path: fc.constantFrom("a.py", "b.md"), text }), { maxLength: 2 }),
  map: text,
  tokens: fc.integer({ min: 200, max: 8_000 }),
});
type AnyContext = typeof anyContext extends fc.Arbitrary<infer T> ? T : never;

function holds({ history, files, map, tokens }: AnyContext, make: typeof contextMessages): void {
  const messages = make({ ...opening, map, files }, history, tokens);
  if (messages === null) throw new Error("There was room for the rules and the task");
  expect(messageTokens(messages)).toBeLessThanOrEqual(tokens);
  expect(messages[0]?.from).toBe("system");
  expect(messages[1]).toEqual({ from: "user", text: "Do it" });
  const calls = messages.flatMap((message) => (message.from === "call" ? [message.id] : []));
  const results = messages.flatMap((message) => (message.from === "result" ? [message.id] : []));
  expect(results).toEqual(calls);
  expect(messages.every((message) => !("text" in message) || message.text !== "")).toBe(true);
}

test("it is never more than there is room for, the task is always in it, and every call has one result", () => {
  fc.assert(
    fc.property(anyContext, (one) => holds(one, contextMessages)),
    { numRuns: 200 },
  );
});

test.each<[string, typeof contextMessages]>([
  ["takes a little more", (start, history, tokens) => contextMessages(start, history, tokens + 20)],
  [
    "loses a result",
    (start, history, tokens) =>
      contextMessages(start, history, tokens)?.filter((message) => message.from !== "result" || message.id !== "1") ??
      null,
  ],
  [
    "loses the task when room is short",
    (start, history, tokens) =>
      contextMessages(start, history, tokens)?.filter((_message, at) => at !== 1 || tokens > 1_000) ?? null,
  ],
])("one that %s is found out", (_, mutant) => {
  expect(
    fc.check(
      fc.property(anyContext, (one) => holds(one, mutant)),
      { numRuns: 2_000 },
    ).failed,
  ).toBe(true);
});

test("what a model must know has little to read", () => {
  expect(estimateTokens(textRules(["test", "lint"]))).toBeLessThan(600);
  expect(estimateTokens(toolRules(["test"]) + JSON.stringify(coderTools(["test"])))).toBeLessThan(1_000);
  expect(estimateTokens(textForm)).toBeLessThan(120);
});

test("letters that are not ASCII count as tokens of their own", () => {
  expect(estimateTokens("abcdefg")).toBe(2);
  expect(estimateTokens("日本語")).toBe(3);
  expect(estimateTokens("")).toBe(0);
});
