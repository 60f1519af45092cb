import type { SpokenLines } from "./spoken-lines.ts";
import { type TestLoudspeaker, TestMicrophone } from "./spoken-lines.ts";
import { until } from "./until.ts";

export interface Turn {
  readonly line: string;
  readonly voice: string;
  /** What must stand in the answer, as far as it is heard. */
  readonly answer: RegExp;
}

/** The answer that is cut off, to the end it never reaches. */
export const wholeAnswer =
  "I can tell the time and the date, do small sums, name capitals, spell words, tell jokes, and say which models are loaded and how much memory is free.";

/** The turn whose answer is cut off by the next one, which asks what was heard of it. */
export const cutOff = 4;
/** None is for the director: its answer comes by itself, and may come between any two others. */
export const tenTurns: readonly Turn[] = [
  { line: "good morning", voice: "awb", answer: /^Hello! What can I do for you\?$/ },
  { line: "what is the capital of italy", voice: "slt", answer: /Rome/ },
  { line: "what is seven plus five", voice: "awb", answer: /\b12\b|twelve/i },
  { line: "tell me a joke", voice: "rms", answer: /\w/ },
  { line: "what can you do", voice: "rms", answer: /^I can tell\b/ },
  { line: "what did you say", voice: "slt", answer: /^I can tell\b/ },
  { line: "what is the capital of france", voice: "slt", answer: /Paris/ },
  { line: "who are you", voice: "rms", answer: /starter/i },
  { line: "create a fizz buzz script in python", voice: "slt", answer: /coder/i },
  { line: "thank you", voice: "awb", answer: /^You are welcome\.$/ },
];

export interface TalkingClient {
  /** 24 kHz PCM from the microphone. */
  readonly send: (bytes: Uint8Array) => void;
  readonly loudspeaker: TestLoudspeaker;
  /** Answers that have come to their end, however that came. */
  readonly done: () => number;
}

/** Says the ten lines through a client, each when the answer before has been heard, but for the one that cuts in. */
export async function sayTenTurns(people: SpokenLines, client: TalkingClient): Promise<void> {
  const { loudspeaker, done } = client;
  const lines: Int16Array[] = [];
  for (const { line, voice } of tenTurns) lines.push(await people.line(line, voice));
  using microphone = new TestMicrophone(client.send);
  for (const [index, line] of lines.entries()) {
    await microphone.say(line);
    const before = loudspeaker.receivedMs;
    if (index === cutOff) await until(() => loudspeaker.receivedMs > before + 1_500);
    else await until(() => done() > index && loudspeaker.silent);
  }
}
