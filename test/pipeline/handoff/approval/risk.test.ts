import { describe, expect, test } from "vitest";
import { proposalRisk, riskOf } from "../../../../pipeline/handoff/approval/risk.ts";
import type { FileChange } from "../../../../pipeline/handoff/change-set.ts";
import type { PathClass } from "../../../../pipeline/handoff/workspace/denied-path.ts";
import { changeOf } from "../jobs/sample-jobs.ts";

const classes: Record<string, PathClass> = {
  "package.json": "dependencies",
  ".github/workflows/ci.yml": "ci",
  ".env": "denied",
};

function risk(...files: readonly Partial<FileChange>[]): ReturnType<typeof riskOf> {
  return riskOf(changeOf(...files), { mostFiles: 3, mostLines: 100 }, (path) => classes[path] ?? "plain");
}

describe("a change", () => {
  test("of few lines in plain files is of low risk, up to the limits themselves", () => {
    expect(risk({})).toEqual({ level: "low", reasons: [] });
    expect(risk({ kind: "change", addedLines: 60, removedLines: 40 }).level).toBe("low");
    expect(risk({ path: "a" }, { path: "b" }, { path: "c" }).level).toBe("low");
    expect(risk({ kind: "change", oldExecutable: true, newExecutable: true }).level).toBe("low");
    expect(risk({ kind: "change", oldExecutable: true, newExecutable: false }).level).toBe("low");
  });

  test("of what people write is of low risk: tabs, ends of lines, every language, and what was there before", () => {
    const lines = [
      "+\tconst a = 1;\r",
      "+\u{1f468}\u{200d}\u{1f469} می\u{200c}خواهم",
      `-${"old ".repeat(500)}`,
      "-\u{202e}",
    ];
    expect(risk({ kind: "change", patch: `@@ -1,2 +1,2 @@\n${lines.join("\n")}\n` })).toEqual({
      level: "low",
      reasons: [],
    });
  });

  const few = { addedLines: 1 };
  test.each<[string, readonly Partial<FileChange>[], string]>([
    ["deletes", [{ kind: "delete", newHash: null }], "It deletes a file."],
    [
      "deletes two",
      [
        { path: "a", kind: "delete" },
        { path: "b", kind: "delete" },
      ],
      "It deletes 2 files.",
    ],
    ["changes dependencies", [{ path: "package.json" }], "It changes package.json, which decides what is installed."],
    [
      "changes CI",
      [{ path: ".github/workflows/ci.yml" }],
      "It changes .github/workflows/ci.yml, which runs on other machines.",
    ],
    ["changes what is denied", [{ path: ".env" }], "It changes .env, which may hold secrets or run by itself."],
    ["makes a file executable", [{ path: "run.sh", newExecutable: true }], "It makes run.sh executable."],
    [
      "makes an old file executable",
      [{ path: "a.sh", kind: "change", newExecutable: true }],
      "It makes a.sh executable.",
    ],
    ["changes many files", ["a", "b", "c", "d"].map((path) => ({ path, ...few })), "It changes 4 files."],
    ["changes many lines", [{ addedLines: 60, removedLines: 41 }], "It changes 101 lines."],
    [
      "brings bytes that are no text",
      [{ path: "tool.so", addedLines: 0, patch: "Binary files /dev/null and b/tool.so differ\n" }],
      "It changes tool.so, which is no text, so it cannot be shown.",
    ],
    [
      "reads otherwise than it runs",
      [{ path: "a.ts", patch: "@@ -0,0 +1 @@\n+const ok = 1; // \u{202e} } nimda = resu\u{2066}\n" }],
      "It changes a.ts, with characters that cannot be seen.",
    ],
    [
      "draws over the terminal",
      [{ path: "a.ts", patch: "@@ -0,0 +1 @@\n+const a = 1;\u{1b}[1A\u{1b}[2K\n" }],
      "It changes a.ts, with characters that cannot be seen.",
    ],
    [
      "draws over its own line",
      [{ path: "a.ts", patch: "@@ -0,0 +1 @@\n+evil();\rgood(); \n" }],
      "It changes a.ts, with characters that cannot be seen.",
    ],
    [
      "hides much in one line",
      [{ path: "a.js", addedLines: 1, patch: `@@ -0,0 +1 @@\n+${"f();".repeat(400)}\n` }],
      "It changes a.js, with lines too long to be read.",
    ],
  ])("that %s is of high risk, and says why", (_, files, reason) => {
    expect(risk(...files)).toEqual({ level: "high", reasons: [reason] });
  });

  test("says all that is dangerous in it, what is deleted first", () => {
    const { reasons } = risk({ path: "package.json", newExecutable: true }, { path: "old.ts", kind: "delete" });
    expect(reasons).toEqual([
      "It deletes a file.",
      "It changes package.json, which decides what is installed.",
      "It makes package.json executable.",
    ]);
  });
});

test("what fails a check is not approved by voice; what passes it, or was not checked, may be", () => {
  const rules = { mostFiles: 3, mostLines: 100 };
  const ran = (name: string, passed: boolean) => ({ ran: true, name, passed, output: "" }) as const;
  const of = (...checks: Parameters<typeof proposalRisk>[0]["checks"]) =>
    proposalRisk({ change: changeOf({}), checks }, rules, () => "plain");
  expect(of().level).toBe("low");
  expect(of(ran("test", true), { ran: false, name: "lint", why: "There is no sandbox." }).level).toBe("low");
  expect(of(ran("test", false), ran("lint", true), ran("types", false))).toEqual({
    level: "high",
    reasons: ["It fails test and types."],
  });
});
