import type { Message } from "../../../models/roles.ts";
import { argumentsFor } from "../../../models/starter/arguments.ts";
import { intents } from "../../../models/starter/phrase-book/book.ts";
import type { Answer, Intent } from "../../../models/starter/phrase-book/intent.ts";
import { createMatcher } from "../../../models/starter/phrase-book/matcher.ts";
import { refusal } from "../../../models/starter/phrase-book/out-of-domain.ts";
import { drawValue, pick, type Random, sampleTemplate } from "../../../models/starter/phrase-book/sample.ts";
import { spokenCountries } from "../../../models/starter/phrase-book/slot-values.ts";
import type { Tool } from "../../../models/tools/tool.ts";
import { almostCommands, unknownQuestions } from "./unknown-questions.ts";
import { unseenWordings } from "./unseen-wordings.ts";

/** A sentence and what must come of it. */
export interface Case {
  readonly group: string;
  readonly text: string;
  readonly expected: Answer;
  /** What was said before. */
  readonly before?: readonly Message[];
  /** What the call's arguments must be, where the sentence was made from slots. */
  readonly args?: Readonly<Record<string, unknown>>;
}

/** Sentences from an intent's wordings; slots get values that were kept out of training. */
export function bookCases(list: "wordings" | "heldOut", perWording: number, random: Random): Case[] {
  const all = intents.flatMap((intent) =>
    intent[list].flatMap((template) =>
      Array.from({ length: perWording }, () => sampled(intent, template, list, random)),
    ),
  );
  // A wording without slots or choices is drawn the same every time, and counts once.
  return [...new Map(all.map((one) => [one.text, one])).values()];
}

function sampled(intent: Intent, template: string, group: string, random: Random): Case {
  const drawn: Record<string, string> = {};
  const text = sampleTemplate(template, random, (slot) => {
    const value = drawValue(slot, random, "held-out");
    drawn[slot] = value;
    return value;
  });
  const args = expectedArguments(intent, drawn);
  return { group, text, expected: intent.answer, ...(args === undefined ? {} : { args }) };
}

function expectedArguments(
  { name }: Intent,
  drawn: Readonly<Record<string, string>>,
): Record<string, unknown> | undefined {
  if (name === "capital") return { country: spokenCountries.get(drawn["country"] ?? "") };
  if (name === "spell") return { word: drawn["word"] };
  if (name === "introduce") return { name: drawn["name"] };
  return undefined;
}

/** Everything that the training text can say, but for sentences with stray words. */
const trainedText = createMatcher(
  intents.map((intent) => ({
    ...intent,
    wordings: [...intent.wordings, ...intent.typed.filter((one) => !/<(any|thing|topic-words|person)>/.test(one))],
  })),
  "heldOut",
);

/** Typed sentences that the training text does not hold. */
export function typedCases(): Case[] {
  return intents.flatMap((intent) =>
    (unseenWordings[intent.name] ?? [])
      .filter((text) => trainedText.match(text) === null)
      .map((text) => ({ group: "typed", text, expected: intent.answer })),
  );
}

/** The same sentences in the middle of a conversation, two exchanges in. */
export function laterCases(cases: readonly Case[], tools: readonly Tool[], random: Random): Case[] {
  return cases.map((one) => ({ ...one, before: [0, 1].flatMap(() => exchange(pick(cases, random), tools)) }));
}

function exchange({ text, expected }: Case, tools: readonly Tool[]): Message[] {
  const user: Message = { from: "user", text };
  if ("say" in expected) return [user, { from: "assistant", text: expected.say }];
  const tool = tools.find(({ spec }) => spec.name === expected.call);
  if (tool === undefined) return [user, { from: "assistant", text: "Okay." }];
  const call = { id: "1", name: expected.call, argumentsJson: JSON.stringify(argumentsFor(expected.call, text) ?? {}) };
  const output = tool.run(call.argumentsJson);
  return [
    user,
    { from: "call", ...call },
    { from: "result", id: call.id, name: call.name, output },
    { from: "assistant", text: tool.sentences(output)[0] ?? "Done." },
  ];
}

export function unknownCases(): Case[] {
  const refused: Answer = { say: refusal };
  return [
    ...unknownQuestions.map((text): Case => ({ group: "unknown", text, expected: refused })),
    ...almostCommands.map((text): Case => ({ group: "near miss", text, expected: refused })),
  ];
}
