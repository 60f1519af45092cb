/** Where a conversation from files stands: which turn is being said, or waited for. */
export type ScheduleState =
  | {
      readonly status: "connecting";
      readonly turn: 0;
      readonly answered: 0;
      /** Since when there is a session in which nothing is going on; null while there is none. */
      readonly readyMs: number | null;
    }
  | { readonly status: "saying"; readonly turn: number; readonly answered: number }
  | {
      readonly status: "awaiting";
      readonly turn: number;
      readonly answered: number;
      /** When this turn's answer was first heard; null until then. */
      readonly answerMs: number | null;
      /** Since when nothing has been going on; null while something is. */
      readonly quietMs: number | null;
    }
  | { readonly status: "finished"; readonly turn: number; readonly answered: number };

/** What is so at one moment. */
export interface ScheduleMoment {
  readonly nowMs: number;
  readonly ready: boolean;
  /** The turn that is being said has been said to its end. */
  readonly said: boolean;
  /** Answers, heard or written, that came since the turn began to be said. */
  readonly answers: number;
  /** The assistant is being heard. */
  readonly sounding: boolean;
  /** Nobody speaks, thinks or waits, and nothing is being done that was asked for. */
  readonly idle: boolean;
  /** Something will be told without a question. */
  readonly owed: boolean;
  /** Turns may come that are not known yet. */
  readonly more: boolean;
}

export const scheduleStart: ScheduleState = { status: "connecting", turn: 0, answered: 0, readyMs: null };

export interface ScheduleStep {
  readonly state: ScheduleState;
  /** Say the turn that the state names now. */
  readonly begin: boolean;
  readonly unanswered: boolean;
}

/** People do not speak in the very moment in which a microphone opens, and ears need silence to know speech by. */
const leadInMs = 500;
/** After an answer, so that a second part of it is not cut off. */
const settleMs = 400;
/** With nobody doing anything, no answer will come. */
const answerWithinMs = 10_000;

/** @param cutIns of each turn, see `PlannedTurn.cutInMs` */
export function scheduleStep(
  state: ScheduleState,
  moment: ScheduleMoment,
  cutIns: readonly (number | null)[],
): ScheduleStep {
  const stay = { state, begin: false, unanswered: false };
  switch (state.status) {
    case "finished":
      return stay;
    case "connecting":
      return connecting(state, moment, cutIns);
    case "saying":
      if (!moment.said) return stay;
      return { ...stay, state: { ...state, status: "awaiting", answerMs: null, quietMs: null } };
    case "awaiting":
      return awaiting(state, moment, cutIns);
    default:
      return state satisfies never;
  }
}

function connecting(
  state: Extract<ScheduleState, { status: "connecting" }>,
  { ready, idle, owed, more, nowMs }: ScheduleMoment,
  cutIns: readonly unknown[],
): ScheduleStep {
  const readyMs = ready && idle ? (state.readyMs ?? nowMs) : null;
  const isQuiet = readyMs !== null && nowMs - readyMs >= (owed ? answerWithinMs : leadInMs);
  if (isQuiet && (cutIns.length > 0 || !more)) return begin(0, 0, cutIns);
  return { state: { ...state, readyMs }, begin: false, unanswered: false };
}

function awaiting(
  state: Extract<ScheduleState, { status: "awaiting" }>,
  moment: ScheduleMoment,
  cutIns: readonly (number | null)[],
): ScheduleStep {
  const { nowMs } = moment;
  const answerMs = state.answerMs ?? (moment.answers > 0 && moment.sounding ? nowMs : null);
  const quietMs = moment.idle ? (state.quietMs ?? nowMs) : null;
  const next = state.turn + 1;
  const cutIn = cutIns[next] ?? null;
  if (cutIn !== null && answerMs !== null && nowMs - answerMs >= cutIn) return begin(next, state.answered + 1, cutIns);
  const answered = moment.answers > 0;
  const isQuiet = quietMs !== null && nowMs - quietMs >= (answered && !moment.owed ? settleMs : answerWithinMs);
  if (isQuiet && (next < cutIns.length || !moment.more)) {
    return { ...begin(next, state.answered + (answered ? 1 : 0), cutIns), unanswered: !answered };
  }
  return { state: { ...state, answerMs, quietMs }, begin: false, unanswered: false };
}

function begin(turn: number, answered: number, cutIns: readonly unknown[]): ScheduleStep {
  const status = turn < cutIns.length ? "saying" : "finished";
  if (status === "finished") return { state: { status, turn, answered }, begin: false, unanswered: false };
  return { state: { status, turn, answered }, begin: true, unanswered: false };
}
