import type { RealtimeError } from "./errors.ts";
import type { Item } from "./items.ts";
import { responseEvent } from "./response-events.ts";
import type { ResponseObject } from "./response-object.ts";
import type { WireSession } from "./session-config.ts";
import { sottoEvent } from "./sotto-events.ts";

/**
 * Every event outside a response, one function each; the connection adds `event_id`. Those of WebRTC, of hosted MCP servers and of rate
 * limits are missing, for there is nothing here that they could be about.
 */
export const serverEvent = {
  error: (error: RealtimeError) => ({ type: "error", error }) as const,

  sessionCreated: (session: WireSession) => ({ type: "session.created", session }) as const,
  sessionUpdated: (session: WireSession) => ({ type: "session.updated", session }) as const,

  /** @param previousItemId null for the first item */
  itemAdded: (item: Item, previousItemId: string | null) =>
    ({ type: "conversation.item.added", previous_item_id: previousItemId, item }) as const,
  itemDone: (item: Item, previousItemId: string | null) =>
    ({ type: "conversation.item.done", previous_item_id: previousItemId, item }) as const,
  itemRetrieved: (item: Item) => ({ type: "conversation.item.retrieved", item }) as const,
  itemDeleted: (itemId: string) => ({ type: "conversation.item.deleted", item_id: itemId }) as const,
  itemTruncated: (itemId: string, contentIndex: number, audioEndMs: number) =>
    ({
      type: "conversation.item.truncated",
      item_id: itemId,
      content_index: contentIndex,
      audio_end_ms: audioEndMs,
    }) as const,

  /** Append-only: the deltas of one item, joined, are a prefix of its transcript. */
  transcriptionDelta: (itemId: string, delta: string) =>
    ({
      type: "conversation.item.input_audio_transcription.delta",
      item_id: itemId,
      content_index: 0,
      delta,
    }) as const,
  transcriptionCompleted: (
    at: { readonly itemId: string; readonly contentIndex: number },
    transcript: string,
    seconds: number,
  ) =>
    ({
      type: "conversation.item.input_audio_transcription.completed",
      item_id: at.itemId,
      content_index: at.contentIndex,
      transcript,
      usage: { type: "duration", seconds },
    }) as const,
  transcriptionFailed: (
    at: { readonly itemId: string; readonly contentIndex: number },
    error: Pick<RealtimeError, "type" | "code" | "message">,
  ) =>
    ({
      type: "conversation.item.input_audio_transcription.failed",
      item_id: at.itemId,
      content_index: at.contentIndex,
      error,
    }) as const,

  /** @param audioStartMs from the first audio of the session, prefix padding included */
  speechStarted: (itemId: string, audioStartMs: number) =>
    ({ type: "input_audio_buffer.speech_started", audio_start_ms: audioStartMs, item_id: itemId }) as const,
  /** @param audioEndMs includes the silence that ended the turn */
  speechStopped: (itemId: string, audioEndMs: number) =>
    ({ type: "input_audio_buffer.speech_stopped", audio_end_ms: audioEndMs, item_id: itemId }) as const,
  audioCommitted: (itemId: string, previousItemId: string | null) =>
    ({ type: "input_audio_buffer.committed", previous_item_id: previousItemId, item_id: itemId }) as const,
  audioCleared: () => ({ type: "input_audio_buffer.cleared" }) as const,
  timeoutTriggered: (itemId: string, audioStartMs: number, audioEndMs: number) =>
    ({
      type: "input_audio_buffer.timeout_triggered",
      audio_start_ms: audioStartMs,
      audio_end_ms: audioEndMs,
      item_id: itemId,
    }) as const,

  responseCreated: (response: ResponseObject) => ({ type: "response.created", response }) as const,
  responseDone: (response: ResponseObject) => ({ type: "response.done", response }) as const,
};

type EventOf<Builders extends Record<string, (...given: never[]) => unknown>> = ReturnType<Builders[keyof Builders]>;
/** Everything that a session may say, without its `event_id`. */
export type ServerEvent = EventOf<typeof serverEvent> | EventOf<typeof responseEvent> | EventOf<typeof sottoEvent>;

/** The three families under one name. */
export const build = { ...serverEvent, ...responseEvent, ...sottoEvent };
