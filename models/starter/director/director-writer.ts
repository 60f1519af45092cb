import type { ReplyPart, ReplyRequest, Writer } from "../../roles.ts";
import { AnswerCost } from "../../servers/answer-cost.ts";
import type { Completion } from "../../servers/server.ts";
import type { Candidate } from "../answers.ts";
import { type Choice, follow } from "../follow.ts";
import { createMatcher, type Matcher } from "../phrase-book/matcher.ts";
import { normalise } from "../phrase-book/normalise.ts";
import { singleTurnPrompt, turnEnd } from "../prompt.ts";
import { directorIntents, directorRefusal, directorSlots } from "./questions.ts";
import { jobRecordText, parseJobRecord } from "./record.ts";
import { summaries } from "./summary.ts";

export interface DirectorWriterOptions {
  readonly completion: Completion;
  /** Below this probability of the deciding tokens the director says that it does not know. */
  readonly leastConfidence?: number;
  /** Knows which questions are in the book word for word; null asks the model alone. */
  readonly matcher?: Matcher | null;
}

/** Chosen on the bench, as the voice's was. */
const usualConfidence = 0.7;
/** A question longer than this is none of the director's. */
const longestQuestion = 200;

const refusalLine = line(directorRefusal);
const everyLine: readonly Candidate[] = [
  refusalLine,
  ...directorIntents.flatMap(({ answer }) => ("say" in answer ? [line(answer.say)] : [])),
];
let wholeBook: Matcher | null = null;

/**
 * The starter director: it explains how Sotto works and sums up jobs. A tiny model picks what to say, and code sees to it that it
 * is a line it has learnt, or a sentence made from the record. It looks at the last thing the user said, and calls no functions.
 */
export class DirectorWriter implements Writer {
  readonly #completion: Completion;
  readonly #leastConfidence: number;
  readonly #matcher: Matcher | null | undefined;

  constructor({ completion, leastConfidence = usualConfidence, matcher }: DirectorWriterOptions) {
    this.#completion = completion;
    this.#leastConfidence = leastConfidence;
    this.#matcher = matcher;
  }

  async *reply(request: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyPart, void, void> {
    const text = request.messages.findLast(({ from }) => from === "user");
    const asked = text?.from === "user" ? text.text : "";
    const record = parseJobRecord(asked);
    const cost = new AnswerCost();
    const generation = {
      ...cost.count(),
      sequence: request.conversation,
      prompt: singleTurnPrompt(
        "director",
        record === null ? normalise(asked).slice(0, longestQuestion) : jobRecordText(record),
      ),
      maxTokens: request.maxTokens,
      stop: [turnEnd],
    };
    if (request.maxTokens <= 0) {
      for await (const _ of this.#completion.generate({ ...generation, temperature: 0 }, signal));
      return;
    }
    const choice: Choice =
      record === null
        ? { candidates: this.#linesFor(asked), temperature: 0, leastConfidence: this.#leastConfidence }
        : { candidates: summaries(record).map(line), temperature: 0, leastConfidence: 0 };
    const outcome = yield* follow(this.#completion, generation, choice, signal);
    if (outcome !== "said")
      yield { type: "text", text: record === null ? directorRefusal : (summaries(record)[0] ?? directorRefusal) };
    yield cost.end();
  }

  #linesFor(question: string): readonly Candidate[] {
    const matcher = this.#matcher === undefined ? theWholeBook() : this.#matcher;
    const known = matcher?.match(question)?.answer;
    return known !== undefined && "say" in known ? [line(known.say)] : everyLine;
  }
}

function line(text: string): Candidate {
  return { text, answer: { say: text } };
}

/** Made when it is first needed: a service whose director is another model never needs it. */
function theWholeBook(): Matcher {
  wholeBook ??= createMatcher(directorIntents, undefined, directorSlots);
  return wholeBook;
}
