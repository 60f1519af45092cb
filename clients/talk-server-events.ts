import type { ServerEventMessage } from "../pipeline/realtime/server-event-schema.ts";
import { type AssistantLine, withSent } from "./assistant-line.ts";
import { endedJobs, withJob } from "./job-list.ts";
import { assistantLine, type TalkLine, userLine, withLine, withoutLine } from "./talk-lines.ts";
import type { TalkPhase, TalkState } from "./talk-state.ts";

/** What an event of the service changes in the picture. */
export function serverStep(state: TalkState, event: ServerEventMessage): TalkState {
  switch (event.type) {
    case "sotto.hello":
      return {
        ...state,
        service: {
          version: event.version,
          voiceModel: event.voice.model,
          voices: event.voice.voices ?? [],
          starter: event.starter,
        },
        jobs: endedJobs(state.jobs),
      };
    case "sotto.state":
      return { ...state, phase: event.state, phaseFromService: true, owed: event.owed ?? 0 };
    case "sotto.latency":
      return withLatency(state, { turn: event.turn, parts: event.parts });
    case "sotto.residency":
      return { ...state, residency: { models: event.models, pools: event.pools, sticky: event.sticky } };
    case "sotto.slot":
      return { ...state, swap: event.swap };
    case "sotto.coding":
      return { ...state, coding: { workspaces: event.workspaces, why: event.why } };
    case "sotto.job":
      return { ...state, jobs: withJob(state.jobs, event.job) };
    case "input_audio_buffer.speech_started":
      return inPhase({ ...state, lines: withLine(state.lines, userLine(state.lines, event.item_id)) }, "hearing");
    case "input_audio_buffer.speech_stopped":
    case "input_audio_buffer.committed":
      return inPhase(state, "thinking");
    case "conversation.item.input_audio_transcription.delta": {
      const line = userLine(state.lines, event.item_id);
      return { ...state, lines: withLine(state.lines, { ...line, text: line.text + (event.delta ?? "") }) };
    }
    case "conversation.item.input_audio_transcription.completed":
      return heard(state, event.item_id, event.transcript);
    case "conversation.item.input_audio_transcription.failed":
      return heard(state, event.item_id, "");
    case "conversation.item.added":
      return itemAdded(state, event.item);
    case "conversation.item.deleted":
      return { ...state, lines: withoutLine(state.lines, event.item_id) };
    case "response.created":
      return inPhase({ ...state, problem: null }, "thinking");
    case "response.output_audio_transcript.delta":
      return changed(state, event, (line) => ({
        text: line.text + event.delta,
        marks: [...line.marks, { chars: line.text.length, atSample: line.receivedSamples }],
      }));
    case "response.output_text.delta":
      return changed(state, event, (line) => ({ text: line.text + event.delta }));
    case "response.output_text.done":
      return changed(state, event, () => ({ text: event.text }));
    case "response.output_item.done":
      return itemDone(state, event.item);
    case "response.done":
      return responseDone(state, event.response);
    case "error":
      return withProblem(state, event.error);
    default:
      return state;
  }
}

function inPhase(state: TalkState, phase: TalkPhase): TalkState {
  return state.phaseFromService ? state : { ...state, phase };
}

function heard(state: TalkState, id: string, transcript: string): TalkState {
  const text = transcript.trim();
  if (text === "") {
    const line = userLine(state.lines, id);
    // What was recognised on the way is more than nothing.
    const lines = line.text === "" ? withoutLine(state.lines, id) : withLine(state.lines, { ...line, status: "final" });
    return { ...state, lines };
  }
  return { ...state, lines: withLine(state.lines, { from: "user", id, text, status: "final" }) };
}

type Item = Extract<ServerEventMessage, { type: "conversation.item.added" }>["item"];

function itemAdded(state: TalkState, item: Item): TalkState {
  if (item.type !== "message" || item.role !== "user") return state;
  const text = (item.content ?? []).flatMap((part) => (part.type === "input_text" ? [part.text ?? ""] : [])).join(" ");
  if (text === "") return { ...state, lines: withLine(state.lines, userLine(state.lines, item.id)) };
  return { ...state, lines: withLine(state.lines, { from: "user", id: item.id, text, status: "final" }) };
}

function changed(
  state: TalkState,
  of: { readonly item_id: string; readonly response_id: string },
  change: (line: AssistantLine) => Partial<AssistantLine>,
): TalkState {
  const known = state.lines.some((line) => line.id === of.item_id);
  const line = assistantLine(state.lines, of.item_id, of.response_id);
  const latency = known ? line.latency : state.latency;
  return {
    ...state,
    latency: known ? state.latency : null,
    lines: withLine(state.lines, { ...line, latency, ...change(line) }),
  };
}

/** A turn's latency stands at its first answer; if none has come yet, it waits for it. */
function withLatency(state: TalkState, latency: NonNullable<TalkState["latency"]>): TalkState {
  const last = state.lines.findLast((line) => line.from !== "client");
  const same = state.lines.findLast((line) => line.from === "assistant" && line.latency?.turn === latency.turn);
  const line = same ?? last;
  if (line?.from !== "assistant") return { ...state, latency };
  return { ...state, lines: withLine(state.lines, { ...line, latency }) };
}

/** Its parts are called done even when it was cut off; only its status tells. */
function itemDone(state: TalkState, item: Item): TalkState {
  const line = state.lines.findLast((other) => other.id === item.id);
  if (line?.from !== "assistant" || item.status === undefined || item.status === "in_progress") return state;
  return { ...state, lines: withLine(state.lines, withSent(line, item.status === "completed" ? "whole" : "broken")) };
}

type Response = Extract<ServerEventMessage, { type: "response.done" }>["response"];

function responseDone(state: TalkState, response: Response): TalkState {
  const sent = response.status === "completed" || response.status === "incomplete" ? "whole" : "broken";
  const lines = state.lines.map(
    (line): TalkLine => (line.from === "assistant" && line.responseId === response.id ? withSent(line, sent) : line),
  );
  const failed = response.status === "failed" ? { problem: "The assistant could not answer this time." } : {};
  // Speech that cut the answer off is already being heard.
  return inPhase({ ...state, lines, ...failed }, state.phase === "hearing" ? "hearing" : "listening");
}

/** Nothing to cancel is what was wanted anyway. */
const harmless = new Set(["response_cancel_not_active"]);

function withProblem(state: TalkState, error: Extract<ServerEventMessage, { type: "error" }>["error"]): TalkState {
  if (harmless.has(error.code ?? "")) return state;
  return { ...state, problem: error.message ?? "The service reported an error." };
}
