import { z } from "zod";
import { ModelError } from "../../errors.ts";
import type { ReplyEnd, ReplyPart } from "../../roles.ts";
import { createToolCallParser, type ParsedPart } from "../tool-call-parser.ts";
import { errorIn, failureOf } from "./failures.ts";

/** Tokens that an answer took, as its server counts them. */
export interface ChatUsage {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly generatedTokens: number;
}

const chunk = z.object({
  choices: z
    .array(
      z.object({
        delta: z
          .object({
            content: z.string().nullish(),
            reasoning_content: z.string().nullish(),
            reasoning: z.string().nullish(),
            tool_calls: z
              .array(
                z.object({
                  index: z.number().int().nullish(),
                  function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
                }),
              )
              .nullish(),
          })
          .nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: z
    .object({
      prompt_tokens: z.number(),
      completion_tokens: z.number().nullish(),
      prompt_tokens_details: z.object({ cached_tokens: z.number().nullish() }).nullish(),
    })
    .nullish(),
});

export interface ChatAnswerOptions {
  readonly who: string;
  /** Names of the tools that may be called. */
  readonly tools: readonly string[];
  /** Only calls are wanted; words are left out. */
  readonly forced: boolean;
}

/** Turns the events of one answer into its parts. A new attempt at the same answer goes on with the same object. */
export class ChatAnswer {
  readonly #options: ChatAnswerOptions;
  readonly #parser = createToolCallParser();
  /** Calls by their index, which some servers leave out. */
  #calls = new Map<number, { name: string; argumentsJson: string }>();
  #text = "";
  #textTokens = 0;
  #thought = false;
  #finished = false;
  /** It had as many tokens as it may have. */
  #isCut = false;
  #attempts = 0;
  #answered = false;
  #unreadable: string | undefined;
  #usage: ChatUsage | undefined;

  constructor(options: ChatAnswerOptions) {
    this.#options = options;
  }

  /** What came as words so far, and in how many pieces; servers send about one for each token. */
  get said(): { readonly text: string; readonly tokens: number } {
    return { text: this.#text, tokens: this.#textTokens };
  }

  /**
   * Whether the server can be left now and asked later to go on. Half a call, or thoughts that led to words, cannot be
   * handed back to it.
   */
  get resumable(): boolean {
    return this.#calls.size === 0 && !(this.#thought && this.#text !== "");
  }

  get finished(): boolean {
    return this.#finished;
  }

  get usage(): ChatUsage | undefined {
    return this.#usage;
  }

  /** The answer's last part. What it cost is not known when it was asked for more than once. */
  get cost(): ReplyEnd {
    const usage = this.#usage;
    const known = usage !== undefined && this.#attempts === 1;
    return {
      type: "end",
      reason: this.#isCut ? "length" : "end",
      usage: known
        ? { inputTokens: usage.promptTokens, cachedTokens: usage.cachedTokens, outputTokens: usage.generatedTokens }
        : null,
    };
  }

  /** Forgets what a new attempt will say again. */
  again(): void {
    this.#attempts += 1;
    this.#calls.clear();
    this.#thought = false;
  }

  /** @throws ModelError when the event is an error, or is nothing that we know. */
  push(data: string): readonly ReplyPart[] {
    if (data === "[DONE]") {
      this.#finished = true;
      return [];
    }
    const json = jsonOf(data);
    const said = errorIn(json);
    if (said !== undefined) throw failureOf(this.#options.who, "answer", { status: 500, body: json });
    const parsed = chunk.safeParse(json);
    if (!parsed.success) {
      throw new ModelError("engine-failed", `${this.#options.who} broke off in the middle of an answer; ask again`);
    }
    const { choices, usage } = parsed.data;
    if (usage) {
      this.#usage = {
        promptTokens: usage.prompt_tokens,
        cachedTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
        generatedTokens: usage.completion_tokens ?? 0,
      };
    }
    const parts: ReplyPart[] = [];
    for (const { delta, finish_reason } of choices ?? []) {
      if (delta?.reasoning_content || delta?.reasoning) this.#thought = true;
      if (delta?.content) {
        this.#text += delta.content;
        this.#textTokens += 1;
        parts.push(...this.#readable(this.#parser.push(delta.content)));
      }
      for (const { index, function: made } of delta?.tool_calls ?? []) {
        // Without an index, a name begins a call and the rest belongs to the last one.
        const at = index ?? Math.max(0, this.#calls.size - (made?.name ? 0 : 1));
        const call = this.#calls.get(at) ?? { name: "", argumentsJson: "" };
        call.name += made?.name ?? "";
        call.argumentsJson += made?.arguments ?? "";
        this.#calls.set(at, call);
      }
      if (finish_reason) this.#finished = true;
      if (finish_reason === "length") this.#isCut = true;
    }
    return parts;
  }

  /** The last parts: calls come when they are whole. @throws ModelError `engine-failed` when nothing of use was said. */
  end(): readonly ReplyPart[] {
    const parts = [...this.#readable(this.#parser.end())];
    for (const { name, argumentsJson } of this.#calls.values()) parts.push(...this.#call(name, argumentsJson));
    const { who, forced } = this.#options;
    if (!this.#answered && this.#unreadable !== undefined) {
      throw new ModelError("engine-failed", `The model gave no usable answer. ${this.#unreadable}`);
    }
    if (!this.#answered && forced) {
      throw new ModelError("engine-failed", `${who} was told to call a function, and its model called none`);
    }
    return parts;
  }

  #readable(parts: readonly ParsedPart[]): readonly ReplyPart[] {
    return parts.flatMap((part): readonly ReplyPart[] => {
      if (part.type === "call") return this.#call(part.name, part.argumentsJson);
      if (part.type === "malformed") {
        this.#unreadable ??= "Its call is not JSON";
        return [];
      }
      if (this.#options.forced) return [];
      this.#answered = true;
      return [part];
    });
  }

  #call(name: string, argumentsJson: string): readonly ReplyPart[] {
    const json = argumentsJson.trim() === "" ? "{}" : argumentsJson;
    if (!this.#options.tools.includes(name)) this.#unreadable ??= `It called ${name}, which is not offered`;
    else if (!z.record(z.string(), z.unknown()).safeParse(jsonOf(json)).success) {
      this.#unreadable ??= `Its call of ${name} is not JSON`;
    } else {
      this.#answered = true;
      return [{ type: "call", name, argumentsJson: json }];
    }
    return [];
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
