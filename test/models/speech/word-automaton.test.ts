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
