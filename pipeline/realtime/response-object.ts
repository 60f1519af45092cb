import type { AudioFormat } from "./audio-format.ts";
import type { RealtimeError } from "./errors.ts";
import type { Item } from "./items.ts";
import type { OutputModalities } from "./tool-schema.ts";

/** How a response ended, or that it has not; `failed` says why in `error`. */
export type ResponseOutcome =
  | { readonly status: "in_progress" | "completed" }
  | { readonly status: "cancelled"; readonly reason: "turn_detected" | "client_cancelled" }
  | { readonly status: "incomplete"; readonly reason: "max_output_tokens" | "content_filter" }
  | { readonly status: "failed"; readonly error: Pick<RealtimeError, "type" | "code" | "message"> };

/**
 * Tokens that a language model read and wrote. The hosted API also counts sound, at one token for 100 ms heard and 50 ms spoken,
 * because its model hears and speaks itself; ours read and write text only, so their audio tokens are 0.
 */
export interface Usage {
  readonly total_tokens: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly input_token_details: {
    readonly text_tokens: number;
    readonly audio_tokens: number;
    readonly cached_tokens: number;
  };
  readonly output_token_details: { readonly text_tokens: number; readonly audio_tokens: number };
}

export function usageOf(tokens: {
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
}): Usage {
  const { inputTokens, cachedTokens, outputTokens } = tokens;
  return {
    total_tokens: inputTokens + outputTokens,
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    input_token_details: { text_tokens: inputTokens, audio_tokens: 0, cached_tokens: cachedTokens },
    output_token_details: { text_tokens: outputTokens, audio_tokens: 0 },
  };
}

/** What stays the same from a response's first event to its last: a snapshot of the session at its creation. */
export interface ResponseSetup {
  readonly id: string;
  /** Absent for a response outside the conversation. */
  readonly conversationId?: string | undefined;
  readonly outputModalities: OutputModalities;
  readonly maxOutputTokens: number | "inf";
  readonly format: AudioFormat;
  readonly voice: string;
  readonly metadata?: Readonly<Record<string, string>> | null | undefined;
}

/** The `response` of `response.created` and `response.done`. */
export function responseObject(
  setup: ResponseSetup,
  outcome: ResponseOutcome,
  output: readonly Item[] = [],
  usage: Usage | null = null,
) {
  return {
    object: "realtime.response",
    id: setup.id,
    status: outcome.status,
    status_details: statusDetails(outcome),
    output,
    ...(setup.conversationId === undefined ? {} : { conversation_id: setup.conversationId }),
    output_modalities: setup.outputModalities,
    max_output_tokens: setup.maxOutputTokens,
    audio: { output: { format: setup.format, voice: setup.voice } },
    usage,
    metadata: setup.metadata ?? null,
  } as const;
}
export type ResponseObject = ReturnType<typeof responseObject>;

function statusDetails(outcome: ResponseOutcome) {
  switch (outcome.status) {
    case "in_progress":
    case "completed":
      return null;
    case "cancelled":
    case "incomplete":
      return { type: outcome.status, reason: outcome.reason } as const;
    case "failed":
      return { type: outcome.status, error: outcome.error } as const;
  }
}
