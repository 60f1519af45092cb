import { expect, test } from "vitest";
import { approvalArguments } from "../../../../pipeline/handoff/desk/approval-arguments.ts";
import { changeOf, highRisk, lowRisk, proposalOf } from "../jobs/sample-jobs.ts";

test("a change is shown to clients that approve calls with its files, its risk, its diff and its hash", () => {
  const change = changeOf({ path: "a.py", patch: "@@ a\n" }, { path: "b.py", kind: "delete", patch: "@@ b\n" });
  expect(JSON.parse(approvalArguments("tidy up", proposalOf({ change }), highRisk))).toEqual({
    task: "tidy up",
    summary: "It prints fizz and buzz.",
    files: [
      { path: "a.py", kind: "add", added: 12, removed: 0 },
      { path: "b.py", kind: "delete", added: 12, removed: 0 },
    ],
    risk: "high",
    reasons: ["It deletes a file."],
    diff: "@@ a\n@@ b\n",
    hash: "hash",
  });
});

test("a long diff is cut, and says so", () => {
  const change = changeOf({ patch: "+ a line\n".repeat(5_000) });
  const { diff } = JSON.parse(approvalArguments("task", proposalOf({ change }), lowRisk));
  expect(diff.length).toBeLessThan(20_100);
  expect(diff).toMatch(/\n… cut; the page shows it whole\.\n$/);
});
