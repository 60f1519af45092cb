import type { ReplyPart, ReplyRequest, Writer } from "../../roles.ts";
import { AnswerCost } from "../../servers/answer-cost.ts";
import type { Completion } from "../../servers/server.ts";
import type { Candidate } from "../answers.ts";
import { follow } from "../follow.ts";
import { createMatcher, type Matcher } from "../phrase-book/matcher.ts";
import { turnEnd } from "../prompt.ts";
import { cannotAnswer } from "./answer.ts";
import { coderPrompt } from "./coder-prompt.ts";
import { knownPrograms } from "./known-programs.ts";
import { fileNameFor, knownLanguages, readTask, type Task } from "./task.ts";
import { cannot, taskIntents, taskSlots } from "./tasks.ts";

export interface CoderWriterOptions {
  readonly completion: Completion;
  /** Below this probability of the tokens that decide which program it is the coder says that it can not do it. */
  readonly leastConfidence?: number;
  /** Knows which tasks are in the book word for word; null asks the model alone. */
  readonly matcher?: Matcher | null;
}

/** Chosen on the bench, as the voice's was. */
const usualConfidence = 0.7;
const usualLanguage = "python";
const longestTask = 300;
let wholeBook: Matcher | null = null;

/**
 * The starter coder: a few dozen small programs. A tiny model picks the program and writes it; code sees to it that every letter
 * is that of a program which is known and tested. The file's name and the language are read from the user's words in code.
 */
export class CoderWriter implements Writer {
  readonly #completion: Completion;
  readonly #leastConfidence: number;
  readonly #matcher: Matcher | null | undefined;

  constructor({ completion, leastConfidence = usualConfidence, matcher }: CoderWriterOptions) {
    this.#completion = completion;
    this.#leastConfidence = leastConfidence;
    this.#matcher = matcher;
  }

  /** The answer's form is that of `answer.ts`; one without its `DONE:` was cut. */
  async *reply(request: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyPart, void, void> {
    const asked = request.messages.findLast(({ from }) => from === "user");
    const task = readTask(asked?.from === "user" ? asked.text.slice(0, longestTask) : "");
    const language = task.language ?? usualLanguage;
    const cost = new AnswerCost();
    const generation = {
      ...cost.count(),
      sequence: request.conversation,
      prompt: coderPrompt({ words: task.words, language }),
      maxTokens: request.maxTokens,
      stop: [turnEnd],
    };
    if (request.maxTokens <= 0) {
      for await (const _ of this.#completion.generate({ ...generation, temperature: 0 }, signal));
      return;
    }
    if (!knownLanguages.has(language)) {
      yield { type: "text", text: cannotAnswer(otherLanguage) };
      return;
    }
    const choice = {
      candidates: this.#possible(task, language).map((text): Candidate => ({ text, answer: { say: text } })),
      temperature: 0,
      leastConfidence: this.#leastConfidence,
    };
    const answer = follow(this.#completion, generation, choice, signal);
    const outcome = yield* withFileName(answer, task);
    if (outcome !== "said") yield { type: "text", text: cannotAnswer(cannot.unknown) };
    yield cost.end();
  }

  /** What the answer may be: one thing when the book knows the task. */
  #possible({ words }: Task, language: string): readonly string[] {
    const programs = knownPrograms.filter((one) => one.language === language || one.language === "text");
    const answers = programs.map(({ answer }) => answer);
    const matcher = this.#matcher === undefined ? theWholeBook() : this.#matcher;
    const known = matcher?.match(words) ?? null;
    if (known === null) return [...answers, ...Object.values(cannot).map(cannotAnswer)];
    if (knownPrograms.every(({ program }) => program !== known.name)) return [cannotAnswer(cannot.vague)];
    const wanted = programs.find(({ program }) => program === known.name);
    return [wanted?.answer ?? cannotAnswer(cannot.elsewhere)];
  }
}

const otherLanguage =
  "I do not know that language. I write small programs in Python, and some of them in JavaScript and Bash.";

/** Puts the name that the user wants where the usual one stands, in the answer's first line. */
async function* withFileName(parts: ReturnType<typeof follow>, task: Task): ReturnType<typeof follow> {
  let firstLine: string | null = "";
  try {
    for (;;) {
      const { done, value } = await parts.next();
      if (done === true) {
        if (firstLine !== null && firstLine !== "") yield { type: "text", text: firstLine };
        return value;
      }
      if (value.type !== "text" || firstLine === null) {
        yield value;
        continue;
      }
      firstLine += value.text;
      if (!firstLine.includes("\n")) continue;
      yield {
        type: "text",
        text: firstLine.replace(/^FILE: (.*)/, (_, usual: string) => `FILE: ${fileNameFor(task, usual)}`),
      };
      firstLine = null;
    }
  } finally {
    await parts.return(null);
  }
}

function theWholeBook(): Matcher {
  wholeBook ??= createMatcher(taskIntents, undefined, taskSlots);
  return wholeBook;
}
