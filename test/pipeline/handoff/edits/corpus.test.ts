import { expect, test } from "vitest";
import { editCorpus, followAnswer, mistake } from "../../../support/edit-corpus.ts";

const corpus = editCorpus();

test("there are cases of every kind", () => {
  expect(corpus.length).toBeGreaterThanOrEqual(100);
  expect(new Set(corpus.map(({ kind }) => kind))).toEqual(
    new Set(["cut", "drift", "elided", "refused", "replace", "whole"]),
  );
});

for (const one of corpus) {
  test(`${one.kind}: ${one.name}`, () => {
    expect(mistake(one, followAnswer(one))).toBeNull();
  });
}
