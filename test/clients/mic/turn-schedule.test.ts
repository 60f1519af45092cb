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
