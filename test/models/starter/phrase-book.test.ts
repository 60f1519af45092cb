import { describe, expect, test } from "vitest";
import { conversation } from "../../../models/starter/make/conversation.ts";
import { intents, politeAfter, politeBefore } from "../../../models/starter/phrase-book/book.ts";
import { capitals, countryNicknames } from "../../../models/starter/phrase-book/countries.ts";
import { createMatcher, matcher } from "../../../models/starter/phrase-book/matcher.ts";
import { normalise } from "../../../models/starter/phrase-book/normalise.ts";
import { nearMisses, outOfDomain } from "../../../models/starter/phrase-book/out-of-domain.ts";
import { drawValue, sampleIntent, sampleTemplate, seededRandom } from "../../../models/starter/phrase-book/sample.ts";
import { isHeldOutValue, slotValues } from "../../../models/starter/phrase-book/slot-values.ts";
import { expandTemplate } from "../../../models/starter/phrase-book/template.ts";
import { createTools } from "../../../models/tools/toolbox.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const spoken = (templates: readonly string[]): string[] => templates.flatMap(expandTemplate);
const comparable = (wording: string): string =>
  normalise(wording.replace(/<([a-z-]+)>/g, (_, slot: string) => `slot${slot.replace("-", "")}`));

describe("the phrase book", () => {
  // The others are known by their words alone; no model has learnt them.
  test.each(intents.filter(({ typed }) => typed.length > 0))(
    "$name can be said in at least 12 ways, and 2 more are kept for measuring",
    ({ wordings, heldOut }) => {
      expect(new Set(spoken(wordings).map(comparable)).size).toBeGreaterThanOrEqual(12);
      expect(new Set(spoken(heldOut).map(comparable)).size).toBeGreaterThanOrEqual(2);
    },
  );

  test("no wording asks for two things", () => {
    const owner = new Map<string, string>();
    const twice: string[] = [];
    for (const { name, wordings, heldOut, typed } of intents) {
      for (const wording of new Set(spoken([...wordings, ...heldOut, ...typed]).map(comparable))) {
        const before = owner.get(wording);
        if (before !== undefined && before !== name) twice.push(`${wording}: ${before}, ${name}`);
        owner.set(wording, name);
      }
    }
    expect(twice).toEqual([]);
  });

  test("a polite word makes a sentence of another intent only where that is known and meant", () => {
    const random = seededRandom(11);
    const said = (wording: string): string =>
      wording.replace(/<([a-z-]+)>/g, (_, slot: string) => drawValue(slot, random, "any"));
    const turned: string[] = [];
    for (const { name, polite, wordings, heldOut } of intents) {
      for (const sentence of polite ? spoken([...wordings, ...heldOut]).map(said) : []) {
        const additions = [
          ...politeBefore.map((word) => `${word} ${sentence}`),
          ...politeAfter.map((word) => `${sentence} ${word}`),
        ];
        for (const text of additions) {
          const asked = matcher.match(text)?.name;
          if (asked !== name) turned.push(`${text}: ${name} became ${asked}`);
        }
      }
    }
    expect(turned).toEqual(["hey again: repeat became greeting"]);
  });

  test("no sentence is drawn that asks for something else", () => {
    const repeat = intents.filter(({ name }) => name === "repeat");
    const random = seededRandom(1);
    const drawn = Array.from({ length: 3000 }, () =>
      repeat.map((intent) => sampleIntent(intent, random, { from: ["wordings"], fill: () => "", politeShare: 1 })),
    ).flat();
    expect(drawn).toContain("please again");
    expect(drawn).not.toContain("hey again");
  });

  test("every slot that is spoken has values, some of them kept out of training", () => {
    const used = new Set(
      spoken(intents.flatMap(({ wordings, heldOut }) => [...wordings, ...heldOut])).flatMap(
        (wording) => wording.match(/<[a-z-]+>/g) ?? [],
      ),
    );
    expect(used.size).toBeGreaterThanOrEqual(7);
    for (const slot of [...used].map((bracketed) => bracketed.slice(1, -1))) {
      const values = slotValues[slot] ?? [];
      expect(new Set(values).size, slot).toBe(values.length);
      expect(
        values.some((value) => isHeldOutValue(slot, value)),
        slot,
      ).toBe(true);
      expect(
        values.some((value) => !isHeldOutValue(slot, value)),
        slot,
      ).toBe(true);
      expect(
        values.filter((value) => normalise(value) !== value),
        slot,
      ).toEqual([]);
    }
  });

  test("it names more than 60 capitals, and every other name of a country leads to one", () => {
    expect(Object.keys(capitals).length).toBeGreaterThanOrEqual(60);
    for (const country of Object.values(countryNicknames)) expect(capitals).toHaveProperty([country]);
  });

  test("every call that an intent makes is a tool, but for the one that the voice does itself", () => {
    const status = () => [];
    const memory = () => ({ freeBytes: 1, totalBytes: 2 });
    const names = createTools({ clock: new VirtualClock(), status, memory, firstJoke: 0 }).map(({ spec }) => spec.name);
    const called = intents.flatMap(({ answer }) => ("call" in answer && answer.call !== "repeat" ? [answer.call] : []));
    expect(new Set(called)).toEqual(new Set(names));
  });
});

describe("the training text", () => {
  const random = seededRandom(7);
  const turns = Array.from({ length: 3000 }, () => conversation(random)).flat();

  test("holds no wording that is kept for measuring", () => {
    const whole = createMatcher(intents);
    const trained = createMatcher(intents, "heldOut");
    const users = turns.filter(({ role }) => role === "user").map(({ text }) => text);
    expect(users.filter((text) => whole.match(text) !== null && trained.match(text) === null)).toEqual([]);
  });

  test("reaches the model in the form that a conversation will have", () => {
    const users = turns.filter(({ role }) => role === "user");
    expect(users.filter(({ text }) => normalise(text) !== text)).toEqual([]);
  });

  test("refuses about a quarter of the time, and never what the book knows", () => {
    const whole = createMatcher(intents);
    const pairs = turns.flatMap((turn, index) =>
      turn.role === "user" ? [{ user: turn, answer: turns[index + 1] }] : [],
    );
    const refused = pairs.filter(
      ({ answer }) => answer?.learn === true && answer.text.startsWith("I am only the starter voice"),
    );
    expect(refused.length / pairs.length).toBeGreaterThan(0.15);
    expect(refused.length / pairs.length).toBeLessThan(0.4);
    expect(refused.filter(({ user }) => whole.match(user.text) !== null)).toEqual([]);
  });
});

test("sentences from outside the book can be drawn for tests of rejection", () => {
  const random = seededRandom(3);
  const draw = (template: string): string => sampleTemplate(template, random, (slot) => drawValue(slot, random, "any"));
  for (const template of [...outOfDomain, ...nearMisses]) expect(draw(template)).toMatch(/^[a-z' ]+$/);
});

test("the same seed draws the same sentences", () => {
  const draw = (seed: number): string[] => {
    const random = seededRandom(seed);
    const fill = (slot: string): string => drawValue(slot, random, "any");
    return intents.map((intent) => sampleIntent(intent, random, { from: ["wordings"], fill, politeShare: 0.5 }));
  };
  expect(draw(5)).toEqual(draw(5));
  expect(draw(5)).not.toEqual(draw(6));
});
