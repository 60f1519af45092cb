import type { ReplyPart, ReplyRequest, Writer } from "../../roles.ts";
import { AnswerCost } from "../../servers/answer-cost.ts";
import type { Completion } from "../../servers/server.ts";
import type { Candidate } from "../answers.ts";
import { type Decision, decide, openDecision } from "../decision.ts";
import { createMatcher, type Matcher } from "../phrase-book/matcher.ts";
import { turnEnd } from "../prompt.ts";
import { answerGrammar, answerHead, cannotAnswer, renamed } from "./answer.ts";
import { coderPrompt } from "./coder-prompt.ts";
import { answerHash, type KnownProgram, knownPrograms } from "./known-programs.ts";
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
/** Every program of ours ends long before. */
const mostTokens = 700;
const longestTask = 300;
let wholeBook: Matcher | null = null;

/**
 * The starter coder: a few dozen small programs that a tiny model knows by heart. The file's name and the language are read from
 * the user's words in code. What the model wrote is handed over only when it is, letter for letter, a program it is known to know.
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

  /** The answer comes whole, since only the whole of it can be checked; its form is that of `answer.ts`. */
  async *reply(request: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyPart, void, void> {
    const asked = request.messages.findLast(({ from }) => from === "user");
    const task = readTask(asked?.from === "user" ? asked.text.slice(0, longestTask) : "");
    const language = task.language ?? usualLanguage;
    const cost = new AnswerCost();
    const generation = {
      ...cost.count(),
      sequence: request.conversation,
      prompt: coderPrompt({ words: task.words, language }),
      maxTokens: Math.min(request.maxTokens, mostTokens),
      temperature: 0,
      stop: [turnEnd],
    };
    if (request.maxTokens <= 0) {
      for await (const _ of this.#completion.generate(generation, signal));
      return;
    }
    if (!knownLanguages.has(language)) {
      yield { type: "text", text: cannotAnswer(otherLanguage) };
      return;
    }
    const possible = this.#possible(task, language);
    const grammar = answerGrammar(
      possible.programs.map((one) => answerHead(one)),
      possible.sentences.map(cannotAnswer),
    );
    const written = await this.#write({ ...generation, grammar }, possible, signal);
    yield { type: "text", text: handedOver(written, task, possible.programs) };
    yield cost.end();
  }

  /** What the answer may be: one thing when the book knows the task. */
  #possible({ words }: Task, language: string): Possible {
    const programs = knownPrograms.filter((one) => one.language === language || one.language === "text");
    const matcher = this.#matcher === undefined ? theWholeBook() : this.#matcher;
    const known = matcher?.match(words) ?? null;
    if (known === null) return { programs, sentences: Object.values(cannot) };
    if (knownPrograms.every(({ program }) => program !== known.name))
      return { programs: [], sentences: [cannot.vague] };
    const wanted = programs.filter(({ program }) => program === known.name);
    return wanted.length > 0 ? { programs: wanted, sentences: [] } : { programs: [], sentences: [cannot.elsewhere] };
  }

  /** What the model wrote; empty when it was not sure. */
  async #write(
    generation: Parameters<Completion["generate"]>[0],
    possible: Possible,
    signal: AbortSignal,
  ): Promise<string> {
    let written = "";
    let decision: Decision = openDecision(possibleBeginnings(possible));
    for await (const part of this.#completion.generate(generation, signal)) {
      written += part.text;
      if (decision.status !== "open") continue;
      decision = decide(decision, part);
      if (decision.status === "lost") return "";
      if (decision.status === "made" && decision.confidence < this.#leastConfidence) return "";
    }
    return written;
  }
}

interface Possible {
  readonly programs: readonly KnownProgram[];
  readonly sentences: readonly string[];
}

const otherLanguage =
  "I do not know that language. I write small programs in Python, and some of them in JavaScript and Bash.";

function possibleBeginnings({ programs, sentences }: Possible): readonly Candidate[] {
  return [...programs.map((one) => answerHead(one)), ...sentences.map(cannotAnswer)].map((text) => ({
    text,
    answer: { say: text },
  }));
}

/** The answer as it may leave the coder. */
function handedOver(written: string, task: Task, programs: readonly KnownProgram[]): string {
  if (Object.values(cannot).some((sentence) => cannotAnswer(sentence) === written)) return written;
  const hash = answerHash(written);
  const known = programs.find((one) => one.hash === hash);
  return known === undefined ? cannotAnswer(cannot.unknown) : renamed(written, fileNameFor(task, known.file));
}

function theWholeBook(): Matcher {
  wholeBook ??= createMatcher(taskIntents, undefined, taskSlots);
  return wholeBook;
}
