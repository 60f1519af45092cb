import { describe, expect, test } from "vitest";
import type { FileChange } from "../../../../pipeline/handoff/change-set.ts";
import type { CheckOutcome } from "../../../../pipeline/handoff/coding-agent.ts";
import { changeWords } from "../../../../pipeline/handoff/jobs/change-words.ts";
import {
  appliedLine,
  approvedLine,
  askLine,
  doingLine,
  endLine,
  howLongLine,
  missedLine,
  proposalLine,
  startLine,
  undoneLine,
} from "../../../../pipeline/handoff/jobs/narrate.ts";
import { spokenTime } from "../../../../pipeline/spoken-numbers.ts";
import { approvalOf, changeOf, highRisk, jobIn, lowRisk, proposalOf, walk } from "./sample-jobs.ts";

test("a start says what to wait for", () => {
  expect(startLine({ ahead: 0, loadMs: 4_100 })).toBe("The coder takes that; about four seconds to bring it up.");
  expect(startLine({ ahead: 0, loadMs: 300 })).toBe("The coder takes that.");
  expect(startLine({ ahead: 0, loadMs: null })).toBe("The coder takes that; I am bringing it up.");
  expect(startLine({ ahead: 1, loadMs: 4_100 })).toBe("The coder takes that after the job it is at now.");
  expect(startLine({ ahead: 3, loadMs: null })).toBe("The coder takes that; three jobs come before it.");
});

test("times are said as people say them", () => {
  const said = [200, 4_000, 12_000, 27_000, 61_000, 190_000, 900_000].map(spokenTime);
  expect(said).toEqual([
    "a second",
    "four seconds",
    "10 seconds",
    "half a minute",
    "a minute",
    "three minutes",
    "15 minutes",
  ]);
});

const change = { kind: "change", removedLines: 0 } as const;
test.each<[string, readonly Partial<FileChange>[]]>([
  ["made fizzbuzz.py with 12 lines", [{}]],
  ["made a.txt, which is empty", [{ path: "a.txt", addedLines: 0 }]],
  ["added 12 lines to fizzbuzz.py", [change]],
  ["added one line to parser.ts", [{ ...change, path: "src/parser.ts", addedLines: 1 }]],
  ["removed two lines from fizzbuzz.py", [{ ...change, addedLines: 0, removedLines: 2 }]],
  ["changed fizzbuzz.py: one line added, two removed", [{ ...change, addedLines: 1, removedLines: 2 }]],
  ["made run.sh executable", [{ ...change, path: "run.sh", addedLines: 0, newExecutable: true }]],
  ["made run.sh no longer executable", [{ ...change, path: "run.sh", addedLines: 0, oldExecutable: true }]],
  ["deleted old.ts", [{ path: "old.ts", kind: "delete" }]],
  ["made a.ts and b.ts", [{ path: "a.ts" }, { path: "b.ts" }]],
  ["deleted a.ts, b.ts and c.ts", ["a.ts", "b.ts", "c.ts"].map((path) => ({ path, kind: "delete" }))],
  ["changed a.ts and b.ts", [{ path: "a.ts" }, { path: "b.ts", kind: "delete" }]],
  ["made x/a.ts and y/a.ts", [{ path: "x/a.ts" }, { path: "y/a.ts" }]],
  ["changed four files", ["a", "b", "c", "d"].map((path) => ({ ...change, path }))],
])("a change is put in words: %s", (words, files) => {
  expect(changeWords(changeOf(...files))).toBe(words);
});

describe("a proposal", () => {
  const proposal = proposalOf({ change: changeOf(change) });
  const line = (checks: readonly CheckOutcome[]): string =>
    proposalLine({ proposal: { ...proposal, checks }, risk: lowRisk, approval: approvalOf() });

  test("says what it does, what is known of it, and how to answer", () => {
    expect(line([])).toBe(
      "The coder added 12 lines to fizzbuzz.py. Nothing was checked. Say: apply amber seven, or reject.",
    );
  });

  test("that is dangerous says why it takes a click, and no phrase", () => {
    const risky = { proposal: proposalOf({ change: changeOf({ kind: "delete" }) }), risk: highRisk };
    expect(proposalLine({ ...risky, approval: approvalOf({ phrase: null }) })).toBe(
      "The coder deleted fizzbuzz.py. Nothing was checked. It deletes a file, so please click Apply on the screen.",
    );
    expect(askLine(highRisk, approvalOf())).not.toContain("amber");
    expect(askLine(lowRisk, approvalOf({ phrase: null }))).toBe("Please click Apply on the screen.");
  });

  test("says of checks only what is so", () => {
    const passed = { ran: true, name: "test", passed: true, output: "" } as const;
    const failed = { ran: true, name: "lint", passed: false, output: "" } as const;
    const skipped = { ran: false, name: "build", why: "There is no sandbox." } as const;
    expect(line([passed])).toContain("py. test passed. Say");
    expect(line([passed, skipped])).toContain("test passed, build was not run.");
    expect(line([passed, failed])).toContain("But lint failed.");
    expect(line([skipped])).toContain("Nothing was checked.");
    expect(appliedLine({ ...proposal, checks: [failed] })).toContain("But lint failed.");
  });
});

test("an end says how it went", () => {
  expect(approvedLine()).toBe("Good, I am applying it.");
  expect(appliedLine(proposalOf())).toBe(
    "Applied: the coder made fizzbuzz.py with 12 lines. Say undo that to take it back.",
  );
  expect(endLine(jobIn.done())).toBe("There is a fizz buzz now.");
  expect(endLine(jobIn.rejected())).toBe("Rejected; nothing was changed.");
  expect(endLine(jobIn.cancelled())).toBe("I stopped the coder; nothing was changed.");
  expect(endLine(jobIn.failed())).toBe("The coder's job failed. The coder went in circles.");
  expect(endLine(walk(jobIn.applying(), { type: "conflict", why: "a.ts was changed meanwhile." }))).toBe(
    "The coder's job failed. Nothing was applied: a.ts was changed meanwhile.",
  );
  const undone = "Undone: fizzbuzz.py is as it was before.";
  expect(endLine(walk(jobIn.done(), { type: "undone" }))).toBe(undone);
  expect(undoneLine(proposalOf({ change: changeOf({ path: "a" }, { path: "b" }) }))).toBe(
    "Undone: a and b are as they were before.",
  );
});

test("nothing is said to have ended that has not", () => {
  for (const status of [
    "queued",
    "loading",
    "reading",
    "proposing",
    "awaiting-approval",
    "applying",
    "summarising",
  ] as const) {
    expect(endLine(jobIn[status]())).toBeNull();
  }
});

test("“what are you doing” is answered in every state", () => {
  expect(doingLine(null, null, 0)).toBe("The coder has nothing to do.");
  expect(doingLine(null, null, 2)).toBe("The coder is not at work now. Two more jobs wait.");
  expect(doingLine(jobIn.reading(), { type: "reading", path: "parser.ts" }, 1)).toBe(
    "The coder is reading parser.ts. One more job waits.",
  );
  expect(doingLine(jobIn.proposing(), { type: "note", text: "Thinking" }, 0)).toBe("The coder is writing.");
  expect(doingLine(jobIn["awaiting-approval"](), null, 0)).toBe(
    "The coder is done and waits for you. Say: apply amber seven, or reject.",
  );
  for (const job of Object.values(jobIn)) expect(doingLine(job(), null, 0)).toMatch(/^[A-Z].*\.$/);
});

test("“how long” is answered as well as anybody knows", () => {
  expect(howLongLine(null, null)).toBe("The coder has nothing to do.");
  expect(howLongLine(jobIn.loading(), 4_000)).toBe("About four seconds more for this step.");
  expect(howLongLine(jobIn.loading(), -10)).toBe("Longer than I thought; it should not be long now.");
  expect(howLongLine(jobIn.reading(), null)).toContain("I cannot tell");
  expect(howLongLine(jobIn["awaiting-approval"](), 4_000)).toBe("It is ready; it waits for your approval.");
  expect(howLongLine(jobIn.done(), null)).toBe("There is a fizz buzz now.");
});

test("what nobody heard is told when somebody is there again", () => {
  expect(missedLine([])).toBe("");
  expect(missedLine([jobIn.reading()])).toBe("");
  expect(missedLine([jobIn.done()])).toBe("While you were away, about “write fizz buzz”: There is a fizz buzz now.");
  const long = { ...jobIn.rejected(), task: "add unit tests for the parser and then for the lexer" };
  expect(missedLine([jobIn.done(), long])).toBe(
    "While you were away, two jobs ended; they are on the screen. The last, “add unit tests for the parser and then …”: Rejected; nothing was changed.",
  );
});
