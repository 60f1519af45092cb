import { expect, test } from "vitest";
import { type Candidate, candidates, oneOf } from "../../../models/starter/answers.ts";
import { type Decision, decide, openDecision } from "../../../models/starter/decision.ts";

const lines = ["Yes, I am here.", "Yes, I work.", "No."].map((text): Candidate => ({ text, answer: { say: text } }));

function after(...parts: readonly (readonly [string, number])[]): Decision {
  return parts.reduce(
    (decision: Decision, [text, probability]) => decide(decision, { text, probability }),
    openDecision(lines),
  );
}

test("a decision is open while more than one line can still come", () => {
  expect(after(["Yes, ", 0.9], ["I ", 0.8])).toMatchObject({
    status: "open",
    written: "Yes, I ",
    left: lines.slice(0, 2),
  });
});

test("it is as sure as the tokens that decided it, and later ones do not count", () => {
  const made = after(["Yes, ", 0.5], ["I ", 1], ["am ", 0.5]);
  expect(made).toMatchObject({ status: "made", candidate: lines[0], confidence: 0.25 });
  expect(decide(made, { text: "here", probability: 0.01 })).toMatchObject({ status: "made", confidence: 0.25 });
});

test("a model that leaves all lines is lost, before and after the decision", () => {
  expect(after(["Maybe", 1])).toEqual({ status: "lost" });
  expect(after(["No", 1], ["pe", 1])).toEqual({ status: "lost" });
  expect(after(["Maybe", 1], ["No.", 1])).toEqual({ status: "lost" });
});

test("with one line there is nothing to decide", () => {
  expect(openDecision(lines.slice(0, 1))).toMatchObject({ status: "made", confidence: 1 });
});

test("no answer of the voice is the beginning of another, or it could never be decided", () => {
  const texts = candidates.map(({ text }) => text);
  expect(new Set(texts).size).toBe(texts.length);
  for (const text of texts) expect(texts.filter((other) => other.startsWith(text))).toEqual([text]);
});

test("a grammar quotes what stands in its texts", () => {
  expect(oneOf(['say "a"', "b\\c"])).toBe('root ::= "say \\"a\\"" | "b\\\\c"');
});
