import type { Action } from "../edits/action.ts";
import { conclude, ended, giveUp, goOn, troubled, type Worked } from "./coder-course.ts";
import { coderSays, userHears } from "./coder-sentences.ts";
import {
  type CoderAnswer,
  type CoderEvent,
  type CoderRules,
  type CoderState,
  type CoderStep,
  noProgress,
  type Outcome,
  type Progress,
  type Turn,
} from "./coder-state.ts";
import { afterOutcomes, outcomeText } from "./outcome-news.ts";

/** How a task begins. */
export function beginCoder(rules: CoderRules): CoderStep {
  return goOn(noProgress, rules);
}

/**
 * What a coder does next. Always ends: every answer counts as a turn, and turns are limited. An event that does not belong to the
 * state is of something that is over, and changes nothing.
 */
export function stepCoder(state: CoderState, event: CoderEvent, rules: CoderRules): CoderStep {
  if (state.status === "over") return { state, effects: [] };
  switch (event.type) {
    case "cancel":
      return ended(state.progress, { type: "cancelled" });
    case "answer":
      return state.status === "thinking" ? onAnswer(state.progress, event.answer, rules) : { state, effects: [] };
    case "outcomes":
      if (state.status === "acting") return onOutcomes(state, event.outcomes, rules);
      if (state.status === "checking") return onFinalChecks(state, event.outcomes, rules);
      return { state, effects: [] };
  }
}

/** More of them in one answer is a model that runs on. */
const mostActions = 12;
const sameTurns = 3;

function onAnswer(before: Progress, answer: CoderAnswer, rules: CoderRules): CoderStep {
  const progress = {
    ...before,
    turns: before.turns + 1,
    writtenTokens: before.writtenTokens + answer.writtenTokens,
  };
  const cannot = answer.actions.find((action) => action.type === "cannot");
  const done = answer.actions.find((action) => action.type === "done");
  const work = answer.actions.filter(isWork);
  if (cannot !== undefined) {
    if (progress.claim !== null) return giveUp(progress, userHears.nothingMore, rules);
    const why = cannot.why.trim() === "" ? userHears.refusedSilently : cannot.why.trim();
    return ended(progress, { type: "refused", why });
  }
  if (work.length === 0) {
    if (answer.problems.length > 0) {
      return troubled({ progress, turn: turnOf(answer, [], problemNote(answer)) }, userHears.badEdits, rules);
    }
    if (done !== undefined) return conclude({ progress, turn: turnOf(answer, [], "") }, done.summary, rules);
    return onNonsense(progress, answer, rules);
  }
  const fingerprint = JSON.stringify(work);
  const doneBefore = [...progress.doneBefore, fingerprint];
  if (doneBefore.filter((one) => one === fingerprint).length >= sameTurns)
    return stopTalking(progress, userHears.circles, rules);
  const actions = work.slice(0, mostActions);
  return {
    state: {
      status: "acting",
      progress: { ...progress, doneBefore, nonsense: 0 },
      answer,
      actions,
      summary: done?.summary ?? null,
    },
    effects: [{ do: "act", actions }],
  };
}

function onNonsense(progress: Progress, answer: CoderAnswer, rules: CoderRules): CoderStep {
  if (progress.nonsense > 0) return stopTalking(progress, userHears.nonsense, rules);
  const note = answer.cut ? `${coderSays.cut} ${rules.form}` : rules.form;
  const history = [...progress.history, turnOf(answer, [], note)];
  return goOn({ ...progress, nonsense: progress.nonsense + 1, history }, rules);
}

function onOutcomes(
  { progress: before, answer, actions, summary }: Extract<CoderState, { status: "acting" }>,
  outcomes: readonly Outcome[],
  rules: CoderRules,
): CoderStep {
  const after = afterOutcomes(before, outcomes);
  const lost = answer.problems.length > 0 || outcomes.some(({ type }) => type === "not-changed");
  const failed = outcomes.some((outcome) => outcome.type === "checked" && !outcome.passed);
  const claims = summary !== null && !lost && after.changed.length > 0;
  const progress = claims ? { ...after, claim: summary } : after;
  const repeated = before.doneBefore.slice(0, -1).includes(before.doneBefore.at(-1) ?? "");
  const tooMany = answer.actions.filter(isWork).length - actions.length;
  const notes = [
    problemNote(answer),
    tooMany > 0 ? coderSays.tooMany(mostActions) : "",
    repeated && progress.doneBefore.length > 0 ? coderSays.again : "",
  ];
  const turn = turnOf(answer, outcomes.map(outcomeText), notes.filter((note) => note !== "").join("\n"));
  const worked: Worked = { progress, turn };
  if (lost || failed) return troubled(worked, userHears.badEdits, rules);
  const edited = actions.some(isEdit);
  const onlyLooked = !edited && actions.some(isLook);
  if (summary !== null && !onlyLooked && tooMany === 0) return conclude(worked, summary, rules);
  const history = [...progress.history, turn];
  return goOn({ ...progress, history, repairs: edited ? 0 : progress.repairs }, rules);
}

function onFinalChecks(
  { progress: before, turn, summary }: Extract<CoderState, { status: "checking" }>,
  outcomes: readonly Outcome[],
  rules: CoderRules,
): CoderStep {
  const progress = { ...afterOutcomes(before, outcomes), claim: summary };
  const told = { ...turn, note: [coderSays.checksRan, ...outcomes.map(outcomeText), coderSays.mendIt].join("\n\n") };
  const failed = outcomes.some((outcome) => outcome.type === "checked" && !outcome.passed);
  if (failed) return troubled({ progress, turn: told }, userHears.badEdits, rules);
  return conclude({ progress, turn }, summary, rules);
}

/** Small models forget to say that they are done: when all that it did worked, it is. */
function stopTalking(progress: Progress, why: string, rules: CoderRules): CoderStep {
  const isDone = progress.changed.length > 0 && progress.unmended.length === 0 && progress.repairs === 0;
  return giveUp(isDone ? { ...progress, claim: progress.claim ?? "" } : progress, why, rules);
}

function turnOf(answer: CoderAnswer, results: readonly string[], note: string): Turn {
  const asked = answer.actions.filter((action) => action.type === "read");
  return { answer, asked, results, note };
}

function problemNote({ problems, cut }: CoderAnswer): string {
  if (problems.length === 0) return "";
  return [...(cut ? [coderSays.cut] : []), ...problems, coderSays.sendAgain].join("\n");
}

function isWork(action: Action): boolean {
  return action.type !== "done" && action.type !== "cannot";
}

function isEdit({ type }: Action): boolean {
  return type === "whole-file" || type === "replace";
}

function isLook({ type }: Action): boolean {
  return type === "list" || type === "search" || type === "read";
}
