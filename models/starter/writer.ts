import { ModelError } from "../errors.ts";
import type { Message, ReplyPart, ReplyRequest, Writer } from "../roles.ts";
import { AnswerCost } from "../servers/answer-cost.ts";
import type { Completion } from "../servers/server.ts";
import type { Tool } from "../tools/tool.ts";
import { type Candidate, candidateFor, candidates, refusalCandidate } from "./answers.ts";
import { argumentsFor } from "./arguments.ts";
import { type Choice, follow } from "./follow.ts";
import { argumentsSchema, fallbackArguments, nearestTool } from "./forced-call.ts";
import { askedBefore, guarded } from "./guard.ts";
import type { Answer, ToolName } from "./phrase-book/intent.ts";
import { type Matcher, matcher as wholeBook } from "./phrase-book/matcher.ts";
import { refusal } from "./phrase-book/out-of-domain.ts";
import { plainSentence } from "./plain-sentence.ts";
import { forcedCallPrompt, starterPrompt, turnEnd } from "./prompt.ts";

export interface StarterWriterOptions {
  readonly completion: Completion;
  /** The tools whose results this voice can say; which of them may be called is up to each request. */
  readonly tools: readonly Tool[];
  /** Below this probability of the deciding tokens the voice says that it does not know. */
  readonly leastConfidence?: number;
  /** Knows which texts are in the phrase book word for word; null asks the model alone. */
  readonly matcher?: Matcher | null;
}

type Parts = AsyncGenerator<ReplyPart, void, void>;
/** A request, and what answering it costs. */
type Counted = ReplyRequest & { readonly cost: AnswerCost };

const usualConfidence = 0.7;
/** Results may be said in more than one way. */
const sayTemperature = 0.8;
const greeting = "Hello! What can I do for you?";

/**
 * The starter voice: a tiny model that picks what to answer, and code that sees to it that nothing else is said or done. The model
 * can write only lines it has learnt and calls whose arguments stand in the user's words.
 */
export class StarterWriter implements Writer {
  readonly #completion: Completion;
  readonly #tools: readonly Tool[];
  readonly #leastConfidence: number;
  readonly #matcher: Matcher | null;

  constructor({ completion, tools, leastConfidence = usualConfidence, matcher = wholeBook }: StarterWriterOptions) {
    this.#completion = completion;
    this.#tools = tools;
    this.#leastConfidence = leastConfidence;
    this.#matcher = matcher;
  }

  /** @throws ModelError `engine-failed` when a tool is insisted on that is not offered. */
  async *reply(request: ReplyRequest, signal: AbortSignal): Parts {
    if (request.maxTokens <= 0) {
      await this.#readAhead(request, signal);
      return;
    }
    const last = request.messages.findLast(({ from }) => from !== "system");
    const cost = new AnswerCost();
    const counted = { ...request, cost };
    if (last?.from === "result") yield* this.#say(counted, this.#sentencesFor(last), signal);
    else if (last?.from !== "user") yield* this.#say(counted, [greeting], signal);
    else if (request.toolChoice === "auto" || request.toolChoice === "none")
      yield* this.#answer(counted, last.text, signal);
    else yield* this.#forcedCall(counted, last.text, signal);
    yield cost.end();
  }

  /** Nothing is to be said: only the prompt is computed, so that the next one starts sooner. */
  async #readAhead({ conversation, messages }: ReplyRequest, signal: AbortSignal): Promise<void> {
    const prompt = starterPrompt(messages);
    const nothing = { sequence: conversation, prompt, maxTokens: 0, temperature: 0, stop: [turnEnd] };
    for await (const _ of this.#completion.generate(nothing, signal));
  }

  /** A line, a call, or the admission that it does not know. */
  async *#answer(request: Counted, userText: string, signal: AbortSignal): Parts {
    const intent = this.#matcher?.match(userText) ?? null;
    const asked = intent?.name === "yes" ? askedBefore(request.messages) : null;
    if (asked !== null && offers(request, asked.call)) {
      yield {
        type: "call",
        name: asked.call,
        argumentsJson: JSON.stringify(argumentsFor(asked.call, asked.userText) ?? {}),
      };
      return;
    }
    const known = intent === null ? candidates : [candidateFor(intent.answer)];
    const possible = known.filter(({ answer }) => canBe(answer, request, userText));
    const outcome = yield* this.#follow(
      request,
      {
        candidates: possible.length === 0 ? [refusalCandidate] : possible,
        temperature: 0,
        leastConfidence: this.#leastConfidence,
      },
      signal,
    );
    if (outcome === "said") return;
    yield guarded(outcome ?? { say: refusal }, { exact: intent !== null, userText, messages: request.messages });
  }

  async *#say(request: Counted, sentences: readonly string[], signal: AbortSignal): Parts {
    const said = sentences.map((text): Candidate => ({ text, answer: { say: text } }));
    const outcome = yield* this.#follow(
      request,
      { candidates: said, temperature: sayTemperature, leastConfidence: 0 },
      signal,
    );
    const [plainest] = sentences;
    if (outcome !== "said" && plainest !== undefined) yield { type: "text", text: plainest };
  }

  #follow(request: Counted, choice: Choice, signal: AbortSignal): ReturnType<typeof follow> {
    const { conversation, messages, maxTokens } = request;
    const generation = {
      ...request.cost.count(),
      sequence: conversation,
      prompt: starterPrompt(messages),
      maxTokens,
      stop: [turnEnd],
    };
    return follow(this.#completion, generation, choice, signal);
  }

  /** The client insists on a call: the arguments come from the user's words, chosen by the model where there is a choice. */
  async *#forcedCall(request: Counted, userText: string, signal: AbortSignal): Parts {
    const { toolChoice, tools } = request;
    const wanted = typeof toolChoice === "string" ? tools : tools.filter(({ name }) => name === toolChoice.name);
    const intent = this.#matcher?.match(userText) ?? null;
    const meant = intent !== null && "call" in intent.answer ? intent.answer.call : undefined;
    const tool = wanted.find(({ name }) => name === meant) ?? nearestTool(wanted, userText);
    if (tool === undefined)
      throw new ModelError("engine-failed", "The request insists on a tool that it does not offer.");
    const own = candidates.find(({ answer }) => "call" in answer && answer.call === tool.name)?.answer;
    const found = own !== undefined && "call" in own ? argumentsFor(own.call, userText) : null;
    if (found !== null) {
      yield { type: "call", name: tool.name, argumentsJson: JSON.stringify(found) };
      return;
    }
    const schema = argumentsSchema(tool.parameters, userText);
    let json = "";
    const generation = {
      ...request.cost.count(),
      sequence: request.conversation,
      prompt: forcedCallPrompt(request.messages, tool.name),
      jsonSchema: schema,
      maxTokens: request.maxTokens,
      temperature: 0,
      stop: [turnEnd],
    };
    for await (const { text } of this.#completion.generate(generation, signal)) json += text;
    yield {
      type: "call",
      name: tool.name,
      argumentsJson: isJsonObject(json) ? json : JSON.stringify(fallbackArguments(schema)),
    };
  }

  #sentencesFor(result: Extract<Message, { from: "result" }>): readonly string[] {
    const sentences = this.#tools.find(({ spec }) => spec.name === result.name)?.sentences(result.output) ?? [];
    return sentences.length > 0 ? sentences : [plainSentence(result.output)];
  }
}

/** Whether the answer can be given at all: a call must be offered, and its arguments must stand in the user's words. */
function canBe(answer: Answer, request: ReplyRequest, userText: string): boolean {
  return (
    "say" in answer ||
    ((answer.call === "repeat" || offers(request, answer.call)) && argumentsFor(answer.call, userText) !== null)
  );
}

function offers(request: ReplyRequest, call: ToolName): boolean {
  return request.toolChoice !== "none" && request.tools.some(({ name }) => name === call);
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
