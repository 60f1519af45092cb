import { describe, expect, test } from "vitest";
import { newAnswer } from "../../../clients/assistant-line.ts";
import { isWorking, type JobNews, jobNewsStep, noJobNews } from "../../../clients/mic/job-news.ts";
import { type TalkState, talkStart } from "../../../clients/talk-state.ts";
import type { JobView } from "../../../pipeline/realtime/job-events.ts";

const ready: TalkState = { ...talkStart, link: { status: "ready" } };

function job(some: Partial<JobView> = {}): JobView {
  return {
    id: "job_1",
    task: "write fizz",
    workspace: "/w",
    status: "reading",
    note: "",
    asked_at: 0,
    since: 0,
    expected_ms: null,
    change: null,
    approval: null,
    summary: null,
    undo: "nothing",
    ...some,
  };
}

const approval = { id: "a1", risk: "low", reasons: [], phrase: "apply amber seven", expires_at: 9 } as const;
const asking = job({ status: "awaiting-approval", approval: { ...approval, reasons: [] } });
const done = job({ status: "done", summary: "I made fizz.py; it prints fizz.", undo: "possible" });
const says = (id: string, text: string, status: "speaking" | "done" | "interrupted" = "done") => ({
  ...newAnswer(id, id),
  text,
  status,
});

/** Lets a conversation come to these states. */
function newsAfter(...states: readonly Partial<TalkState>[]): JobNews {
  return states.reduce<JobNews>((news, state) => jobNewsStep(news, { ...ready, ...state }), noJobNews);
}

describe("news of a job that are told by themselves are waited for:", () => {
  test("its work, while it goes on", () => {
    expect(isWorking(newsAfter({}, { jobs: [job()] }))).toBe(true);
    expect(isWorking(newsAfter({}, { jobs: [asking] }))).toBe(false);
    expect(isWorking(newsAfter({}, { jobs: [job({ status: "summarising" })] }))).toBe(true);
    expect(isWorking(newsAfter({}, { jobs: [done] }))).toBe(false);
  });

  test("the change, until it was told to the end", () => {
    const asked = [{}, { jobs: [job()] }, { jobs: [asking] }];
    expect(newsAfter(...asked).owed).toHaveLength(1);
    const text = "The coder made fizz.py. Nothing was checked. Say: apply amber seven, or reject.";
    expect(newsAfter(...asked, { jobs: [asking], lines: [says("1", text, "speaking")] }).owed).toHaveLength(1);
    expect(newsAfter(...asked, { jobs: [asking], lines: [says("1", text)] }).owed).toHaveLength(0);
    expect(newsAfter(...asked, { jobs: [asking], lines: [says("1", text, "interrupted")] }).owed).toHaveLength(0);
    expect(newsAfter(...asked, { jobs: [asking], lines: [says("1", "The coder takes that.")] }).owed).toHaveLength(1);
  });

  test("the change that takes a click, by its reason", () => {
    const high = { ...asking, approval: { ...approval, phrase: null, reasons: ["It deletes a file."] } };
    const told = { lines: [says("1", "The coder deleted x. It deletes a file, so please click Apply on the screen.")] };
    expect(newsAfter({}, { jobs: [high] }).owed).toHaveLength(1);
    expect(newsAfter({}, { jobs: [high] }, { jobs: [high], ...told }).owed).toHaveLength(0);
  });

  test("nobody is owed a question that somebody has answered", () => {
    const no = job({ status: "rejected", summary: "Rejected; nothing was changed." });
    expect(newsAfter({}, { jobs: [asking] }, { jobs: [no] }).owed).toHaveLength(0);
  });

  test("a question that is asked anew", () => {
    const again = { ...asking, approval: { ...approval, reasons: [], id: "a2", phrase: "apply blue two" } };
    const first = { jobs: [asking], lines: [says("1", "Say: apply amber seven, or reject.")] };
    expect(newsAfter({}, first, { ...first, jobs: [again] }).owed).toMatchObject([{ about: "a2" }]);
  });

  test("the summary, and not because the same was said of an earlier job", () => {
    const earlier = { lines: [says("1", "I made fizz.py; it prints fizz.")] };
    const steps = [{}, { jobs: [job({ status: "summarising" })], ...earlier }, { jobs: [done], ...earlier }];
    expect(newsAfter(...steps).owed).toHaveLength(1);
    const lines = [...earlier.lines, says("2", "I made fizz.py;  it prints fizz.")];
    expect(newsAfter(...steps, { jobs: [done], lines }).owed).toHaveLength(0);
  });

  test("a failure", () => {
    const failed = job({ status: "failed", summary: "The coder went in circles." });
    expect(newsAfter({}, { jobs: [job()] }, { jobs: [failed] }).owed).toHaveLength(1);
    const lines = [says("1", "The coder's job failed. The coder went in circles.")];
    expect(newsAfter({}, { jobs: [job()] }, { jobs: [failed] }, { jobs: [failed], lines }).owed).toHaveLength(0);
  });
});

test("jobs of others are not waited for, but the questions that they left are", () => {
  expect(isWorking(newsAfter({ jobs: [job()] }))).toBe(false);
  expect(newsAfter({ jobs: [job()] }, { jobs: [done] }).owed).toEqual([]);
  expect(newsAfter({ jobs: [asking] }).owed).toHaveLength(1);
  expect(newsAfter({ jobs: [done] }).owed).toEqual([]);
});

test("before there is a session nothing is known", () => {
  const waiting = { link: { status: "connecting", attempt: 0 }, jobs: [job()] } as const;
  expect(newsAfter(waiting)).toBe(noJobNews);
});
