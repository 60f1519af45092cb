import { coderSays, userHears } from "./coder-sentences.ts";
import type { CoderEnd, CoderRules, CoderStep, Progress, Turn } from "./coder-state.ts";

/** Where a coder stands behind a turn, before anybody decides what follows. */
export interface Worked {
  readonly progress: Progress;
  readonly turn: Turn;
}

/** The model is asked again, unless the budget is used up. */
export function goOn(progress: Progress, rules: CoderRules): CoderStep {
  const { turns, writtenTokens, answerTokens } = rules.budget;
  if (progress.turns >= turns) return giveUp(progress, userHears.turns(turns), rules);
  const left = writtenTokens - progress.writtenTokens;
  if (left < leastAnswerTokens) return giveUp(progress, userHears.tokens, rules);
  return {
    state: { status: "thinking", progress },
    effects: [{ do: "ask", maxTokens: Math.min(answerTokens, left) }],
  };
}

/** Something did not work: the model sees it and may mend it, but not for ever. */
export function troubled({ progress, turn }: Worked, why: string, rules: CoderRules): CoderStep {
  if (progress.repairs >= rules.budget.repairs) return giveUp(progress, why, rules);
  const history = [...progress.history, turn];
  return goOn({ ...progress, history, repairs: progress.repairs + 1, nonsense: 0 }, rules);
}

/** The model says that it is done: is it? */
export function conclude({ progress, turn }: Worked, summary: string, rules: CoderRules): CoderStep {
  const { changed, foundSo, unmended, doubted } = progress;
  const doubt = (note: string): CoderStep =>
    goOn({ ...progress, doubted: true, nonsense: 0, history: [...progress.history, { ...turn, note }] }, rules);
  if (unmended.length > 0) {
    if (!doubted) return doubt(coderSays.unmended(unmended));
    if (changed.length === 0) return giveUp(progress, userHears.badEdits, rules);
  } else if (changed.length === 0) {
    if (!doubted && !foundSo) return doubt(coderSays.nothingChanged);
    return ended(progress, { type: "done", summary: userHears.nothingChanged(oneLine(summary)) });
  }
  const unchecked = rules.checks.filter((name) => progress.checks[name] === undefined);
  if (unchecked.length > 0)
    return {
      state: { status: "checking", progress, turn, summary },
      effects: [{ do: "act", actions: unchecked.map((name) => ({ type: "check", name })) }],
    };
  return ended(progress, { type: "done", summary: fullSummary(progress, summary) });
}

/** The end without "done"; what was finished and had only a check against it is kept, and said to be so. */
export function giveUp(progress: Progress, why: string, { checks }: CoderRules): CoderStep {
  if (progress.claim !== null) {
    const unsure = checks.some((name) => progress.checks[name] === undefined) ? [userHears.unsure] : [];
    return ended(progress, { type: "done", summary: [fullSummary(progress, progress.claim), ...unsure].join(" ") });
  }
  return ended(progress, { type: "gave-up", why });
}

/** Nothing is done any more. */
export function ended(progress: Progress, end: CoderEnd): CoderStep {
  return { state: { status: "over", progress, end }, effects: [] };
}

/** An answer shorter than this holds no file. */
const leastAnswerTokens = 128;
const longestSummary = 400;

function fullSummary({ changed, unmended, checks }: Progress, summary: string): string {
  const failing = Object.keys(checks).filter((name) => checks[name] === "failed");
  const said = oneLine(summary);
  return [
    said === "" ? userHears.changed(changed) : said,
    ...unmended.map(userHears.unmended),
    ...failing.map(userHears.failing),
  ].join(" ");
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > longestSummary ? `${line.slice(0, longestSummary - 1)}…` : line;
}
