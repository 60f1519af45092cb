import { expect, test } from "vitest";
import {
  type ScheduleMoment,
  type ScheduleState,
  scheduleStart,
  scheduleStep,
} from "../../../clients/mic/turn-schedule.ts";

const quiet: ScheduleMoment = {
  nowMs: 0,
  ready: true,
  said: true,
  answers: 0,
  sounding: false,
  idle: true,
  owed: false,
  more: false,
};

/** Lets moments pass and tells which turns began, and when. */
function follow(cutIns: readonly (number | null)[], moments: readonly Partial<ScheduleMoment>[]) {
  let state: ScheduleState = scheduleStart;
  const begun: (readonly [turn: number, atMs: number])[] = [];
  let unanswered = 0;
  for (const given of moments) {
    const moment = { ...quiet, ...given };
    const step = scheduleStep(state, moment, cutIns);
    state = step.state;
    if (step.begin) begun.push([state.turn, moment.nowMs]);
    if (step.unanswered) unanswered += 1;
  }
  return { state, begun, unanswered };
}

/** A session, and the silence before the first word. */
const start: readonly Partial<ScheduleMoment>[] = [{ nowMs: -500 }, {}];
const said = (nowMs: number): Partial<ScheduleMoment> => ({ nowMs, idle: false });
const sounding = (nowMs: number): Partial<ScheduleMoment> => ({ nowMs, answers: 1, sounding: true, idle: false });
const over = (nowMs: number): Partial<ScheduleMoment> => ({ nowMs, answers: 1 });

test("nothing is said before there is a session", () => {
  expect(follow([null], [{ ready: false }, { ready: false }]).begun).toEqual([]);
  expect(follow([null], [{ ready: false }, { nowMs: 20 }, { nowMs: 519 }]).begun).toEqual([]);
});

test("the next turn begins when the answer is over and stays over", () => {
  const end = [
    said(100),
    sounding(200),
    over(1_000),
    over(1_390),
    over(1_400),
    { nowMs: 1_420, said: false, idle: false },
  ];
  expect(follow([null, null], [...start, ...end]).begun).toEqual([
    [0, 0],
    [1, 1_400],
  ]);
  const second = [said(100), sounding(200), over(1_000), sounding(1_100), over(2_000), over(2_400)];
  expect(follow([null, null], [...start, ...second]).begun).toEqual([
    [0, 0],
    [1, 2_400],
  ]);
});

test("a turn that cuts in begins so long after the answer was first heard, and not a moment earlier", () => {
  const moments = [...start, said(100), sounding(200), sounding(999), sounding(1_000)];
  expect(follow([null, 800], moments).begun).toEqual([
    [0, 0],
    [1, 1_000],
  ]);
});

test("a turn that would cut in begins at the answer's end if that is sooner", () => {
  expect(follow([null, 5_000], [...start, said(100), sounding(200), over(600), over(1_000)]).begun).toEqual([
    [0, 0],
    [1, 1_000],
  ]);
});

test("without an answer it waits ten seconds of nobody doing anything, and says so", () => {
  const waiting = [
    ...start,
    said(100),
    { nowMs: 200 },
    { nowMs: 10_100 },
    said(10_150),
    { nowMs: 10_200 },
    { nowMs: 20_200 },
  ];
  expect(follow([null], waiting)).toMatchObject({ state: { status: "finished", answered: 0 }, unanswered: 1 });
  expect(follow([null], waiting.slice(0, -1)).state.status).toBe("awaiting");
});

test("it counts the turns that were answered, those that were cut off too", () => {
  const moments = [
    ...start,
    said(1),
    sounding(2),
    sounding(2_000),
    { ...said(2_001), answers: 0 },
    sounding(2_100),
    over(3_000),
    over(3_400),
  ];
  expect(follow([null, 500], moments).state).toEqual({ status: "finished", turn: 2, answered: 2 });
});

test("news that are owed are waited for as long as an answer would be, and no longer", () => {
  const owed = (nowMs: number): Partial<ScheduleMoment> => ({ ...over(nowMs), owed: true });
  const told = [said(100), sounding(200), owed(1_000), owed(2_000), sounding(2_100), over(3_000), over(3_400)];
  expect(follow([null, null], [...start, ...told]).begun).toEqual([
    [0, 0],
    [1, 3_400],
  ]);
  const never = [said(100), sounding(200), owed(1_000), owed(10_999)];
  expect(follow([null], [...start, ...never]).state.status).toBe("awaiting");
  expect(follow([null], [...start, ...never, owed(11_000)])).toMatchObject({
    state: { status: "finished", answered: 1 },
    unanswered: 0,
  });
});

test("what an earlier service left to tell is heard before the first word", () => {
  const moments = [{ nowMs: 0, owed: true }, { nowMs: 600, owed: true }, { nowMs: 700, idle: false }, { nowMs: 800 }];
  expect(follow([null], moments).begun).toEqual([]);
  expect(follow([null], [...moments, { nowMs: 1_300 }]).begun).toEqual([[0, 1_300]]);
});

test("while more may come it waits, also before the first; the end is the end", () => {
  const more = (nowMs: number, some: Partial<ScheduleMoment> = {}): Partial<ScheduleMoment> => ({
    ...over(nowMs),
    more: true,
    ...some,
  });
  const moments = [...start, said(100), sounding(200), more(1_000), more(1_400), more(60_000)];
  expect(follow([null], moments)).toMatchObject({ state: { status: "awaiting" }, unanswered: 0 });
  expect(follow([null], [...moments, over(60_001)]).state.status).toBe("finished");
  expect(follow([], [more(0), more(9_000)]).state.status).toBe("connecting");
  expect(follow([], [more(0), more(9_000), { nowMs: 9_001 }]).state.status).toBe("finished");
});
