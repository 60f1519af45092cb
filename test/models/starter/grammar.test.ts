import { expect, test } from "vitest";
import { loadGrammar } from "../../../models/speech/stt-grammar.ts";
import {
  grammarWords,
  jsgfRules,
  phraseBookJsgf,
  phraseBookRule,
  pronunciations,
} from "../../../models/starter/grammar.ts";

test("all words of the grammar are words that can be spoken", () => {
  expect(grammarWords.filter((word) => !/^[a-z]+('[a-z]+)?$/.test(word))).toEqual([]);
  expect(grammarWords.length).toBeGreaterThan(500);
});

test("every rule that is used is defined, once", () => {
  const defined = jsgfRules.map((rule) => /^<([a-z_-]+)> = .+;$/.exec(rule)?.[1] ?? rule);
  expect(new Set(defined).size).toBe(defined.length);
  expect(defined).toContain(phraseBookRule);
  const used = [...phraseBookJsgf.matchAll(/<([a-z_-]+)>/g)].map(([, name]) => name);
  expect(new Set(used.filter((name) => name !== "s"))).toEqual(new Set(defined));
});

test("brackets are balanced, and nothing of the template language is left", () => {
  for (const rule of jsgfRules) {
    expect(rule.split("[").length, rule).toBe(rule.split("]").length);
    expect(rule.split("(").length, rule).toBe(rule.split(")").length);
    expect(rule).not.toMatch(/[{}]/);
  }
});

test("the recogniser knows how every word is said", async () => {
  const { missingWords } = await loadGrammar({ jsgf: phraseBookJsgf, pronunciations });
  expect(missingWords).toEqual([]);
  expect((await loadGrammar({ jsgf: phraseBookJsgf, pronunciations: {} })).missingWords).toEqual(
    Object.keys(pronunciations),
  );
});
