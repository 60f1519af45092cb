import type { ChatPromptParams, ChatStyle } from "./chat-style.ts";

/** A piece of a prompt. Only `special` pieces may contain control tokens, so that a user's words never can. */
export interface PromptPiece {
  readonly text: string;
  readonly special: boolean;
}

export interface GenerateRequest {
  /** Whose KV cache to continue; the longest prefix shared with the last prompt of this name is not computed again. */
  readonly sequence: string;
  readonly prompt: readonly PromptPiece[];
  /** GBNF that the output must follow. */
  readonly grammar?: string;
  /** JSON schema that the output must follow; not together with `grammar`. */
  readonly jsonSchema?: Readonly<Record<string, unknown>>;
  /** 0 only computes the prompt, so that a later one that begins the same starts sooner. */
  readonly maxTokens: number;
  /** 0 is greedy. */
  readonly temperature: number;
  /** Output ends before the first of these. */
  readonly stop: readonly string[];
  /** Told what it cost, behind the last part; never when it was aborted or left. */
  readonly onEnd?: (stats: GenerationStats) => void;
}

export interface GeneratedPart {
  readonly text: string;
  /** Probability that the model gave to this part's token before any grammar; of several tokens, the least. */
  readonly probability: number;
}

/** How a model's own chat template has a conversation written. */
export interface ChatFormat {
  readonly style: ChatStyle;
  /** The conversation up to where the model is to speak. @throws ModelError `unsupported` when the template cannot write it. */
  prompt(asked: ChatPromptParams, signal: AbortSignal): Promise<readonly PromptPiece[]>;
}

/** A loaded language model that continues text. Aborting the signal stops it within one token. */
export interface Completion {
  generate(request: GenerateRequest, signal: AbortSignal): AsyncIterable<GeneratedPart>;
  /** Undefined when it has none that can be used, or none but ChatML. */
  readonly chat?: ChatFormat | undefined;
}

/** What one generation cost. */
export interface GenerationStats {
  readonly sequence: string;
  readonly promptTokens: number;
  /** Of the prompt's tokens, those that the KV cache still held. */
  readonly cachedTokens: number;
  readonly generatedTokens: number;
  /** The model ended by itself; `maxTokens` were made; a stop string came; the context is full. */
  readonly stopReason: "end" | "length" | "stop" | "context";
}
