import { type AudioFormat, bytesPerSample, rateHz } from "../realtime/audio-format.ts";
import { decodeBase64 } from "../realtime/base64.ts";
import type { ClientEvent } from "../realtime/client-events.ts";
import { itemOf } from "../realtime/client-items.ts";
import { realtimeError } from "../realtime/errors.ts";
import type { Item } from "../realtime/items.ts";
import { build } from "../realtime/server-events.ts";
import type { Recording } from "../recordings.ts";
import type { Change } from "./change.ts";
import { findItem, insertItem, previousId } from "./item-list.ts";
import { clientAnswers } from "./jobs.ts";

/** What the Realtime API asks of a commit, and what the listener keeps without one. */
const shortestMs = 100;
const longestMs = 5 * 60_000;
/** More than days of talk; what is beyond 40 messages no model is shown anyway. */
const mostItems = 10_000;
/** Recordings that may wait to be heard, each as large as a frame may be. */
const mostWaiting = 8;

/** A client puts an item into the conversation. Sound in it is written down by the recogniser, so that a model can read it. */
export function createItem(
  change: Change,
  event: Extract<ClientEvent, { type: "conversation.item.create" }>,
  eventId: string | undefined,
): void {
  if (change.state.items.length >= mostItems) {
    const message = `A conversation holds no more than ${mostItems} items. Delete some, or open a new session.`;
    return change.refuse(realtimeError("conversation_full", message, { param: "item", eventId }));
  }
  const given = itemOf(event.item, change.context.newId);
  if (findItem(change.state.items, given.id) !== undefined) {
    const message = `Item with id '${given.id}' already exists.`;
    return change.refuse(realtimeError("item_create_duplicate_item_id", message, { param: "item.id", eventId }));
  }
  const sound = soundIn(given, change.state.session.audio.input.format);
  const waiting = change.state.awaited.filter(({ utterance }) => utterance < 0).length;
  if (sound.problem !== undefined) {
    const { param, why } = sound.problem;
    return change.refuse(realtimeError("invalid_value", `Invalid '${param}'. ${why}`, { param, eventId }));
  }
  if (sound.parts.length > 0 && waiting + sound.parts.length > mostWaiting) {
    const message = `No more than ${mostWaiting} recordings can wait to be transcribed. Wait for their transcripts.`;
    return change.refuse(realtimeError("rate_limit_exceeded", message, { param: "item.content", eventId }));
  }
  const item = withoutSound(given);
  const after = event.previous_item_id ?? undefined;
  const items = insertItem(change.state.items, item, after);
  if (items === undefined) {
    return change.refuse(
      realtimeError("item_create_invalid_previous_item_id", `Previous item with id '${after}' not found.`, {
        param: "previous_item_id",
        eventId,
      }),
    );
  }
  change.set({ items });
  const previous = previousId(items, item.id);
  change.send(build.itemAdded(item, previous));
  change.send(build.itemDone(item, previous));
  clientAnswers(change, item, eventId);
  for (const { contentIndex, ...recording } of sound.parts) {
    const recordings = change.state.recordings + 1;
    const utterance = -recordings;
    const awaited = {
      utterance,
      itemId: item.id,
      contentIndex,
      shown: "",
      purpose: "record",
      interrupted: false,
      overSound: false,
    } as const;
    change.set({ recordings, awaited: [...change.state.awaited, awaited] });
    change.do({ do: "transcribe", recording: { ...recording, utterance } });
  }
}

type Sound = Omit<Recording, "utterance"> & { readonly contentIndex: number };

/** The parts of a user's message whose words nobody has written down yet. */
function soundIn(
  item: Item,
  format: AudioFormat,
): { readonly parts: readonly Sound[]; readonly problem?: { readonly param: string; readonly why: string } } {
  const parts: Sound[] = [];
  if (item.type !== "message" || item.role !== "user") return { parts };
  for (const [contentIndex, part] of item.content.entries()) {
    if (part.type !== "input_audio" || part.audio === undefined || part.transcript !== null) continue;
    const bytes = decodeBase64(part.audio);
    const why = bytes === undefined ? "Expected base64-encoded audio bytes." : unfit(bytes.length, format);
    if (bytes === undefined || why !== undefined)
      return { parts, problem: { param: `item.content[${contentIndex}].audio`, why: why ?? "" } };
    parts.push({ contentIndex, format: format.type, bytes });
  }
  return { parts };
}

function unfit(bytes: number, format: AudioFormat): string | undefined {
  if (bytes % bytesPerSample(format) !== 0) return "Expected whole 16-bit samples, but got an odd number of bytes.";
  const ms = (bytes * 1_000) / (bytesPerSample(format) * rateHz(format));
  if (ms < shortestMs) return `Expected at least ${shortestMs}ms of audio.`;
  return ms > longestMs ? `Expected at most ${longestMs / 1_000} s of audio.` : undefined;
}

/** Of what a client gives as sound only the words are kept. */
function withoutSound(item: Item): Item {
  if (item.type !== "message" || item.role !== "user") return item;
  const content = item.content.map((part) =>
    part.type === "input_audio" ? { type: part.type, transcript: part.transcript } : part,
  );
  return { ...item, content };
}
