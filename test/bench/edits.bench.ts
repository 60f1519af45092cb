/** Recorded model outputs, by class: is every correct edit applied to the letter, and every wrong one refused? */

import { performance } from "node:perf_hooks";
import { applyEdit } from "../../pipeline/handoff/edits/apply-edit.ts";
import { type EditCase, editCorpus, followAnswer, mistake } from "../support/edit-corpus.ts";
import { percentile, printTable, rounded } from "./table.ts";

const classes: Readonly<Record<string, string>> = {
  whole: "whole file",
  replace: "search/replace, word for word",
  drift: "search/replace that drifted",
  elided: "elided",
  refused: "wrong file, wrong or twice found lines",
  cut: "truncated",
};
const corpus = editCorpus();
const mistakes: string[] = [];
const durationsMs: number[] = [];

function isRight(one: EditCase): boolean {
  const beganMs = performance.now();
  const wrong = mistake(one, followAnswer(one));
  durationsMs.push(performance.now() - beganMs);
  if (wrong !== null) mistakes.push(`${one.kind}: ${one.name}: ${wrong}`);
  return wrong === null;
}

const rows = Object.entries(classes).map(([kind, title]) => {
  const cases = corpus.filter((one) => one.kind === kind);
  const right = cases.filter(isRight);
  const [correct, wrong] = [cases.filter(({ told }) => told === null), cases.filter(({ told }) => told !== null)];
  return {
    class: title,
    correct: correct.length,
    applied: right.filter(({ told }) => told === null).length,
    wrong: wrong.length,
    refused: right.filter(({ told }) => told !== null).length,
  };
});
printTable("recorded answers", rows);
for (const line of mistakes) process.stdout.write(`${line}\n`);

/** The slowest thing there is: nothing matches, and the closest lines of a large file are looked for. */
function worstMs(lineCount: number): number {
  const line = (i: number): string => `  const value${i % 997} = compute(${i % 31}, "name ${i % 89}"); // step ${i}\n`;
  const old = Array.from({ length: lineCount }, (_, i) => line(i)).join("");
  const search = Array.from({ length: 20 }, (_, i) => line(i).replace("compute", "computed")).join("");
  const beganMs = performance.now();
  const outcome = applyEdit({ type: "replace", path: "a.ts", blocks: [{ search, replace: "x\n" }] }, old);
  if (outcome.ok) mistakes.push("lines that are not there were found");
  return performance.now() - beganMs;
}

printTable("figures", [
  { measure: "recorded answers that come out wrong", value: mistakes.length, of: corpus.length, "must reach": 0 },
  { measure: "one answer, p95, ms", value: rounded(percentile(durationsMs, 0.95)), of: "", "must reach": "" },
  { measure: "refusal in 10,000 lines, ms", value: rounded(worstMs(10_000)), of: "", "must reach": "" },
]);
process.exitCode = mistakes.length === 0 && rows.every(({ correct, wrong }) => correct + wrong > 0) ? 0 : 1;
