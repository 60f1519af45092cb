import { describe, expect, test } from "vitest";
import { jobView } from "../../../../pipeline/handoff/jobs/job-view.ts";
import { jobViewSchema } from "../../../../pipeline/realtime/job-events.ts";
import { approvalOf, changeOf, highRisk, jobIn, proposalOf, proposedEvent, startMs, walk } from "./sample-jobs.ts";

const unknown = { news: null, expectedMs: null };

describe("a job as clients see it", () => {
  test.each(Object.entries(jobIn))("is whole when it is %s, and says what it does", (status, job) => {
    const view = jobView(job(), unknown);
    expect(jobViewSchema.parse(view)).toEqual(view);
    expect(view).toMatchObject({ id: "job1", task: "write fizz buzz", status, asked_at: startMs, since: startMs });
    expect(view.note).toMatch(/^[A-Z].*[a-z]$/);
  });

  test("has notes of its own for every state", () => {
    const notes = Object.values(jobIn).map((job) => jobView(job(), unknown).note);
    expect(new Set(notes).size).toBe(notes.length);
  });

  test("tells what the coder is at while it works, and not after", () => {
    const at = (news: Parameters<typeof jobView>[1]["news"]): string =>
      jobView(jobIn.reading(), { news, expectedMs: null }).note;
    expect(at({ type: "reading", path: "src/parser.ts" })).toBe("Reading src/parser.ts");
    expect(at({ type: "editing", path: "parser.ts" })).toBe("Editing parser.ts");
    expect(at({ type: "searching", text: "parse(" })).toBe("Searching for “parse(”");
    expect(at({ type: "checking", name: "test" })).toBe("Running test");
    expect(at({ type: "note", text: "Thinking" })).toBe("Thinking");
    expect(jobView(jobIn.done(), { news: { type: "note", text: "Thinking" }, expectedMs: 7 }).note).toBe("Applied");
  });

  test("shows the change and the checks, from the moment there is one", () => {
    const proposal = proposalOf({
      change: changeOf({ path: "a.ts", kind: "change", addedLines: 2, removedLines: 1, patch: "@@" }),
      checks: [
        { ran: true, name: "test", passed: true, output: "ok" },
        { ran: true, name: "lint", passed: false, output: "line 3" },
        { ran: false, name: "build", why: "There is no sandbox." },
      ],
    });
    expect(jobView(jobIn.proposing(), unknown)).toMatchObject({ change: null, approval: null, summary: null });
    expect(jobView(walk(jobIn.proposing(), proposedEvent({ proposal })), { ...unknown, expectedMs: 40 })).toMatchObject(
      {
        expected_ms: 40,
        change: {
          files: [{ path: "a.ts", kind: "change", added: 2, removed: 1, patch: "@@" }],
          summary: "It prints fizz and buzz.",
          checks: [
            { name: "test", outcome: "passed", output: "ok" },
            { name: "lint", outcome: "failed", output: "line 3" },
            { name: "build", outcome: "not-run", output: "There is no sandbox." },
          ],
        },
      },
    );
  });

  test("shows how to approve only while it can be approved", () => {
    expect(jobView(jobIn["awaiting-approval"](), unknown).approval).toEqual({
      id: "a1",
      risk: "low",
      reasons: [],
      phrase: "apply amber seven",
      expires_at: startMs + 120_000,
    });
    const risky = walk(jobIn.proposing(), proposedEvent({ risk: highRisk, approval: approvalOf({ phrase: null }) }));
    expect(jobView(risky, unknown).approval).toMatchObject({
      risk: "high",
      reasons: ["It deletes a file."],
      phrase: null,
    });
    for (const job of [jobIn.applying(), jobIn.done(), jobIn.rejected()])
      expect(jobView(job, unknown).approval).toBeNull();
  });

  test("says in the end how it went, and whether it can be taken back", () => {
    const end = (job: Parameters<typeof jobView>[0]): [string | null, string] => {
      const { summary, undo } = jobView(job, unknown);
      return [summary, undo];
    };
    expect(end(jobIn.done())).toEqual(["There is a fizz buzz now.", "possible"]);
    const undone = walk(jobIn.done(), { type: "undone" });
    expect(end(undone)).toEqual(["There is a fizz buzz now. It was undone.", "undone"]);
    expect(jobView(undone, unknown).note).toBe("Undone");
    const none = walk(jobIn.reading(), { type: "nothing-to-change", summary: "It is there." });
    expect(end(none)).toEqual(["It is there.", "nothing"]);
    expect(jobView(none, unknown).note).toBe("Nothing to change");
    expect(end(jobIn.failed())).toEqual(["The coder went in circles.", "nothing"]);
    expect(end(jobIn.rejected())).toEqual(["Rejected; nothing was changed.", "nothing"]);
    expect(end(jobIn.cancelled())).toEqual(["Cancelled; nothing was changed.", "nothing"]);
  });
});
