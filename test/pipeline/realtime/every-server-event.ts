import { pcm24k } from "../../../pipeline/realtime/audio-format.ts";
import { realtimeError } from "../../../pipeline/realtime/errors.ts";
import type { AssistantMessage, FunctionCall, Item } from "../../../pipeline/realtime/items.ts";
import { responseObject, usageOf } from "../../../pipeline/realtime/response-object.ts";
import { build, type ServerEvent } from "../../../pipeline/realtime/server-events.ts";
import { defaultSession, wireSession } from "../../../pipeline/realtime/session-config.ts";

const object = "realtime.item";
const said = { id: "item_a", object, type: "message", role: "assistant" } as const;
const at = { responseId: "resp_1", itemId: "item_a", outputIndex: 0, contentIndex: 0 };
const setup = {
  id: "resp_1",
  conversationId: "conv_1",
  outputModalities: ["audio"] as ["audio"],
  maxOutputTokens: "inf",
  format: pcm24k,
  voice: "slt",
} as const;
const opened: AssistantMessage = { ...said, status: "in_progress", content: [] };
const call: FunctionCall = {
  id: "item_f",
  object,
  type: "function_call",
  status: "completed",
  name: "now",
  call_id: "call_1",
  arguments: "{}",
};

/** One of every kind of item, as we send it. */
export const everyItem: readonly Item[] = [
  { ...said, status: "completed", content: [{ type: "output_audio", transcript: "Good evening." }] },
  { ...said, status: "incomplete", content: [{ type: "output_text", text: "Good" }] },
  {
    id: "item_s",
    object,
    type: "message",
    status: "completed",
    role: "system",
    content: [{ type: "input_text", text: "" }],
  },
  {
    id: "item_u",
    object,
    type: "message",
    status: "completed",
    role: "user",
    content: [{ type: "input_audio", transcript: null }],
  },
  {
    id: "item_v",
    object,
    type: "message",
    status: "completed",
    role: "user",
    content: [
      { type: "input_audio", transcript: "what time is it", audio: "AAAA" },
      { type: "input_text", text: "hello" },
    ],
  },
  call,
  { id: "item_o", object, type: "function_call_output", status: "completed", call_id: "call_1", output: '{"now":1}' },
  {
    id: "item_l",
    object,
    type: "mcp_list_tools",
    server_label: "sotto",
    tools: [{ name: "apply", description: "", input_schema: {} }],
  },
  { id: "item_r", object, type: "mcp_approval_request", server_label: "sotto", name: "apply", arguments: "{}" },
  { id: "item_p", object, type: "mcp_approval_response", approval_request_id: "item_r", approve: false, reason: "no" },
  {
    id: "item_c",
    object,
    type: "mcp_call",
    server_label: "sotto",
    name: "apply",
    arguments: "{}",
    output: null,
    error: null,
    approval_request_id: "item_r",
  },
];

const failure = { type: "server_error", code: "server_error", message: "The recogniser stopped." } as const;
const session = defaultSession({ id: "sess_1" });

/** One of every event that a stock client may be sent. */
export const everyStockEvent: readonly ServerEvent[] = [
  build.error(realtimeError("invalid_value", "No.", { param: "type", eventId: "e1" })),
  build.sessionCreated(wireSession(session)),
  build.sessionUpdated(wireSession({ ...session, type: "transcription" })),
  ...everyItem.flatMap((item) => [
    build.itemAdded(item, null),
    build.itemDone(item, "item_0"),
    build.itemRetrieved(item),
    build.outputItemAdded("resp_1", 0, item),
    build.outputItemDone("resp_1", 0, item),
  ]),
  build.outputItemAdded("resp_1", 0, opened),
  build.itemDeleted("item_1"),
  build.itemTruncated("item_1", 0, 1_500),
  build.transcriptionDelta("item_u", "what"),
  build.transcriptionCompleted({ itemId: "item_u", contentIndex: 0 }, "what time is it", 1.25),
  build.transcriptionFailed({ itemId: "item_u", contentIndex: 0 }, failure),
  build.speechStarted("item_u", 320),
  build.speechStopped("item_u", 1_820),
  build.audioCommitted("item_u", null),
  build.audioCleared(),
  build.timeoutTriggered("item_u", 0, 5_000),
  build.responseCreated(responseObject(setup, { status: "in_progress" })),
  build.responseDone(
    responseObject(
      setup,
      { status: "completed" },
      [call],
      usageOf({ inputTokens: 9, cachedTokens: 4, outputTokens: 3 }),
    ),
  ),
  build.responseDone(responseObject(setup, { status: "cancelled", reason: "turn_detected" })),
  build.responseDone(responseObject(setup, { status: "incomplete", reason: "max_output_tokens" })),
  build.responseDone(responseObject({ ...setup, metadata: { a: "b" } }, { status: "failed", error: failure })),
  build.contentPartAdded(at, { type: "audio", transcript: "" }),
  build.contentPartDone(at, { type: "text", text: "Good evening." }),
  build.audioDelta(at, "AAAA"),
  build.audioDone(at),
  build.transcriptDelta(at, "Good "),
  build.transcriptDone(at, "Good evening."),
  build.textDelta(at, "Good "),
  build.textDone(at, "Good evening."),
  build.callArgumentsDelta(at, "call_1", "{"),
  build.callArgumentsDone(at, "call_1", "now", "{}"),
];

const latency = {
  endpoint_wait_ms: 200,
  stt_ms: 30,
  lease_ms: 0,
  first_token_ms: 40,
  first_clause_ms: 60,
  first_audio_ms: 90,
  overhead_ms: 4,
};
export const everySottoEvent: readonly ServerEvent[] = [
  build.hello({ version: "0.1.0", voiceModel: "starter", voices: ["slt"], starter: true }),
  build.state("thinking"),
  build.latency(1, latency),
  build.latency(2, { ...latency, first_played_ms: 120 }),
  build.residency({
    models: [
      { role: "voice", model: "starter", state: "ready", bytes: 1e8, pinned: true, leases: 1 },
      { role: "director", model: "big", state: "failed", bytes: 0, pinned: false, leases: 0, note: "no room" },
    ],
    pools: [{ id: "ram", kind: "ram", capacityBytes: 4e9, reserveBytes: 1e9, foreignBytes: 5e8, usedBytes: 1e8 }],
    swap: null,
    sticky: "Changing models took half of the last minutes",
  }),
  build.slot({ role: "director", model: "big", leaving: ["code"], elapsedMs: 10.4, expectedMs: 4_000 }),
  build.slot(null),
  build.pinBroken({ model: "starter", cause: "process-exit", healed: false }),
  build.audioStarted({ stream: 1, responseId: "resp_1", itemId: "item_a", contentIndex: 0, rate: 24_000 }),
];
