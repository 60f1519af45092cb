import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type JobRecord, jobRecordText, outcomes, parseJobRecord } from "../../../models/starter/director/record.ts";
import { summaries } from "../../../models/starter/director/summary.ts";

const count = fc.nat({ max: 5000 });
const fileName = fc.stringMatching(/^[a-z][a-z_/-]{0,20}\.[a-z]{1,4}$/);
const anyRecord: fc.Arbitrary<JobRecord> = fc.record({
  task: fc
    .string({ minLength: 1, maxLength: 60 })
    .map((text) => text.replace(/\s+/g, " ").trim())
    .filter((text) => text !== ""),
  files: fc.uniqueArray(fc.record({ name: fileName, added: count, removed: count }), {
    maxLength: 8,
    selector: ({ name }) => name,
  }),
  checks: fc.option(fc.record({ passed: count, failed: count })),
  outcome: fc.constantFrom(...outcomes),
});

describe("a job's record", () => {
  test("is one fact a line", () => {
    const record: JobRecord = {
      task: "add tests for\n the parser",
      files: [{ name: "test/parser.test.ts", added: 40, removed: 2 }],
      checks: { passed: 12, failed: 0 },
      outcome: "applied",
    };
    expect(jobRecordText(record).split("\n")).toEqual([
      "task: add tests for the parser",
      "file: test/parser.test.ts +40 -2",
      "checks: 12 passed, 0 failed",
      "outcome: applied",
    ]);
  });

  test("reads back as it was", () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        expect(parseJobRecord(jobRecordText(record))).toEqual(record);
      }),
    );
  });

  test("may come with a request around it", () => {
    const text =
      "Sum this up in a sentence or two.\n\ntask: fix it\n  file: my file.py +1 -0\noutcome: proposed\nThank you.";
    expect(parseJobRecord(text)).toEqual({
      task: "fix it",
      files: [{ name: "my file.py", added: 1, removed: 0 }],
      checks: null,
      outcome: "proposed",
    });
  });

  test.each([
    "what is a record",
    "task: fix it",
    "outcome: applied",
    "task: fix it\noutcome: splendid",
    "task: fix it\nfile: a.py\noutcome: applied",
    "task: fix it\nfile: a.py +1 -x\noutcome: applied",
    "task: fix it\nchecks: most passed\noutcome: applied",
    "task: fix it\ntask: and this\noutcome: applied",
    "task: fix it\noutcome: applied\noutcome: failed",
    "",
  ])("is not made out of %j", (text) => {
    expect(parseJobRecord(text)).toBeNull();
  });
});

const namesAndNumbers = /(?:[\w-]+\/)*[\w-]+\.[\w.-]*\w|\d+/g;

describe("its summary", () => {
  test("names no file and no number that is not in the record", () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const { files, checks } = record;
        const numbers = [files.length, ...files.flatMap(({ added, removed }) => [added, removed])];
        if (checks !== null) numbers.push(checks.passed, checks.failed);
        for (const summary of summaries(record)) {
          const rest = files
            .toSorted((a, b) => b.name.length - a.name.length)
            .reduce((text, { name }) => text.replaceAll(name, " "), summary);
          const named = rest.match(namesAndNumbers) ?? [];
          expect(named.filter((one) => !numbers.includes(Number(one)))).toEqual([]);
        }
      }),
    );
  });

  test("can be said in more than one way, each a sentence or three", () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const all = summaries(record);
        expect(new Set(all).size).toBe(all.length);
        expect(all.length).toBeGreaterThanOrEqual(2);
        for (const summary of all) expect(summary).toMatch(/^[A-Z][^\n]*\.$/);
      }),
    );
  });

  test.each([
    [
      { files: [{ name: "hello.py", added: 1, removed: 0 }], checks: { passed: 3, failed: 0 }, outcome: "applied" },
      "The change is applied. The coder added 1 line to hello.py. All 3 checks passed.",
    ],
    [
      {
        files: [
          { name: "a.ts", added: 4, removed: 2 },
          { name: "b.ts", added: 0, removed: 9 },
        ],
        checks: { passed: 5, failed: 2 },
        outcome: "proposed",
      },
      "The coder changed a.ts, with 4 lines added and 2 removed, and removed 9 lines from b.ts, and waits for your word. 5 checks passed and 2 failed.",
    ],
    [
      { files: [{ name: "a.ts", added: 4, removed: 2 }], checks: { passed: 1, failed: 0 }, outcome: "rejected" },
      "You rejected the change, and your files are as they were.",
    ],
    [
      {
        files: ["a", "b", "c", "d"].map((name) => ({ name: `${name}.ts`, added: 1, removed: 1 })),
        checks: null,
        outcome: "applied",
      },
      "The change is applied. The coder changed 4 files, among them a.ts and b.ts. Nothing was checked.",
    ],
  ] satisfies [Omit<JobRecord, "task">, string][])("of %j", (record, summary) => {
    expect(summaries({ task: "do it", ...record })[0]).toBe(summary);
  });
});
