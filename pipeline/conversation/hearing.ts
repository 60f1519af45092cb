import type { HearEvent } from "../hear-events.ts";
import { realtimeError } from "../realtime/errors.ts";
import type { Item, UserMessage } from "../realtime/items.ts";
import { build } from "../realtime/server-events.ts";
import { isStop } from "../stages/commands.ts";
import type { Change } from "./change.ts";
import { dropErrands } from "./errands.ts";
import { findItem, insertItem, previousId, replaceItem } from "./item-list.ts";
import { decideByVoice, stopJobs } from "./jobs.ts";
import { cutPlaying, isPlaying } from "./playing.ts";
import { cancelReply } from "./replying.ts";
import { answerUtterance, startWaiting } from "./responding.ts";
import type { Awaited } from "./state.ts";

/** Speech this long while an answer is heard is meant for us; shorter is a cough, a laugh or "mm". */
const bargeInMs = 300;

/** What listening reports, as a change of the conversation. */
export function hear(change: Change, event: HearEvent): void {
  switch (event.type) {
    case "speech-start": {
      const { utterance, atMs } = event;
      const itemId = change.context.newId("item");
      const overSound = isAnswering(change);
      change.set({
        hearing: { utterance, itemId, startMs: atMs, announced: false, shown: "", interrupted: false, overSound },
      });
      if (!overSound) announce(change);
      return;
    }
    case "speech-progress":
      if (change.state.hearing?.utterance !== event.utterance) return;
      if (!isAnswering(change)) announce(change);
      else if (event.speechMs >= bargeInMs) bargeIn(change);
      return;
    case "partial":
      return partial(change, event.utterance, event.text);
    case "utterance-end":
      return utteranceEnd(change, event);
    case "transcript":
      return transcript(change, event);
    case "transcript-error":
      return transcriptError(change, event);
    case "commit-empty": {
      change.set({ commits: Math.max(0, change.state.commits - 1) });
      const message = "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio.";
      change.refuse(realtimeError("input_audio_buffer_commit_empty", message, { eventId: event.eventId }));
      startWaiting(change);
      return;
    }
    case "buffer-cleared":
      if (change.state.hearing?.utterance === event.dropped) stopHearing(change, event.atMs);
      change.send(build.audioCleared());
      return;
    case "overflow": {
      const message =
        "Audio arrives faster than it can be heard; some of it was dropped. Send it at the pace of speaking.";
      return change.refuse(realtimeError("input_audio_buffer_full", message));
    }
    case "idle-timeout":
      return idleTimeout(change, event);
  }
}

function isAnswering(change: Change): boolean {
  return change.active !== undefined || isPlaying(change.state, change.context.nowMs);
}

/** Speech that the client was told of is over, however it ended. */
function stopHearing(change: Change, atMs: number): void {
  const { hearing } = change.state;
  change.set({ hearing: null });
  if (hearing?.announced) change.send(build.speechStopped(hearing.itemId, Math.round(atMs)));
}

/** Tells the client that somebody speaks; it may flush its loudspeaker now. */
function announce(change: Change): void {
  const { hearing } = change.state;
  if (hearing === null || hearing.announced) return;
  change.changeHearing({ announced: true });
  change.send(build.speechStarted(hearing.itemId, Math.round(hearing.startMs)));
}

function bargeIn(change: Change): void {
  if (change.state.hearing?.announced) return;
  announce(change);
  if (change.state.session.audio.input.turn_detection?.interrupt_response !== false) interrupt(change);
}

function interrupt(change: Change): void {
  change.changeHearing({ interrupted: true });
  cutPlaying(change);
  if (change.active !== undefined) cancelReply(change, change.active, "turn_detected");
  change.set({ answerNext: null });
}

function partial(change: Change, utterance: number, text: string): void {
  const { hearing } = change.state;
  if (hearing?.utterance === utterance) {
    if (isStop(text) && isAnswering(change)) {
      announce(change);
      interrupt(change);
    }
    if (change.state.hearing?.announced) change.changeHearing({ shown: showPartial(change, hearing, text) });
  } else {
    const awaited = change.state.awaited.find((waiting) => waiting.utterance === utterance);
    if (awaited === undefined || awaited.purpose === "stop-only") return;
    const shown = showPartial(change, awaited, text);
    change.set({ awaited: change.state.awaited.map((other) => (other === awaited ? { ...awaited, shown } : other)) });
  }
}

/** Partial transcripts on the wire only ever grow; a recogniser that changes its mind is corrected by the final one. */
function showPartial(
  change: Change,
  { itemId, shown }: { readonly itemId: string; readonly shown: string },
  text: string,
): string {
  const { transcription } = change.state.session.audio.input;
  if (transcription === null || !text.startsWith(shown) || text === shown) return shown;
  change.send(build.transcriptionDelta(itemId, text.slice(shown.length)));
  return text;
}

function utteranceEnd(change: Change, event: Extract<HearEvent, { type: "utterance-end" }>): void {
  const { commits } = change.state;
  const isCommit = commits > 0 && event.silenceMs === 0;
  if (isCommit) change.set({ commits: commits - 1 });
  const hearing = change.state.hearing?.utterance === event.utterance ? change.state.hearing : null;
  // Its recogniser failed and it was dealt with then.
  if (hearing === null && !isCommit) return;
  const itemId = hearing?.itemId ?? change.context.newId("item");
  const { utterance } = event;
  const common = {
    utterance,
    itemId,
    contentIndex: 0,
    shown: hearing?.shown ?? "",
    interrupted: hearing?.interrupted ?? false,
    overSound: hearing?.overSound ?? isAnswering(change),
  };
  if (hearing !== null && !hearing.announced && !isCommit) {
    if (isAnswering(change)) {
      // Too short to interrupt. It is not a turn, but its one word may still be "stop".
      change.set({ hearing: null });
      await_(change, { ...common, purpose: "stop-only" });
      return;
    }
    announce(change);
  }
  if (hearing !== null) stopHearing(change, event.endMs);
  addUserAudio(change, itemId);
  await_(change, { ...common, purpose: isCommit ? "record" : purposeOf(change) });
}

/** What becomes of an utterance that ended by itself. */
function purposeOf({ state: { session } }: Change): "answer" | "record" {
  const detection = session.audio.input.turn_detection;
  return detection?.create_response && session.type === "realtime" ? "answer" : "record";
}

function await_(change: Change, awaited: Awaited): void {
  change.set({ awaited: [...change.state.awaited, awaited] });
}

function addUserAudio(change: Change, itemId: string): void {
  const item: UserMessage = {
    id: itemId,
    object: "realtime.item",
    type: "message",
    role: "user",
    status: "completed",
    content: [{ type: "input_audio", transcript: null }],
  };
  const items = insertItem(change.state.items, item, undefined);
  if (items === undefined) return;
  change.set({ items });
  const previous = previousId(items, itemId);
  change.send(build.audioCommitted(itemId, previous));
  change.send(build.itemAdded(item, previous));
  change.send(build.itemDone(item, previous));
}

function takeAwaited(change: Change, utterance: number): Awaited | undefined {
  const awaited = change.state.awaited.find((other) => other.utterance === utterance);
  change.set({ awaited: change.state.awaited.filter((other) => other !== awaited) });
  return awaited;
}

function transcript(change: Change, event: Extract<HearEvent, { type: "transcript" }>): void {
  const awaited = takeAwaited(change, event.utterance);
  if (awaited === undefined) return;
  const { text, rejected } = event;
  if (awaited.purpose === "stop-only") {
    if (isStop(text) && isAnswering(change)) {
      cutPlaying(change);
      if (change.active !== undefined) cancelReply(change, change.active, "turn_detected");
    }
    return;
  }
  setTranscript(change, awaited, text);
  if (change.state.session.audio.input.transcription !== null) {
    change.send(build.transcriptionCompleted(awaited, text, event.audioMs / 1_000));
  }
  const isSilentCommand = awaited.interrupted && isStop(text);
  const isAnswer = awaited.purpose === "answer";
  const isDropped = isAnswer && isStop(text) && (dropErrands(change) || (!awaited.interrupted && stopJobs(change)));
  const decided = isAnswer && !rejected ? decideByVoice(change, awaited, text) : null;
  if (isDropped && !isSilentCommand) answerUtterance(change, awaited.utterance, "dropped");
  else if (decided !== null) answerUtterance(change, awaited.utterance, decided);
  else if (isAnswer && !isSilentCommand && (text !== "" || rejected)) {
    answerUtterance(change, awaited.utterance, rejected ? "unclear" : "answer");
  }
  startWaiting(change);
}

type Place = Pick<Awaited, "itemId" | "contentIndex">;

function setTranscript(change: Change, { itemId, contentIndex }: Place, text: string): void {
  change.set({
    items: replaceItem(change.state.items, itemId, (record) => ({
      ...record,
      item: withTranscript(record.item, contentIndex, text),
    })),
  });
}

function withTranscript(item: Item, contentIndex: number, text: string): Item {
  if (item.type !== "message" || item.role !== "user") return item;
  const content = item.content.map((part, index) =>
    index === contentIndex && part.type === "input_audio" ? { ...part, transcript: text } : part,
  );
  return { ...item, content };
}

function transcriptError(change: Change, event: Extract<HearEvent, { type: "transcript-error" }>): void {
  const { utterance, message, atMs } = event;
  const { hearing } = change.state;
  if (hearing?.utterance === utterance) {
    // It failed while the person still speaks; the end of the utterance will not find it awaited.
    stopHearing(change, atMs);
    if (!hearing.announced) return;
    addUserAudio(change, hearing.itemId);
    await_(change, {
      utterance,
      itemId: hearing.itemId,
      contentIndex: 0,
      shown: "",
      purpose: purposeOf(change),
      interrupted: hearing.interrupted,
      overSound: hearing.overSound,
    });
  }
  const awaited = takeAwaited(change, utterance);
  if (awaited === undefined || awaited.purpose === "stop-only") return;
  if (findItem(change.state.items, awaited.itemId) !== undefined) {
    const error = { type: "server_error", code: "server_error", message } as const;
    change.send(build.transcriptionFailed(awaited, error));
  }
  if (awaited.purpose === "answer") answerUtterance(change, utterance, "lost");
  startWaiting(change);
}

function idleTimeout(change: Change, event: Extract<HearEvent, { type: "idle-timeout" }>): void {
  const isBusy = isAnswering(change) || change.state.awaited.length > 0;
  if (isBusy || change.state.session.type !== "realtime") {
    change.do({ do: "stay-awake" });
    return;
  }
  const itemId = change.context.newId("item");
  const { startMs, endMs } = event;
  change.send(build.timeoutTriggered(itemId, Math.round(startMs), Math.round(endMs)));
  addUserAudio(change, itemId);
  setTranscript(change, { itemId, contentIndex: 0 }, "");
  answerUtterance(change, null, "silence");
}
