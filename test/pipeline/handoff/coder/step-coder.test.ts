import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type {
  CoderAnswer,
  CoderEvent,
  CoderRules,
  CoderState,
  Outcome,
} from "../../../../pipeline/handoff/coder/coder-state.ts";
import { beginCoder, stepCoder } from "../../../../pipeline/handoff/coder/step-coder.ts";
import type { Action } from "../../../../pipeline/handoff/edits/action.ts";

const path = fc.constantFrom("a.py", "b.py");
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.constant<Action>({ type: "list" }),
  fc.record({ type: fc.constant("search" as const), text: fc.constantFrom("x", "y") }),
  fc.record({ type: fc.constant("read" as const), path }),
  {
    arbitrary: fc.record({
      type: fc.constant("whole-file" as const),
      path,
      text: fc.constantFrom("1\n", "2\n", "3\n"),
    }),
    weight: 4,
  },
  fc.record({ type: fc.constant("check" as const), name: fc.constantFrom("test", "lint") }),
  { arbitrary: fc.record({ type: fc.constant("done" as const), summary: fc.constantFrom("Done.", "") }), weight: 4 },
  fc.record({ type: fc.constant("cannot" as const), why: fc.constantFrom("No.", "") }),
);

const answerOf = (actions: readonly Action[], more: Partial<CoderAnswer> = {}): CoderAnswer => ({
  text: "",
  calls: [],
  actions,
  problems: [],
  writtenTokens: 100,
  cut: false,
  ...more,
});

const rulesOf = (more: Partial<CoderRules["budget"]> = {}, checks: readonly string[] = []): CoderRules => ({
  budget: { turns: 8, writtenTokens: 4_000, answerTokens: 1_000, repairs: 2, ...more },
  checks,
  form: "Answer with actions.",
});

/** How an action goes, drawn at random. */
function outcomeOf(wanted: Action, luck: number): Outcome {
  switch (wanted.type) {
    case "whole-file":
    case "replace":
      if (luck % 4 === 0) return { type: "not-changed", path: wanted.path, why: "It does not fit." };
      return luck % 4 === 1
        ? { type: "same", path: wanted.path, text: "It is so." }
        : { type: "changed", path: wanted.path, text: "It is changed." };
    case "check":
      if (luck % 3 === 0) return { type: "not-checked", name: wanted.name, why: "There is no sandbox." };
      return { type: "checked", name: wanted.name, passed: luck % 3 === 1, output: "" };
    default:
      return luck % 5 === 0 ? { type: "not-shown", why: "It is not there." } : { type: "shown", text: "Lines" };
  }
}

interface Played {
  readonly state: CoderState;
  readonly asked: readonly number[];
  readonly written: number;
  readonly outcomes: readonly Outcome[];
}

type Stepper = typeof stepCoder;

/** Plays a whole task: the model answers from `answers`, as long as it is let, and luck decides what works. */
function play(
  rules: CoderRules,
  answers: readonly CoderAnswer[],
  luck: readonly number[],
  stepper: Stepper = stepCoder,
): Played {
  const asked: number[] = [];
  const outcomes: Outcome[] = [];
  let written = 0;
  let lots = 0;
  let step = beginCoder(rules);
  for (let steps = 0; step.state.status !== "over"; steps += 1) {
    if (steps > 500) throw new Error("It does not end");
    expect(step.effects).toHaveLength(1);
    const [effect] = step.effects;
    if (effect === undefined) throw new Error("Nothing to do");
    let event: CoderEvent;
    if (effect.do === "ask") {
      const given = answers[asked.length % answers.length] ?? answerOf([]);
      const answer = { ...given, writtenTokens: Math.min(given.writtenTokens, effect.maxTokens) };
      asked.push(effect.maxTokens);
      written += answer.writtenTokens;
      event = { type: "answer", answer };
    } else {
      expect(effect.actions.length).toBeGreaterThan(0);
      const these = effect.actions.map((one) => outcomeOf(one, luck[lots++ % luck.length] ?? 0));
      outcomes.push(...these);
      event = { type: "outcomes", outcomes: these };
    }
    step = stepper(step.state, event, rules);
  }
  expect(step.effects).toEqual([]);
  return { state: step.state, asked, written, outcomes };
}

const answer = fc
  .record({
    actions: fc.array(action, { maxLength: 15, size: "small" }),
    problems: fc.array(fc.constant("A block has no end."), { maxLength: 1 }),
    writtenTokens: fc.nat(1_500),
    cut: fc.boolean(),
  })
  .map(({ actions, ...more }) => answerOf(actions, more));

const anyPlay = {
  answers: fc.array(answer, { minLength: 1, maxLength: 12 }),
  luck: fc.array(fc.nat(59), { minLength: 1, maxLength: 20 }),
  checks: fc.subarray(["test", "lint"]),
  turns: fc.integer({ min: 1, max: 20 }),
  writtenTokens: fc.integer({ min: 200, max: 20_000 }),
  repairs: fc.nat(4),
};

type Play = typeof anyPlay extends infer T ? { [K in keyof T]: T[K] extends fc.Arbitrary<infer V> ? V : never } : never;

function endsInBudget({ answers, luck, checks, turns, writtenTokens, repairs }: Play, stepper?: Stepper): void {
  const rules = rulesOf({ turns, writtenTokens, repairs }, checks);
  const { state, asked, written } = play(rules, answers, luck, stepper);
  expect(asked.length).toBeLessThanOrEqual(turns);
  expect(written).toBeLessThanOrEqual(writtenTokens);
  expect(asked.every((most) => most > 0 && most <= rules.budget.answerTokens)).toBe(true);
  if (state.status !== "over") throw new Error("It is not over");
  if (state.end.type === "cancelled") throw new Error("Nobody stopped it");
  expect(state.end.type === "done" ? state.end.summary : state.end.why).toMatch(/\S/);
}

function tellsTheTruth({ answers, luck, checks, turns, writtenTokens, repairs }: Play, stepper?: Stepper): void {
  const { state, outcomes } = play(rulesOf({ turns, writtenTokens, repairs }, checks), answers, luck, stepper);
  if (state.status !== "over" || state.end.type !== "done") return;
  const { summary } = state.end;
  const changed = outcomes.some(({ type }) => type === "changed");
  expect(summary.startsWith("Nothing was changed.")).toBe(!changed);
  const lastChange = outcomes.findLastIndex(({ type }) => type === "changed");
  const results = new Map(
    outcomes.slice(lastChange + 1).flatMap((one) => (one.type === "checked" ? [[one.name, one.passed]] : [])),
  );
  if (changed) for (const [name, passed] of results) expect(summary.includes(`${name} fails`)).toBe(!passed);
  const lastOf = new Map(outcomes.flatMap((one) => ("path" in one ? [[one.path, one.type]] : [])));
  for (const [path, type] of lastOf)
    if (changed) expect(summary.includes(`changes to ${path}`)).toBe(type === "not-changed");
}

test("it always ends, with a sentence, and never beyond its budget", () => {
  fc.assert(
    fc.property(fc.record(anyPlay), (one) => endsInBudget(one)),
    { numRuns: 500 },
  );
});

test("it never calls itself done without saying what failed last, and never believes in a change that was not made", () => {
  fc.assert(
    fc.property(fc.record(anyPlay), (one) => tellsTheTruth(one)),
    { numRuns: 500 },
  );
});

const withBudget = (more: (budget: CoderRules["budget"]) => Partial<CoderRules["budget"]>): Stepper => {
  return (state, event, rules) =>
    stepCoder(state, event, { ...rules, budget: { ...rules.budget, ...more(rules.budget) } });
};
const withOutcomes = (change: (outcome: Outcome) => Outcome): Stepper => {
  return (state, event, rules) =>
    stepCoder(state, event.type === "outcomes" ? { ...event, outcomes: event.outcomes.map(change) } : event, rules);
};
const withProgress = (change: (progress: CoderState["progress"]) => Partial<CoderState["progress"]>): Stepper => {
  return (state, event, rules) =>
    stepCoder({ ...state, progress: { ...state.progress, ...change(state.progress) } }, event, rules);
};

test.each<[string, typeof endsInBudget, Stepper]>([
  ["takes one turn more", endsInBudget, withBudget(({ turns }) => ({ turns: turns + 1 }))],
  ["forgets what was written", endsInBudget, withProgress(() => ({ writtenTokens: 0 }))],
  ["forgets its turns", endsInBudget, withProgress(() => ({ turns: 0, doneBefore: [], repairs: 0, nonsense: 0 }))],
  [
    "takes a refused change for made",
    tellsTheTruth,
    withOutcomes((one) => (one.type === "not-changed" ? { ...one, type: "changed", text: "" } : one)),
  ],
  [
    "takes a failed check for passed",
    tellsTheTruth,
    withOutcomes((one) => (one.type === "checked" ? { ...one, passed: true } : one)),
  ],
  ["forgets what failed", tellsTheTruth, withProgress(() => ({ unmended: [] }))],
  ["forgets what the checks said", tellsTheTruth, withProgress(() => ({ checks: {} }))],
])("one that %s is found out", (_, holds, mutant) => {
  expect(
    fc.check(
      fc.property(fc.record(anyPlay), (one) => holds(one, mutant)),
      { numRuns: 2_000 },
    ).failed,
  ).toBe(true);
});

test("a cancel ends it in every state, and what comes later changes nothing", () => {
  fc.assert(
    fc.property(
      fc.array(answer, { maxLength: 6 }),
      fc.array(fc.nat(59), { minLength: 1 }),
      fc.nat(12),
      (answers, luck, at) => {
        const rules = rulesOf({}, ["test"]);
        let step = beginCoder(rules);
        for (let steps = 0; steps < at && step.state.status !== "over"; steps += 1) {
          const [effect] = step.effects;
          const event: CoderEvent =
            effect?.do === "act"
              ? {
                  type: "outcomes",
                  outcomes: effect.actions.map((one, n) => outcomeOf(one, luck[n % luck.length] ?? 0)),
                }
              : { type: "answer", answer: answers[steps] ?? answerOf([]) };
          step = stepCoder(step.state, event, rules);
        }
        const before = step.state;
        const { state, effects } = stepCoder(before, { type: "cancel" }, rules);
        expect(effects).toEqual([]);
        expect(state).toMatchObject(before.status === "over" ? before : { status: "over", end: { type: "cancelled" } });
        const late = stepCoder(state, { type: "answer", answer: answerOf([{ type: "list" }]) }, rules);
        expect(late).toEqual({ state, effects: [] });
      },
    ),
  );
});

describe("one by one", () => {
  const edit: Action = { type: "whole-file", path: "a.py", text: "1\n" };
  const done: Action = { type: "done", summary: "Done." };

  test("an event of another state changes nothing", () => {
    const { state } = beginCoder(rulesOf());
    expect(stepCoder(state, { type: "outcomes", outcomes: [] }, rulesOf())).toEqual({ state, effects: [] });
  });

  test("done with reading in the same answer waits for what it reads", () => {
    const rules = rulesOf();
    const read = stepCoder(
      beginCoder(rules).state,
      { type: "answer", answer: answerOf([{ type: "read", path: "a.py" }, done]) },
      rules,
    );
    const next = stepCoder(read.state, { type: "outcomes", outcomes: [{ type: "shown", text: "x" }] }, rules);
    expect(next.effects).toEqual([{ do: "ask", maxTokens: 1_000 }]);
  });

  test("the last answer may be as long as is left", () => {
    const { asked } = play(
      rulesOf({ writtenTokens: 1_500 }),
      [answerOf([{ type: "search", text: "1" }], { writtenTokens: 1_000 }), answerOf([edit, done])],
      [3],
    );
    expect(asked).toEqual([1_000, 500]);
  });

  test("a failed change that is not mended is told", () => {
    const answers = [answerOf([edit, { ...edit, path: "b.py" }]), answerOf([done])];
    const { state } = play(rulesOf(), answers, [2, 4]);
    expect(state).toMatchObject({
      end: { type: "done", summary: "Done. One of the changes to b.py was not possible." },
    });
  });

  test("when no change was possible it gives up, whatever it says", () => {
    const { state } = play(rulesOf(), [answerOf([edit]), answerOf([done])], [4]);
    expect(state).toMatchObject({ end: { type: "gave-up" } });
  });

  test("what is changed after a check failed, and never checked again, is told", () => {
    const answers = [
      answerOf([edit, done]),
      answerOf([{ ...edit, text: "2\n" }], { writtenTokens: 2_000 }),
      answerOf([], { problems: ["A block has no end."] }),
    ];
    const { state } = play(rulesOf({ turns: 3 }, ["test"]), answers, [2, 2, 2]);
    expect(state).toMatchObject({
      end: { type: "done", summary: "Done. It stopped before the checks were run again." },
    });
  });
});
