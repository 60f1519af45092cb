export const session = (patch: object) => ({ type: "session.update", session: { type: "realtime", ...patch } });
export const turnDetection = (patch: unknown) => session({ audio: { input: { turn_detection: patch } } });
export const item = (given: object) => ({ type: "conversation.item.create", item: given });
export const response = (params: object) => ({ type: "response.create", response: params });

/** Legal events of every type, in the shapes that clients really send. */
export const everyClientEvent: readonly object[] = [
  session({}),
  session({ model: "gpt-realtime-2.1", tracing: "auto", temperature: 0.8, modalities: ["audio", "text"] }),
  session({
    tracing: null,
    prompt: null,
    include: null,
    audio: { input: { noise_reduction: null, transcription: null } },
  }),
  session({ id: "sess_1", object: "realtime.session", expires_at: 1, client_secret: { value: "ek" } }),
  turnDetection(null),
  turnDetection({ type: "semantic_vad", eagerness: "high", model_version: "v2" }),
  turnDetection({ threshold: 0.7 }),
  { type: "session.update", session: { type: "transcription", audio: { input: { transcription: { model: "x" } } } } },
  { type: "input_audio_buffer.commit" },
  { type: "input_audio_buffer.clear", event_id: "e" },
  { type: "output_audio_buffer.clear" },
  item({ type: "message", role: "user", content: [{ type: "input_audio", audio: "AAA=" }] }),
  item({ type: "message", role: "assistant", content: [{ type: "text", text: "old" }] }),
  item({
    id: null,
    status: null,
    type: "mcp_approval_response",
    approval_request_id: "a",
    approve: true,
    reason: null,
  }),
  { ...item({ type: "function_call_output", call_id: "c", output: "{}" }), previous_item_id: "root" },
  { type: "response.create" },
  { type: "response.create", response: null },
  response({ conversation: "none", input: [], metadata: { topic: "x" }, tool_choice: { type: "function", name: "f" } }),
  { type: "response.cancel", response_id: null },
  { type: "sotto.playback", item_id: "a", played_samples: 0, playing: false },
  { type: "response.cancel", somebody_elses: "field" },
  { type: "conversation.item.retrieve", item_id: "a" },
  { type: "conversation.item.delete", item_id: "a" },
  { type: "conversation.item.truncate", item_id: "a", content_index: 0, audio_end_ms: 1_500 },
  { type: "input_audio_buffer.append", audio: "AAAAAAAA" },
];
