import { type RealtimeError, realtimeError } from "./errors.ts";
import type { SessionConfig } from "./session-config.ts";
import { type SessionPatch, sessionPatchSchema, type TurnDetection, turnDetectionSchema } from "./session-schema.ts";
import { unknownChoice } from "./tool-schema.ts";
import { errorOfIssue } from "./zod-issue.ts";

export type SessionMerge =
  | { readonly ok: true; readonly session: SessionConfig }
  | { readonly ok: false; readonly error: RealtimeError };

/**
 * Applies a `session.update`. Objects merge key by key, lists and whatever has a `type` of its own are replaced, and
 * `turn_detection` is replaced when its type changes: merging `{threshold}` must not switch detection off, nor may
 * `{type: "semantic_vad"}` inherit a silence.
 * @param about.audioSent the assistant has been heard, so its voice may no longer change
 */
export function mergeSession(
  current: SessionConfig,
  patch: SessionPatch,
  about: { readonly audioSent: boolean; readonly eventId?: string | undefined },
): SessionMerge {
  const voice = patch.audio?.output?.voice;
  if (about.audioSent && voice !== undefined && voice !== current.audio.output.voice) {
    return refused(
      realtimeError(
        "cannot_update_voice",
        "Cannot change the voice once the assistant has been heard; set it before the first answer.",
        { param: "session.audio.output.voice", eventId: about.eventId },
      ),
    );
  }
  const detection = mergeTurnDetection(current.audio.input.turn_detection, patch, about.eventId);
  if (!detection.ok) return detection;
  const session = merged(current, patch, detection.value);
  const unknown = patch.tools || patch.tool_choice ? unknownChoice(session.tool_choice, session.tools) : undefined;
  if (unknown === undefined) return { ok: true, session };
  return refused(
    realtimeError("invalid_value", `Invalid 'session.tool_choice'. ${unknown}`, {
      param: "session.tool_choice",
      eventId: about.eventId,
    }),
  );
}

/** Reads a session as a client sends it, outside an event: the body of a request for a client secret. */
export function parseSessionPatch(
  given: unknown,
): { readonly ok: true; readonly patch: SessionPatch } | { readonly ok: false; readonly error: RealtimeError } {
  const parsed = sessionPatchSchema.safeParse(given);
  if (!parsed.success) return refused(errorOfIssue(parsed.error, given, { under: ["session"] }));
  return { ok: true, patch: parsed.data };
}

function merged(current: SessionConfig, patch: SessionPatch, turnDetection: TurnDetection | null): SessionConfig {
  const { input, output } = current.audio;
  const patchIn = patch.audio?.input ?? {};
  const patchOut = patch.audio?.output ?? {};
  const { include, prompt, reasoning, ...always } = current;
  return {
    ...always,
    type: patch.type,
    output_modalities: patch.output_modalities ?? patch.modalities ?? current.output_modalities,
    instructions: patch.instructions ?? current.instructions,
    audio: {
      input: {
        format: patchIn.format ?? input.format,
        transcription: overlaid(input.transcription, patchIn.transcription),
        noise_reduction: overlaid(input.noise_reduction, patchIn.noise_reduction),
        turn_detection: turnDetection,
      },
      output: {
        format: patchOut.format ?? output.format,
        voice: patchOut.voice ?? output.voice,
        speed: patchOut.speed ?? output.speed,
      },
    },
    tools: patch.tools ?? current.tools,
    tool_choice: patch.tool_choice ?? current.tool_choice,
    parallel_tool_calls: patch.parallel_tool_calls ?? current.parallel_tool_calls,
    max_output_tokens: patch.max_output_tokens ?? current.max_output_tokens,
    truncation: patch.truncation ?? current.truncation,
    tracing: patch.tracing === undefined ? current.tracing : patch.tracing,
    ...present("include", patch.include === undefined ? include : patch.include),
    ...present("prompt", patch.prompt === undefined ? prompt : patch.prompt),
    ...present(
      "reasoning",
      patch.reasoning === null ? undefined : (overlaid(reasoning ?? null, patch.reasoning) ?? undefined),
    ),
  };
}

function mergeTurnDetection(current: TurnDetection | null, patch: SessionPatch, eventId: string | undefined) {
  const given = patch.audio?.input?.turn_detection;
  if (given === undefined) return { ok: true, value: current } as const;
  if (given === null) return { ok: true, value: null } as const;
  const keep = current !== null && (given.type === undefined || given.type === current.type);
  const whole = keep ? { ...current, ...given } : given;
  const parsed = turnDetectionSchema.safeParse(whole);
  if (parsed.success) return { ok: true, value: parsed.data } as const;
  const under = ["session", "audio", "input", "turn_detection"];
  return refused(errorOfIssue(parsed.error, whole, { under, eventId }));
}

/** Undefined leaves what is there, null clears it. */
function overlaid<T extends object>(current: T | null, patch: T | null | undefined): T | null {
  if (patch === undefined) return current;
  if (patch === null) return null;
  return { ...current, ...patch };
}

function present<K extends string, V>(key: K, value: V | null | undefined): { [key in K]?: V } {
  const out: { [key in K]?: V } = {};
  if (value != null) out[key] = value;
  return out;
}

function refused(error: RealtimeError) {
  return { ok: false, error } as const;
}
