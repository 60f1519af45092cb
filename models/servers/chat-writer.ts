import { ModelError } from "../errors.ts";
import type { ReplyContent, ReplyPart, ReplyRequest, ToolSpec, Writer } from "../roles.ts";
import { AnswerCost } from "./answer-cost.ts";
import { assistantStart, type ChatDialect, callStart, chatmlTurns, hermesDialect, turnEnd } from "./chatml.ts";
import { messageWindow } from "./message-window.ts";
import type { Completion, GenerateRequest } from "./server.ts";
import { createToolCallParser, type ParsedPart } from "./tool-call-parser.ts";

export interface ChatWriterOptions {
  readonly completion: Completion;
  /** Of free text; calls that must be made are greedy. */
  readonly temperature?: number;
  readonly dialect?: ChatDialect;
  /** Room for prompt and answer together; the oldest exchanges are left out when it gets tight. */
  readonly contextTokens?: number;
}

const usualTemperature = 0.6;
const usualContextTokens = 4_096;
/** English has about four; this leaves room for other languages. */
const charactersPerToken = 2;
/** A model that goes on into the next turn by itself is stopped there. */
const stop = [turnEnd, "<|im_start|>", "<|endoftext|>"];

/** Any ChatML model that calls functions in the Hermes way. */
export class ChatWriter implements Writer {
  readonly #options: ChatWriterOptions;

  constructor(options: ChatWriterOptions) {
    this.#options = options;
  }

  /** @throws ModelError `engine-failed` when all that came was a call that nobody can read, or a named tool is not offered. */
  async *reply(request: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyPart, void, void> {
    const dialect = this.#options.dialect ?? hermesDialect;
    const tools = offered(request);
    const shownTools = request.toolChoice === "none" ? [] : request.tools;
    const roomTokens = (this.#options.contextTokens ?? usualContextTokens) - request.maxTokens;
    const roomCharacters = roomTokens * charactersPerToken - dialect.describeTools(shownTools).length;
    const forced = request.toolChoice !== "auto" && request.toolChoice !== "none";
    const cost = new AnswerCost();
    const generate: GenerateRequest = {
      ...cost.count(),
      sequence: request.conversation,
      prompt: [
        ...chatmlTurns(messageWindow(request.messages, roomCharacters), shownTools, dialect),
        assistantStart,
        ...(forced ? [{ text: callStart + dialect.callPadding, special: true }] : []),
      ],
      maxTokens: request.maxTokens,
      temperature: forced ? 0 : (this.#options.temperature ?? usualTemperature),
      stop,
      ...(forced ? { jsonSchema: callSchema(tools) } : {}),
    };
    const parser = createToolCallParser(forced ? { inside: "call" } : {});
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
    for await (const { text } of this.#options.completion.generate(generate, signal)) {
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

/** What a call of one of these tools looks like, as a JSON schema. */
export function callSchema(tools: readonly ToolSpec[]): Readonly<Record<string, unknown>> {
  const calls = tools.map((tool) => ({
    type: "object",
    properties: { name: { const: tool.name }, arguments: { type: "object", ...tool.parameters } },
    required: ["name", "arguments"],
  }));
  const [only] = calls;
  return calls.length === 1 && only !== undefined ? only : { oneOf: calls };
}
