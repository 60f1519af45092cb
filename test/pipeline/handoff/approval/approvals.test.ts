import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type ApprovalBook,
  answer,
  emptyBook,
  expire,
  issue,
  latePhrases,
  pendingOf,
  withdraw,
} from "../../../../pipeline/handoff/approval/approvals.ts";
import { newApproval } from "../../../../pipeline/handoff/approval/new-approval.ts";
import { approvalOf, changeOf, highRisk, lowRisk, startMs } from "../jobs/sample-jobs.ts";

const one = issue(emptyBook, "job1", approvalOf());

function reply(book: ApprovalBook, id: string, yes = true, nowMs = startMs): string {
  const { answer: said } = answer(book, { id, yes, nowMs });
  return said.answered === "refused" ? said.why : `${said.answered} ${said.jobId}`;
}

describe("of several answers to an approval", () => {
  test("the first counts, whatever it is", () => {
    const yes = answer(one, { id: "a1", yes: true, nowMs: startMs });
    expect(yes.answer).toEqual({ answered: "approved", jobId: "job1", approval: approvalOf() });
    expect(reply(yes.book, "a1")).toBe("This change is already approved.");
    expect(reply(yes.book, "a1", false)).toBe("This change is already approved.");
    const no = answer(one, { id: "a1", yes: false, nowMs: startMs });
    expect(no.answer.answered).toBe("rejected");
    expect(reply(no.book, "a1")).toBe("This change is already rejected.");
  });

  test("one that is too late, or about nothing, gets a sentence and changes nothing", () => {
    expect(reply(one, "a1", true, startMs + 119_999)).toBe("approved job1");
    expect(reply(one, "a1", true, startMs + 120_000)).toContain("too old");
    expect(reply(one, "a1 ")).toBe("Nothing waits for that approval; look at the newest change.");
    expect(reply(emptyBook, "")).toContain("Nothing waits");
    expect(answer(one, { id: "other", yes: true, nowMs: startMs }).book).toBe(one);
  });
});

test("an approval runs out once, and is then said to have", () => {
  expect(expire(one, startMs + 119_999).expired).toEqual([]);
  const { book, expired } = expire(one, startMs + 120_000);
  expect(expired.map(({ jobId }) => jobId)).toEqual(["job1"]);
  expect(expire(book, startMs + 130_000).expired).toEqual([]);
  // Time that went back does not bring it back.
  expect(reply(book, "a1", true, startMs)).toContain("too old");
});

test("an approval that was replaced or withdrawn is void; other jobs' stay", () => {
  const two = issue(one, "job2", approvalOf({ id: "b1" }));
  const renewed = issue(two, "job1", approvalOf({ id: "a2" }));
  expect(reply(renewed, "a1")).toContain("no longer open");
  expect(reply(renewed, "a2")).toBe("approved job1");
  expect(reply(withdraw(renewed, "job1"), "a2")).toContain("no longer open");
  expect(reply(withdraw(renewed, "job1"), "b1")).toBe("approved job2");
  expect(pendingOf(renewed, "job1", startMs)?.id).toBe("a2");
  expect(pendingOf(renewed, "job1", startMs + 120_000)).toBeUndefined();
  expect(pendingOf(withdraw(renewed, "job1"), "job1", startMs)).toBeUndefined();
});

test("what is open is never forgotten, what is over is after a while", () => {
  let book = issue(emptyBook, "open", approvalOf({ id: "kept", phrase: "blue one" }));
  for (let index = 0; index < 300; index += 1) {
    book = issue(book, "busy", approvalOf({ id: `x${index}`, phrase: `pink ${index}` }));
  }
  expect(book.length).toBeLessThan(110);
  expect(reply(book, "kept")).toBe("approved open");
  expect(reply(book, "x0")).toContain("Nothing waits");
  expect(latePhrases(book, 2)).toEqual(["blue one", "pink 298", "pink 299"]);
});

test("a new approval is bound to the change, runs out, and has a phrase only where little can go wrong", () => {
  const asked = { change: changeOf({}), nowMs: startMs, lifetimeMs: 90_000, lately: ["amber one"] };
  const low = newApproval({ ...asked, risk: lowRisk }, () => 0);
  expect(low).toEqual({
    id: expect.stringMatching(/^approval_[0-9a-f]{32}$/),
    changeHash: "hash",
    phrase: "amber two",
    expiresAtMs: startMs + 90_000,
  });
  const high = newApproval({ ...asked, risk: highRisk });
  expect(high.phrase).toBeNull();
  expect(high.id).not.toBe(low.id);
});

const id = fc.constantFrom("a", "b", "c");
const happening = fc.oneof(
  fc.record({ do: fc.constant("issue" as const), id }),
  fc.record({ do: fc.constant("answer" as const), id, yes: fc.boolean() }),
  fc.record({ do: fc.constant("expire" as const), id }),
);

test("in any history each approval is given at most once, and never after it ran out", () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 40 }), (history) => {
      let book = emptyBook;
      const given = new Set<string>();
      for (const [index, what] of history.entries()) {
        const nowMs = startMs + index;
        if (what.do === "issue") {
          book = issue(book, what.id, approvalOf({ id: `${what.id}${index}`, expiresAtMs: nowMs + 6 }));
        } else if (what.do === "expire") book = expire(book, nowMs).book;
        else {
          const asked = book.findLast(({ jobId }) => jobId === what.id)?.approval;
          const result = answer(book, { id: asked?.id ?? "none", yes: what.yes, nowMs });
          book = result.book;
          if (result.answer.answered === "refused") continue;
          expect(given.has(result.answer.approval.id)).toBe(false);
          expect(result.answer.approval.expiresAtMs).toBeGreaterThan(nowMs);
          given.add(result.answer.approval.id);
        }
        const open = book.filter(({ state }) => state === "pending").map(({ jobId }) => jobId);
        expect(new Set(open).size).toBe(open.length);
      }
    }),
    { numRuns: 500 },
  );
});
