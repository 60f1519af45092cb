import { type AudioFormat, pcm24k } from "./audio-format.ts";
import type { Include, NoiseReduction, Tracing, Transcription, Truncation, TurnDetection } from "./session-schema.ts";
import type { OutputModalities, Prompt, Reasoning, WireTool, WireToolChoice } from "./tool-schema.ts";

/** The full effective configuration of one session: what `session.updated` echoes. Null means switched off. */
export interface SessionConfig {
  readonly type: "realtime" | "transcription";
  readonly id: string;
  /** Seconds since 1970; absent where nobody knows when it began. */
  readonly expires_at?: number;
  readonly model: string;
  readonly output_modalities: OutputModalities;
  readonly instructions: string;
  readonly audio: {
    readonly input: {
      readonly format: AudioFormat;
      readonly transcription: Transcription | null;
      readonly noise_reduction: NoiseReduction | null;
      readonly turn_detection: TurnDetection | null;
    };
    readonly output: { readonly format: AudioFormat; readonly voice: string; readonly speed: number };
  };
  readonly tools: readonly WireTool[];
  readonly tool_choice: WireToolChoice;
  readonly parallel_tool_calls: boolean;
  readonly max_output_tokens: number | "inf";
  readonly truncation: Truncation;
  readonly tracing: Tracing | null;
  readonly include?: Include;
  readonly prompt?: Prompt;
  readonly reasoning?: Reasoning;
}

/**
 * Nothing ends a session for its age, yet clients expect a date. It is as far off as a timer of theirs can wait, which is less than
 * 25 days: one that is to wait longer goes off at once.
 */
const expiresInSeconds = 24 * 86_400;

/**
 * Transcripts are on unless a client turns them off: here they cost nothing, and without them a newcomer's client shows
 * half a conversation.
 */
export function defaultSession(given: {
  readonly id: string;
  readonly openedAt?: Date | undefined;
  readonly model?: string | undefined;
  readonly voice?: string | undefined;
  readonly instructions?: string | undefined;
  readonly sttModel?: string | undefined;
}): SessionConfig {
  return {
    type: "realtime",
    id: given.id,
    ...(given.openedAt && { expires_at: Math.floor(given.openedAt.getTime() / 1_000) + expiresInSeconds }),
    model: given.model ?? "sotto-starter",
    output_modalities: ["audio"],
    instructions: given.instructions ?? "",
    audio: {
      input: {
        format: pcm24k,
        transcription: { model: given.sttModel ?? "sotto-starter-stt" },
        noise_reduction: null,
        turn_detection: {
          type: "server_vad",
          threshold: 0.5,
          prefix_padding_ms: 300,
          silence_duration_ms: 500,
          create_response: true,
          interrupt_response: true,
          idle_timeout_ms: null,
        },
      },
      output: { format: pcm24k, voice: given.voice ?? "slt", speed: 1 },
    },
    tools: [],
    tool_choice: "auto",
    parallel_tool_calls: true,
    max_output_tokens: "inf",
    truncation: "auto",
    tracing: null,
  };
}

/** The session as it goes over the wire; a transcription session has nothing to say about answers. */
export type WireSession =
  | (SessionConfig & { readonly object: "realtime.session" })
  | (Pick<SessionConfig, "id" | "expires_at" | "include"> & {
      readonly type: "transcription";
      readonly object: "realtime.transcription_session";
      readonly audio: Pick<SessionConfig["audio"], "input">;
    });

export function wireSession(config: SessionConfig): WireSession {
  if (config.type === "realtime") return { object: "realtime.session", ...config };
  return {
    object: "realtime.transcription_session",
    type: config.type,
    id: config.id,
    ...(config.expires_at === undefined ? {} : { expires_at: config.expires_at }),
    audio: { input: config.audio.input },
    ...(config.include === undefined ? {} : { include: config.include }),
  };
}
