import type { Intent } from "../phrase-book/intent.ts";
import type { Topic } from "./topic.ts";
import { codingTopics } from "./topics/coding.ts";
import { memoryTopics } from "./topics/memory.ts";
import { runningTopics } from "./topics/running.ts";
import { sottoTopics } from "./topics/sotto.ts";
import { talkingTopics } from "./topics/talking.ts";
import { turnsTopics } from "./topics/turns.ts";
import { yourProjectTopics } from "./topics/your-project.ts";

/** Everything that the starter director can talk about. */
export const topics: readonly Topic[] = [
  ...sottoTopics,
  ...memoryTopics,
  ...turnsTopics,
  ...talkingTopics,
  ...codingTopics,
  ...runningTopics,
  ...yourProjectTopics,
];

/** What the director says to everything else. */
export const directorRefusal =
  "I am only the starter director, and that is beyond me. I can explain how Sotto works, and sum up what the coder did. For more, a larger director can be installed.";

/** Ways to ask about any subject; the first ones are those of the voice's phrase book, whose words are passed on as they are. */
const frames: readonly string[] = [
  "ask the director {about|for} <subject>",
  "ask the director what {he|she|it} thinks about <subject>",
  "ask the director to {look at|explain|check|review} <subject>",
  "what does the director {think|say} about <subject>",
  "talk to the director about <subject>",
  "{tell me|talk|say something|tell me something|tell me more} about <subject>",
  "{explain|describe} <subject>",
  "what {is|are|about} <subject>",
  "what do you {think|know|say} about <subject>",
  "how {does|do} <subject> work",
  "i want to know about <subject>",
  "<subject>",
];
const heldOutFrames: readonly string[] = [
  "what would the director say about <subject>",
  "let the director explain <subject>",
  "could you tell me something about <subject>",
  "i have a question about <subject>",
];
/** For the training text alone. */
const typedFrames: readonly string[] = [
  "{can|could|would|will} {you|the director} {please |}{explain|describe|talk about|help me with|look at|tell me about|say something about} <subject> {to me|}",
  "{i would like|i want|we need|i need} {to know|to learn|to hear|to understand|an explanation of|something about} {more about |}<subject>",
  "{ask|use|call|try|get} the {director|big model|bigger model|smart model} {about|for|to explain|to talk about} <subject>",
  "{question|a question|one question|another question} {about|on} <subject>",
  "{what|which} is the {point|meaning|idea|use} of <subject>",
  "{so|and|now|okay} {what|how} about <subject>",
  "{do|does} {you|the director} know {anything|something|a lot|} about <subject>",
  "{teach me|inform me|enlighten me|help me} {about|with|to understand} <subject>",
  "{director|hey director|dear director} {what is|tell me about|explain|what about} <subject>",
  "{is|are} there {something to say|anything new|news} about <subject>",
  "i do not {understand|get|know} <subject>",
  "<subject> {please|in short|explained|what is that|what is it}",
];

/** The ways to ask that are in the training text, about other subjects. */
export function askedAbout(subjects: readonly string[]): readonly string[] {
  return [...frames, ...typedFrames].map((frame) => frame.replace("<subject>", `{${subjects.join("|")}}`));
}

const slotOf = ({ name }: Topic): string => `about-${name}`;
const framed = (templates: readonly string[], topic: Topic): string[] =>
  templates.map((template) => template.replace("<subject>", `<${slotOf(topic)}>`));

/** What may stand in the slots of `directorIntents`. */
export const directorSlots: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  topics.map((topic) => [slotOf(topic), topic.subjects]),
);

/** The topics as a phrase book, for the matcher, the training text and the measurements. */
export const directorIntents: readonly Intent[] = topics.map((topic) => ({
  name: topic.name,
  answer: { say: topic.answer },
  polite: true,
  wordings: [...topic.wordings, ...framed(frames, topic)],
  heldOut: [...topic.heldOut, ...framed(heldOutFrames, topic)],
  typed: framed(typedFrames, topic),
}));
