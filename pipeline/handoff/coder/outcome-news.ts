import type { Outcome, Progress } from "./coder-state.ts";

/** What is known behind these outcomes. */
export function afterOutcomes(before: Progress, outcomes: readonly Outcome[]): Progress {
  return outcomes.reduce(afterOutcome, before);
}

/** An outcome as the model reads it. */
export function outcomeText(outcome: Outcome): string {
  switch (outcome.type) {
    case "shown":
    case "changed":
    case "same":
      return outcome.text;
    case "not-shown":
      return outcome.why;
    case "not-changed":
      return `${outcome.path} was NOT changed. ${outcome.why}`;
    case "checked":
      return `Check ${outcome.name} ${outcome.passed ? "passed" : "FAILED"}.\n${outcome.output}`.trimEnd();
    case "not-checked":
      return `Check ${outcome.name} was not run: ${outcome.why}`;
  }
}

function afterOutcome(progress: Progress, outcome: Outcome): Progress {
  switch (outcome.type) {
    case "changed":
      return {
        ...progress,
        changed: progress.changed.includes(outcome.path) ? progress.changed : [...progress.changed, outcome.path],
        unmended: progress.unmended.filter((path) => path !== outcome.path),
        checks: {},
        doneBefore: [],
      };
    case "same":
      return {
        ...progress,
        foundSo: true,
        unmended: progress.unmended.filter((path) => path !== outcome.path),
      };
    case "not-changed":
      return progress.unmended.includes(outcome.path)
        ? progress
        : { ...progress, unmended: [...progress.unmended, outcome.path] };
    case "checked":
      return { ...progress, checks: { ...progress.checks, [outcome.name]: outcome.passed ? "passed" : "failed" } };
    case "not-checked":
      // What failed and then could not be run again has failed.
      return { ...progress, checks: { [outcome.name]: "not-run", ...progress.checks } };
    case "shown":
    case "not-shown":
      return progress;
  }
}
