import { rateHz } from "../realtime/audio-format.ts";
import type { AssistantMessage, FunctionCall, Item } from "../realtime/items.ts";
import type { PartPlace } from "../realtime/response-events.ts";
import { type ResponseOutcome, type ResponseSetup, responseObject, usageOf } from "../realtime/response-object.ts";
import { build } from "../realtime/server-events.ts";
import type { ReplyEvent } from "../reply-events.ts";
import type { Change } from "./change.ts";
import { sendErrand } from "./errands.ts";
import { insertItem, previousId, replaceItem, type SaidClause } from "./item-list.ts";
import { toldOfJob } from "./jobs.ts";
import { cutPlaying, isPlaying, soundEndsMs } from "./playing.ts";
import type { OpenMessage, Reply } from "./state.ts";

/** About 15 letters a second, spaces counted, at 16 kHz: an unhurried reading voice. */
const samplesPerLetter = 1_070;

/** What making an answer reports, as a change of the conversation. What belongs to an answer long gone changes nothing. */
export function replied(change: Change, replyId: string, event: ReplyEvent): void {
  const reply = change.reply(replyId);
  if (reply === undefined) return;
  switch (event.type) {
    case "text":
      return addText(change, opened(change, reply), event.text);
    case "clause": {
      const { reply: current, open } = opened(change, reply);
      const clause = { shown: event.shown, firstSample: open.sentSamples, samples: 0 };
      const text = { reply: current, open: { ...open, clauses: [...open.clauses, clause] } };
      return addText(change, text, event.shown);
    }
    case "audio":
      return addAudio(change, opened(change, reply), event);
    case "errand":
      return sendErrand(change, reply, event);
    case "end":
      return change.putReply({ ...reply, end: event });
    case "call":
      return addCall(change, closeMessage(change, reply, "completed"), event.name, event.argumentsJson);
  }
}

/** The answer has run to its end, or failed. */
export function endReply(change: Change, replyId: string, error: string | null): void {
  const reply = change.reply(replyId);
  if (reply === undefined) return;
  if (error === null && reply.end?.reason === "length") {
    const outcome = { status: "incomplete", reason: "max_output_tokens" } as const;
    finish(change, closeMessage(change, reply, "incomplete"), outcome);
  } else if (error === null) finish(change, closeMessage(change, reply, "completed"), { status: "completed" });
  else {
    const outcome = {
      status: "failed",
      error: { type: "server_error", code: "server_error", message: error },
    } as const;
    finish(change, closeMessage(change, reply, "incomplete"), outcome);
  }
}

/** Ends an answer early: everything that was begun is closed, then comes its one `response.done`. */
export function cancelReply(change: Change, reply: Reply, reason: "turn_detected" | "client_cancelled"): void {
  if (!reply.outOfBand) cutPlaying(change);
  change.do({ do: "cancel-reply", replyId: reply.id });
  if (reply.settings.source.type === "errand")
    change.do({ do: "cancel-errand", errandId: reply.settings.source.errandId });
  finish(change, closeMessage(change, reply, "incomplete"), { status: "cancelled", reason });
}

/** What `response.created` and `response.done` say of an answer's settings. */
export function setupOf(change: Change, { id, outOfBand, settings }: Reply): ResponseSetup {
  return {
    id,
    conversationId: outOfBand ? undefined : change.state.id,
    outputModalities: settings.modality === "audio" ? ["audio"] : ["text"],
    maxOutputTokens: settings.maxOutputTokens,
    format: settings.format,
    voice: settings.voice,
    metadata: settings.metadata,
  };
}

interface Open {
  readonly reply: Reply;
  readonly open: OpenMessage;
}

function finish(change: Change, reply: Reply, outcome: ResponseOutcome): void {
  toldOfJob(change, reply, outcome.status === "completed");
  change.set({ replies: change.state.replies.filter((other) => other.id !== reply.id) });
  const usage = reply.end?.usage ?? null;
  change.send(
    build.responseDone(
      responseObject(setupOf(change, reply), outcome, reply.output, usage === null ? null : usageOf(usage)),
    ),
  );
  change.do({ do: "stay-awake" });
}

function opened(change: Change, reply: Reply): Open {
  if (reply.open !== null) return { reply, open: reply.open };
  const item: AssistantMessage = {
    id: change.context.newId("item"),
    object: "realtime.item",
    type: "message",
    role: "assistant",
    status: "in_progress",
    content: [],
  };
  const open: OpenMessage = {
    item,
    outputIndex: reply.output.length,
    text: "",
    clauses: [],
    sentSamples: 0,
    stream: null,
  };
  const next = { ...reply, open };
  change.putReply(next);
  addOutput(change, next, item, open.outputIndex);
  change.send(build.contentPartAdded(partPlace(next, open), part(next, "")));
  return { reply: next, open };
}

function addOutput(change: Change, reply: Reply, item: Item, outputIndex: number): void {
  change.send(build.outputItemAdded(reply.id, outputIndex, item));
  if (reply.outOfBand) return;
  const items = insertItem(change.state.items, item, undefined) ?? change.state.items;
  const { modality, format } = reply.settings;
  const said = { clauses: [], sentSamples: 0, wireRateHz: rateHz(format), heardSamples: null };
  const isSpoken = item.type === "message" && modality === "audio";
  change.set({ items: isSpoken ? replaceItem(items, item.id, (record) => ({ ...record, said })) : items });
  change.send(build.itemAdded(item, previousId(items, item.id)));
}

function addText(change: Change, { reply, open }: Open, text: string): void {
  const grown = { ...open, text: open.text + text };
  change.putReply({ ...reply, open: grown });
  const place = partPlace(reply, open);
  change.send(reply.settings.modality === "audio" ? build.transcriptDelta(place, text) : build.textDelta(place, text));
}

function addAudio(change: Change, { reply, open }: Open, event: Extract<ReplyEvent, { type: "audio" }>): void {
  const { samples, clauseSamples, words = [] } = event;
  const { nowMs } = change.context;
  const stream = open.stream ?? change.state.streams + 1;
  if (open.stream === null) change.set({ streams: stream, audioSent: true });
  const sentSamples = open.sentSamples + samples.length;
  const clauses = open.clauses.map((clause, index) =>
    index === open.clauses.length - 1
      ? { ...clause, samples: clauseSamples ?? expectedSamples(clause, sentSamples - clause.firstSample), words }
      : clause,
  );
  change.putReply({ ...reply, open: { ...open, clauses, sentSamples, stream } });
  const { item, outputIndex } = open;
  const { playing } = change.state;
  if (playing?.itemId === item.id) change.changePlaying({ sentSamples });
  else if (!reply.outOfBand || !isPlaying(change.state, nowMs)) {
    // Of two that sound at once, the answer that is part of the conversation is the one to keep account of.
    const wireRateHz = rateHz(reply.settings.format);
    const begun = {
      itemId: item.id,
      rateHz: wireRateHz,
      sentSamples,
      beginsMs: soundEndsMs(change.state, nowMs),
      finished: false,
      acknowledged: null,
    };
    change.set({ playing: begun });
  }
  const { format } = reply.settings;
  change.do({ do: "send-audio", replyId: reply.id, item: { id: item.id, outputIndex, stream }, format, samples });
}

/** Length of a clause whose engine is still at it: what was sent, or what so many letters usually take. */
function expectedSamples(clause: SaidClause, sentSamples: number): number {
  return Math.max(sentSamples, clause.shown.length * samplesPerLetter);
}

function addCall(change: Change, reply: Reply, name: string, argumentsJson: string): void {
  const { newId } = change.context;
  const callId = newId("call");
  const begun: FunctionCall = {
    id: newId("item"),
    object: "realtime.item",
    type: "function_call",
    status: "in_progress",
    name,
    call_id: callId,
    arguments: "",
  };
  const outputIndex = reply.output.length;
  addOutput(change, reply, begun, outputIndex);
  const place = { responseId: reply.id, itemId: begun.id, outputIndex };
  change.send(build.callArgumentsDelta(place, callId, argumentsJson));
  change.send(build.callArgumentsDone(place, callId, name, argumentsJson));
  const item: FunctionCall = { ...begun, status: "completed", arguments: argumentsJson };
  change.putReply({ ...reply, output: [...reply.output, item] });
  change.send(build.outputItemDone(reply.id, outputIndex, item));
  keep(change, reply, item);
}

/** Closes the open message, if there is one: every `added` gets its `done`. */
function closeMessage(change: Change, reply: Reply, status: "completed" | "incomplete"): Reply {
  const { open } = reply;
  if (open === null) return reply;
  const place = partPlace(reply, open);
  const { text } = open;
  if (reply.settings.modality === "audio") {
    change.do({ do: "end-audio", itemId: open.item.id });
    change.send(build.audioDone(place));
    change.send(build.transcriptDone(place, text));
  } else change.send(build.textDone(place, text));
  change.send(build.contentPartDone(place, part(reply, text)));
  const content =
    reply.settings.modality === "audio"
      ? ({ type: "output_audio", transcript: text } as const)
      : ({ type: "output_text", text } as const);
  const item: AssistantMessage = { ...open.item, status, content: [content] };
  const next: Reply = { ...reply, output: [...reply.output, item], open: null };
  change.putReply(next);
  if (change.state.playing?.itemId === item.id) change.changePlaying({ finished: true });
  change.send(build.outputItemDone(reply.id, open.outputIndex, item));
  if (!reply.outOfBand) {
    const { clauses, sentSamples } = open;
    change.set({
      items: replaceItem(change.state.items, item.id, (record) =>
        record.said === undefined ? record : { ...record, said: { ...record.said, clauses, sentSamples } },
      ),
    });
  }
  keep(change, reply, item);
  return next;
}

function keep(change: Change, reply: Reply, item: Item): void {
  if (reply.outOfBand) return;
  const items = replaceItem(change.state.items, item.id, (record) => ({ ...record, item }));
  change.set({ items });
  if (items.some((record) => record.item.id === item.id)) change.send(build.itemDone(item, previousId(items, item.id)));
}

function partPlace(reply: Reply, open: OpenMessage): PartPlace {
  return { responseId: reply.id, itemId: open.item.id, outputIndex: open.outputIndex, contentIndex: 0 };
}

function part(reply: Reply, text: string): { type: "audio"; transcript: string } | { type: "text"; text: string } {
  return reply.settings.modality === "audio" ? { type: "audio", transcript: text } : { type: "text", text };
}
