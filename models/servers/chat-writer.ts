import { ModelError } from "../errors.ts";
import type { ReplyContent, ReplyPart, ReplyRequest, ToolSpec, Writer } from "../roles.ts";
import { AnswerCost } from "./answer-cost.ts";
import { answerParser } from "./answer-parser.ts";
import type { CallStyle } from "./chat-style.ts";
import { type ChatDialect, hermesDialect } from "./chatml.ts";
import { chatmlFormat } from "./chatml-format.ts";
import { forcedCall } from "./forced-call.ts";
import { messageWindow } from "./message-window.ts";
import type { ParsedPart } from "./parsed-part.ts";
import type { ChatFormat, Completion, GenerateRequest, PromptPiece } from "./server.ts";

export { callSchema } from "./forced-call.ts";

export interface ChatWriterOptions {
  readonly completion: Completion;
  /** Of free text; calls that must be made are greedy. */
  readonly temperature?: number;
  /** Of a model that has no template of its own. */
  readonly dialect?: ChatDialect;
  /** Room for prompt and answer together; the oldest exchanges are left out when it gets tight. */
  readonly contextTokens?: number;
  /** A model that can think may do so before it answers; nobody hears that. False when left out. */
  readonly thinking?: boolean;
}

const usualTemperature = 0.6;
const usualContextTokens = 4_096;
/** English has about four; this leaves room for other languages. */
const charactersPerToken = 2;

/** A prompt, and how what follows it is to be read. */
interface Written {
  readonly prompt: readonly PromptPiece[];
  readonly calls: CallStyle;
  readonly stop: readonly string[];
}

/** Any model, in the format of its own chat template; in ChatML with calls as Hermes makes them where it has none. */
export class ChatWriter implements Writer {
  readonly #options: ChatWriterOptions;

  constructor(options: ChatWriterOptions) {
    this.#options = options;
  }

  /**
   * @throws ModelError `engine-failed` when all that came was a call that nobody can read, or a named tool is not offered;
   * `unsupported` when a call is insisted on and nobody knows how this model makes one.
   */
  async *reply(request: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyPart, void, void> {
    const { completion, temperature = usualTemperature, dialect = hermesDialect } = this.#options;
    const tools = offered(request);
    const isForced = request.toolChoice !== "auto" && request.toolChoice !== "none";
    const { prompt, calls, stop } = await this.#written(request, isForced, signal);
    const forced = isForced ? forcedCall(calls, tools, dialect.callPadding) : undefined;
    const cost = new AnswerCost();
    const generate: GenerateRequest = {
      ...cost.count(),
      sequence: request.conversation,
      prompt: [...prompt, ...(forced?.opening ?? [])],
      maxTokens: request.maxTokens,
      temperature: isForced ? 0 : temperature,
      stop,
      ...(forced === undefined ? {} : { jsonSchema: forced.jsonSchema }),
    };
    const parser = answerParser(calls, prompt, tools);
    for (const { text } of forced?.opening ?? []) parser.push(text);
    const known = new Set(tools.map((tool) => tool.name));
    let answered = false;
    let unreadable: string | undefined;
    const readable = (parts: readonly ParsedPart[]): ReplyContent[] =>
      parts.flatMap((part): ReplyContent[] => {
        if (part.type === "text") return [part];
        if (part.type === "call" && known.has(part.name)) return [part];
        unreadable ??= part.type === "call" ? `It called ${part.name}, which is not offered` : "Its call is not JSON";
        return [];
      });
    for await (const { text } of completion.generate(generate, signal)) {
      for (const part of readable(parser.push(text))) {
        answered = true;
        yield part;
      }
    }
    for (const part of readable(parser.end())) {
      answered = true;
      yield part;
    }
    if (!answered && unreadable !== undefined) {
      throw new ModelError("engine-failed", `The model gave no usable answer. ${unreadable}`);
    }
    yield cost.end();
  }

  async #written(request: ReplyRequest, isForced: boolean, signal: AbortSignal): Promise<Written> {
    const { completion, dialect = hermesDialect, contextTokens = usualContextTokens, thinking = false } = this.#options;
    const tools = request.toolChoice === "none" ? [] : request.tools;
    const roomCharacters =
      (contextTokens - request.maxTokens) * charactersPerToken - dialect.describeTools(tools).length;
    const messages = messageWindow(request.messages, roomCharacters);
    const write = async (format: ChatFormat): Promise<Written> => {
      const prompt = await format.prompt({ messages, tools, thinking: thinking && !isForced }, signal);
      return { prompt, ...format.style };
    };
    try {
      if (completion.chat !== undefined) return await write(completion.chat);
    } catch (error) {
      if (!(error instanceof ModelError) || error.code !== "unsupported") throw error;
    }
    return await write(chatmlFormat(dialect));
  }
}

/**
 * The tools that may be called in this answer.
 * @throws ModelError `engine-failed` when the request insists on one that it does not offer.
 */
export function offered(request: ReplyRequest): readonly ToolSpec[] {
  const { toolChoice, tools } = request;
  if (toolChoice === "none") return [];
  if (toolChoice === "auto") return tools;
  const wanted = toolChoice === "required" ? tools : tools.filter((tool) => tool.name === toolChoice.name);
  if (wanted.length === 0) {
    const which = toolChoice === "required" ? "a tool" : `the tool ${toolChoice.name}`;
    throw new ModelError("engine-failed", `The request insists on ${which} but does not offer it`);
  }
  return wanted;
}
