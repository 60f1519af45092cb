import { sampleRateHz } from "../../models/roles.ts";
import type { Change } from "./change.ts";
import { findItem, replaceItem } from "./item-list.ts";
import type { Conversation, Playing } from "./state.ts";

/**
 * Samples (16 kHz) that the listener has probably heard by now: what the client acknowledged and the time since,
 * or, from a client that acknowledges nothing, the time since it can have begun.
 */
export function heardSamples(playing: Playing, nowMs: number): number {
  const { acknowledged, sentSamples, beginsMs } = playing;
  const sinceMs = acknowledged === null ? nowMs - beginsMs : acknowledged.playing ? nowMs - acknowledged.atMs : 0;
  const heard = (acknowledged?.samples ?? 0) + (Math.max(0, sinceMs) * sampleRateHz) / 1_000;
  return Math.min(sentSamples, Math.round(heard));
}

/** True while sound that was sent has not been heard to its end. */
export function isPlaying({ playing }: Conversation, nowMs: number): boolean {
  if (playing === null) return false;
  const { acknowledged } = playing;
  if (acknowledged !== null && !acknowledged.playing && playing.finished) return false;
  return !playing.finished || heardSamples(playing, nowMs) < playing.sentSamples;
}

/** When the sound that was sent by now has been heard to its end: clients play what they are sent in order. */
export function soundEndsMs(state: Conversation, nowMs: number): number {
  const { playing } = state;
  if (playing === null || !isPlaying(state, nowMs)) return nowMs;
  const fromMs = Math.max(nowMs, playing.acknowledged === null ? playing.beginsMs : nowMs);
  return fromMs + ((playing.sentSamples - heardSamples(playing, nowMs)) * 1_000) / sampleRateHz;
}

/** A client's report of what its loudspeaker played of an item, in samples of the output rate. */
export function acknowledge(change: Change, itemId: string, playedSamples: number, isGoingOn: boolean): void {
  const { playing, items } = change.state;
  const rateHz = playing?.itemId === itemId ? playing.rateHz : findItem(items, itemId)?.said?.wireRateHz;
  if (rateHz === undefined) return;
  const samples = Math.round((playedSamples * sampleRateHz) / rateHz);
  if (playing?.itemId === itemId) {
    const atMs = change.context.nowMs;
    change.changePlaying({
      acknowledged: { samples: Math.min(samples, playing.sentSamples), atMs, playing: isGoingOn },
    });
  }
  // After a cut, the client's own count replaces our estimate of what was heard.
  change.set({
    items: replaceItem(change.state.items, itemId, (record) =>
      record.said === undefined || record.said.heardSamples === null
        ? record
        : { ...record, said: { ...record.said, heardSamples: Math.min(samples, record.said.sentSamples) } },
    ),
  });
  change.do({ do: "note-played", itemId });
}

/** Playing ends here: what was heard by now is all that the conversation will remember of the item. */
export function cutPlaying(change: Change): void {
  const { playing, items } = change.state;
  if (playing === null || !isPlaying(change.state, change.context.nowMs)) return;
  const heard = heardSamples(playing, change.context.nowMs);
  change.set({
    playing: null,
    items: replaceItem(items, playing.itemId, (record) =>
      record.said === undefined ? record : { ...record, said: { ...record.said, heardSamples: heard } },
    ),
  });
}
