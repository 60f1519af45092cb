import { sampleRateHz } from "../../models/roles.ts";
import type { HearSettings } from "../hear-events.ts";
import type { ClientEvent } from "../realtime/client-events.ts";
import { realtimeError } from "../realtime/errors.ts";
import { build } from "../realtime/server-events.ts";
import { type SessionConfig, wireSession } from "../realtime/session-config.ts";
import { mergeSession } from "../realtime/session-merge.ts";
import type { Change } from "./change.ts";
import { createItem } from "./given-items.ts";
import { findItem, removeItem, replaceItem } from "./item-list.ts";
import { heardOf } from "./messages.ts";
import { acknowledge, cutPlaying } from "./playing.ts";
import { cancelReply } from "./replying.ts";
import { createResponse } from "./responding.ts";

type Asked<Type extends ClientEvent["type"]> = Extract<ClientEvent, { type: Type }>;

/** What a client asks for, as a change of the conversation. Its audio goes to the listener, not through here. */
export function ask(change: Change, event: ClientEvent): void {
  const eventId = event.event_id ?? undefined;
  switch (event.type) {
    case "session.update":
      return updateSession(change, event, eventId);
    case "input_audio_buffer.append":
      return;
    case "input_audio_buffer.commit":
      change.set({ commits: change.state.commits + 1 });
      return change.do({ do: "commit-audio", eventId });
    case "input_audio_buffer.clear":
      return change.do({ do: "clear-audio" });
    case "conversation.item.create":
      return createItem(change, event, eventId);
    case "conversation.item.retrieve": {
      const found = findItem(change.state.items, event.item_id);
      if (found !== undefined) return change.send(build.itemRetrieved(found.item));
      return change.refuse(missing("item_retrieve_invalid_item_id", event.item_id, eventId));
    }
    case "conversation.item.truncate":
      return truncateItem(change, event, eventId);
    case "conversation.item.delete": {
      if (findItem(change.state.items, event.item_id) === undefined) {
        return change.refuse(missing("item_delete_invalid_item_id", event.item_id, eventId));
      }
      change.set({ items: removeItem(change.state.items, event.item_id) });
      return change.send(build.itemDeleted(event.item_id));
    }
    case "response.create":
      return createResponse(change, event.response ?? {}, eventId);
    case "response.cancel": {
      const id = event.response_id ?? undefined;
      const reply = id === undefined ? change.active : change.reply(id);
      if (reply !== undefined) return cancelReply(change, reply, "client_cancelled");
      const message = "Cancellation failed: no active response found";
      return change.refuse(realtimeError("response_cancel_not_active", message, { eventId }));
    }
    case "output_audio_buffer.clear":
      return cutPlaying(change);
    case "sotto.playback":
      return acknowledge(change, event.item_id, event.played_samples, event.playing);
    case "sotto.job.start":
    case "sotto.job.approve":
    case "sotto.job.reject":
    case "sotto.job.cancel":
    case "sotto.job.undo":
      return change.do({ do: "ask-coder", request: event });
  }
}

/** What the listener must know of a session. */
export function hearSettings(session: SessionConfig): HearSettings {
  const detection = session.audio.input.turn_detection;
  if (detection === null) return { detection: null };
  if (detection.type === "semantic_vad") {
    const rule = { type: "semantic", eagerness: detection.eagerness } as const;
    return { detection: { threshold: 0.5, prefixMs: 300, rule, idleTimeoutMs: null } };
  }
  return {
    detection: {
      threshold: detection.threshold,
      prefixMs: detection.prefix_padding_ms,
      rule: { type: "silence", silenceMs: detection.silence_duration_ms },
      idleTimeoutMs: detection.idle_timeout_ms,
    },
  };
}

function updateSession(change: Change, event: Asked<"session.update">, eventId: string | undefined): void {
  const before = change.state.session;
  const merge = mergeSession(before, event.session, { audioSent: change.state.audioSent, eventId });
  if (!merge.ok) return change.refuse(merge.error);
  const { session } = merge;
  change.set({ session });
  change.do({ do: "configure-hearing", settings: hearSettings(session) });
  const { format } = session.audio.input;
  if (format.type !== before.audio.input.format.type) change.do({ do: "change-input", format });
  change.send(build.sessionUpdated(wireSession(session)));
}

/** A client says how much of an answer was heard. A time beyond its end means all of it: clients guess by the clock. */
function truncateItem(change: Change, event: Asked<"conversation.item.truncate">, eventId: string | undefined): void {
  const { item_id: itemId, content_index: contentIndex, audio_end_ms: audioEndMs } = event;
  const record = findItem(change.state.items, itemId);
  if (record === undefined) return change.refuse(missing("item_truncate_invalid_item_id", itemId, eventId));
  if (contentIndex !== 0) {
    const message = `Item '${itemId}' has no content at index ${contentIndex}.`;
    return change.refuse(
      realtimeError("item_truncate_invalid_content_index", message, { param: "content_index", eventId }),
    );
  }
  const open = change.active?.open?.item.id === itemId ? change.active.open : null;
  if (record.said === undefined) {
    const message = "Only model output audio messages can be truncated.";
    return change.refuse(realtimeError("unsupported_content_type", message, { param: "item_id", eventId }));
  }
  const { clauses, sentSamples } = open ?? record.said;
  const heardSamples = Math.min(Math.round((audioEndMs * sampleRateHz) / 1_000), sentSamples);
  const cut = { ...record, said: { ...record.said, clauses, sentSamples, heardSamples } };
  const transcript = heardOf(cut);
  const { item } = cut;
  const truncated =
    item.type === "message" && item.role === "assistant" && open === null
      ? { ...item, content: [{ type: "output_audio", transcript } as const] }
      : item;
  change.set({ items: replaceItem(change.state.items, itemId, () => ({ ...cut, item: truncated })) });
  if (change.state.playing?.itemId === itemId) change.set({ playing: null });
  change.send(build.itemTruncated(itemId, contentIndex, audioEndMs));
}

function missing(
  code: "item_retrieve_invalid_item_id" | "item_truncate_invalid_item_id" | "item_delete_invalid_item_id",
  id: string,
  eventId: string | undefined,
) {
  return realtimeError(code, `Item with item_id '${id}' not found.`, { param: "item_id", eventId });
}
