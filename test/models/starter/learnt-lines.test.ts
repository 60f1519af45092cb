import { expect, test } from "vitest";
import { systemClock } from "../../../models/clock.ts";
import type { ReplyPart } from "../../../models/roles.ts";
import { ScriptedCompletion } from "../../../models/servers/scripted.ts";
import { candidates } from "../../../models/starter/answers.ts";
import { intents } from "../../../models/starter/phrase-book/book.ts";
import { StarterWriter } from "../../../models/starter/writer.ts";

const reworded = candidates.filter(({ text, answer }) => "say" in answer && answer.say !== text);

test("how to get better models is told by the command that says which fit", () => {
  const answer = intents.find(({ name }) => name === "better_models")?.answer;
  expect(answer).toEqual({ say: expect.stringContaining("npx sotto plan") });
  expect(reworded.map((one) => one.answer)).toContainEqual(answer);
});

test.each(reworded)("the model writes $text", async ({ text, answer }) => {
  const completion = new ScriptedCompletion(() => [...text].map((letter) => ({ text: letter })), systemClock);
  // Without the phrase book it is the model alone that chooses.
  const writer = new StarterWriter({ completion, tools: [], matcher: null });
  const parts: ReplyPart[] = [];
  const request = {
    conversation: "a",
    messages: [{ from: "user", text: "how do i install a better model" }],
    tools: [],
    toolChoice: "auto",
    maxTokens: 200,
  } as const;
  for await (const part of writer.reply(request, new AbortController().signal)) parts.push(part);
  const said = "say" in answer ? answer.say : "";
  expect(parts).toMatchObject([
    { type: "text", text: said },
    { type: "end", reason: "end", usage: { outputTokens: text.length } },
  ]);
});
