import { z } from "zod";
import { ModelError } from "../../errors.ts";
import type { ReplyEnd, ReplyPart, ReplyRequest, Writer } from "../../roles.ts";
import { callSchema, offered } from "../chat-writer.ts";
import type { ChatLine } from "./answers.ts";
import { callScope } from "./call-scope.ts";
import { chatMessages, chatTools } from "./chat-messages.ts";
import type { FrozenOptions } from "./frozen-options.ts";
import type { OllamaApi } from "./ollama-api.ts";
import { connectionFault } from "./refusal.ts";

export interface OllamaWriterOptions {
  readonly api: OllamaApi;
  readonly model: string;
  readonly frozen: FrozenOptions;
  /** False: the model answers at once. Ollama lets a model think when nothing is said, and nobody would hear it. */
  readonly thinking: boolean;
  /** Aborted with a `ModelError` when the model is leaving or lost; from then on nothing is sent to it. */
  readonly life: AbortSignal;
  /** Told when nobody listens at the server's address. */
  readonly onUnreachable: () => void;
}

/**
 * A model in Ollama. `keep_alive` is never sent: without it Ollama keeps what the load said, while with it a call to a model that
 * Ollama is about to evict would bring that back to life, and Ollama would wait for its end for ever (ollama/ollama#17408).
 */
export class OllamaWriter implements Writer {
  readonly #options: OllamaWriterOptions;

  constructor(options: OllamaWriterOptions) {
    this.#options = options;
  }

  /** @throws ModelError `unsupported` for tools that the model cannot call, `server-down`, `busy`, `no-memory`, `engine-failed`. */
  async *reply(request: ReplyRequest, signal: AbortSignal): AsyncGenerator<ReplyPart, void, void> {
    const { model, frozen, thinking, life } = this.#options;
    signal.throwIfAborted();
    life.throwIfAborted();
    const tools = offered(request);
    const forced = request.toolChoice !== "auto" && request.toolChoice !== "none";
    const asked = {
      model,
      messages: chatMessages(request.messages),
      ...(tools.length === 0 ? {} : { tools: chatTools(tools) }),
      // Ollama knows no tool choice, but it can make a model keep to a schema.
      ...(forced ? { format: callSchema(tools) } : {}),
      ...(thinking ? {} : { think: false }),
      options: { ...frozen, num_predict: request.maxTokens, ...(forced ? { temperature: 0 } : {}) },
    };
    const known = new Set(tools.map((tool) => tool.name));
    using scope = callScope(signal, life);
    let written = "";
    let called = false;
    let end: ReplyEnd = { type: "end", reason: "end", usage: null };
    for await (const line of this.#lines(asked, scope.signal)) {
      const { message } = line;
      if (line.done === true) end = endOf(line);
      for (const { function: call } of message?.tool_calls ?? []) {
        if (!known.has(call.name))
          throw new ModelError("engine-failed", `"${model}" called ${call.name}, which is not offered`);
        called = true;
        yield { type: "call", name: call.name, argumentsJson: JSON.stringify(call.arguments ?? {}) };
        scope.signal.throwIfAborted();
      }
      const text = message?.content ?? "";
      if (forced) written += text;
      else if (text !== "") yield { type: "text", text };
      scope.signal.throwIfAborted();
    }
    if (forced && !called) yield writtenCall(written, known, model);
    yield end;
  }

  async *#lines(asked: Parameters<OllamaApi["chat"]>[0], signal: AbortSignal): AsyncGenerator<ChatLine, void, void> {
    const { api, onUnreachable } = this.#options;
    try {
      yield* api.chat(asked, signal);
    } catch (error) {
      if (error instanceof ModelError && connectionFault(error.cause) === "unreachable") onUnreachable();
      throw error;
    }
  }
}

/** Ollama counts all of the prompt's tokens and does not say which of them its cache held. */
function endOf({ done_reason, prompt_eval_count, eval_count }: ChatLine): ReplyEnd {
  const known = prompt_eval_count !== undefined && eval_count !== undefined;
  return {
    type: "end",
    reason: done_reason === "length" ? "length" : "end",
    usage: known ? { inputTokens: prompt_eval_count, cachedTokens: 0, outputTokens: eval_count } : null,
  };
}

const callText = z.object({ name: z.string(), arguments: z.record(z.string(), z.unknown()) });

/** A call that came as text, because the schema made the model write it so. */
function writtenCall(text: string, known: ReadonlySet<string>, model: string): ReplyPart {
  try {
    const call = callText.parse(JSON.parse(text));
    if (known.has(call.name)) return { type: "call", name: call.name, argumentsJson: JSON.stringify(call.arguments) };
  } catch {
    // Said below: whatever it is, it is no call.
  }
  throw new ModelError("engine-failed", `"${model}" had to call a function and wrote "${text.slice(0, 80)}"`);
}
