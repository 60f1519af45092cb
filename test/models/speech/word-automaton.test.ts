import fc from "fast-check";
import { expect, test } from "vitest";
import { type Phrase, parseJsgf, wordsOf } from "../../../models/speech/jsgf.ts";
import { accepts, compileGrammar } from "../../../models/speech/word-automaton.ts";

const all = (): boolean => true;
const said = (text: string): string[] => text.split(" ").filter((word) => word !== "");

test("a grammar with choices, options, repeats and rules accepts what it describes and nothing else", () => {
  const grammar = parseJsgf(`#JSGF V1.0;
    grammar fruit; // a comment
    public <order> = [please] (i want | give me) <fruit>+ {tag} ;
    <fruit> = /0.5/ an apple | a /2.0/ pear | <NULL> plums;`);
  const automaton = compileGrammar(grammar, all);
  for (const yes of ["i want an apple", "please give me a pear", "give me plums an apple a pear"])
    expect(accepts(automaton, said(yes)), yes).toBe(true);
  for (const no of ["", "please", "i want", "i want a apple", "want plums", "give me plums please"])
    expect(accepts(automaton, said(no)), no).toBe(false);
  expect(wordsOf(grammar)).toEqual(new Set(["please", "i", "want", "give", "me", "an", "apple", "a", "pear", "plums"]));
});

test("wordings with a word that cannot be pronounced are left out, the others stay", () => {
  const automaton = compileGrammar(parseJsgf("public <s> = say (hello | xyzzy) now;"), (word) => word !== "xyzzy");
  expect(accepts(automaton, said("say hello now"))).toBe(true);
  expect(accepts(automaton, said("say xyzzy now"))).toBe(false);
});

test("wordings that end alike share their states", () => {
  const automaton = compileGrammar(parseJsgf("public <s> = (one | two | three) (plus | minus) (one | two);"), all);
  expect(automaton.next).toHaveLength(4);
});

test.each([
  ["public <s> = one", 'expected ";"'],
  ["public <s> = (one;", 'expected ")"'],
  ["public <s> = * one;", "unexpected"],
  ["<s> = one;", "no public rule"],
  ["one two", "expected a rule"],
])("%s is refused with the place of the error", (jsgf, message) => {
  expect(() => parseJsgf(jsgf)).toThrow(message);
});

test.each([
  ["public <s> = <missing>;", "no rule <missing>"],
  ["public <s> = one <s>;", "refers to itself"],
])("%s cannot be compiled", (jsgf, message) => {
  expect(() => compileGrammar(parseJsgf(jsgf), all)).toThrow(message);
});

const words = fc.constantFrom("a", "b", "c");
const { phrase } = fc.letrec<{ phrase: Phrase }>((tie) => ({
  phrase: fc.oneof(
    { maxDepth: 3 },
    words.map((word): Phrase => ({ kind: "word", word })),
    fc.array(tie("phrase"), { maxLength: 3 }).map((parts): Phrase => ({ kind: "sequence", parts })),
    fc.array(tie("phrase"), { minLength: 1, maxLength: 3 }).map((options): Phrase => ({ kind: "choice", options })),
  ),
}));

/** Every sentence of a finite grammar, spelled out. */
function sentences(of: Phrase): string[] {
  if (of.kind === "word") return [of.word];
  if (of.kind === "choice") return of.options.flatMap(sentences);
  if (of.kind !== "sequence") return [];
  return of.parts.reduce((so, part) => so.flatMap((left) => sentences(part).map((right) => `${left} ${right}`)), [""]);
}

test("the smallest automaton accepts exactly the sentences of the grammar", () => {
  fc.assert(
    fc.property(phrase, fc.array(words, { maxLength: 6 }), (start, guess) => {
      const known = new Set(sentences(start).map((text) => said(text).join(" ")));
      const automaton = compileGrammar({ rules: new Map([["s", start]]), start: "s" }, all);
      for (const sentence of known) expect(accepts(automaton, said(sentence))).toBe(true);
      expect(accepts(automaton, guess)).toBe(known.has(guess.join(" ")));
    }),
  );
});

test("each option of a choice is as likely as the others, however many words it has in common with them; weights say otherwise", () => {
  const at = (jsgf: string, state: number): Record<string, number> =>
    Object.fromEntries(compileGrammar(parseJsgf(jsgf), all).likelihood[state] ?? []);
  expect(at("public <s> = one | two | /2/ three;", 0)).toEqual({ one: 0.25, two: 0.25, three: 0.5 });
  // A rule of many wordings is one option, as a rule of few is.
  expect(at("public <s> = <many> | no; <many> = (a | b | c | d);", 0)).toEqual({
    a: 0.125,
    b: 0.125,
    c: 0.125,
    d: 0.125,
    no: 0.5,
  });
  expect(at("public <s> = [please] go;", 0)).toEqual({ please: 0.5, go: 0.5 });
  expect(at("public <s> = go (left | right) | go left;", 1)).toEqual({ left: 0.75, right: 0.25 });
});

test("the words that may follow are together as likely as can be", () => {
  fc.assert(
    fc.property(phrase, (start) => {
      const { next, likelihood } = compileGrammar({ rules: new Map([["s", start]]), start: "s" }, all);
      likelihood.forEach((words, state) => {
        expect([...words.keys()]).toEqual([...(next[state]?.keys() ?? [])]);
        const total = [...words.values()].reduce((sum, each) => sum + each, 0);
        if (words.size > 0) expect(total).toBeCloseTo(1, 9);
      });
    }),
  );
});

test("a loop ends as often as it goes on", () => {
  const { likelihood } = compileGrammar(parseJsgf("public <s> = start (again)* (stop | halt);"), all);
  expect(Object.fromEntries(likelihood[1] ?? [])).toEqual({ again: 0.5, stop: 0.25, halt: 0.25 });
});
