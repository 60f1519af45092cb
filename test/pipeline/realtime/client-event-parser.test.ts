import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseClientEvent } from "../../../pipeline/realtime/client-event-parser.ts";
import type { RealtimeErrorCode } from "../../../pipeline/realtime/errors.ts";
import { everyClientEvent, item, response, session, turnDetection } from "./every-client-event.ts";

const nested = (depth: number): unknown => (depth === 0 ? {} : { in: nested(depth - 1) });

const td = "session.audio.input.turn_detection";
const refused: readonly (readonly [object, RealtimeErrorCode, string | undefined])[] = [
  [{}, "invalid_event", "type"],
  [{ type: "session.updaet" }, "invalid_value", "type"],
  [{ type: "constructor" }, "invalid_value", "type"],
  [{ type: 7 }, "invalid_type", "type"],
  [{ type: null }, "invalid_type", "type"],
  [{ type: "session.update" }, "missing_required_parameter", "session"],
  [{ type: "session.update", session: null }, "invalid_type", "session"],
  [{ type: "session.update", session: {} }, "missing_required_parameter", "session.type"],
  [session({ instructions: 5 }), "invalid_type", "session.instructions"],
  [session({ turn_detection: null }), "unknown_parameter", "session.turn_detection"],
  [session({ input_audio_format: "pcm16" }), "unknown_parameter", "session.input_audio_format"],
  [
    session({ audio: { input: { format: { type: "audio/mp3" } } } }),
    "invalid_value",
    "session.audio.input.format.type",
  ],
  [
    session({ audio: { input: { format: { type: "audio/pcm", rate: 16_000 } } } }),
    "invalid_value",
    "session.audio.input.format.rate",
  ],
  [session({ output_modalities: ["text", "audio"] }), "invalid_value", "session.output_modalities"],
  [session({ max_output_tokens: 0 }), "integer_below_min_value", "session.max_output_tokens"],
  [session({ max_output_tokens: "lots" }), "invalid_value", "session.max_output_tokens"],
  [session({ audio: { output: { speed: 1.51 } } }), "decimal_above_max_value", "session.audio.output.speed"],
  [session({ tools: [{ type: "function" }] }), "missing_required_parameter", "session.tools[0].name"],
  [turnDetection({ type: "server_vad", threshold: "0.5" }), "invalid_type", `${td}.threshold`],
  [turnDetection({ threshold: 2 }), "integer_above_max_value", `${td}.threshold`],
  [turnDetection({ type: "server_vad", silence_duration_ms: null }), "invalid_type", `${td}.silence_duration_ms`],
  [turnDetection({ type: "psychic_vad" }), "invalid_value", `${td}.type`],
  [{ type: "input_audio_buffer.append" }, "missing_required_parameter", "audio"],
  [{ type: "input_audio_buffer.append", audio: null }, "invalid_type", "audio"],
  [{ type: "input_audio_buffer.append", audio: "AAA" }, "invalid_value", "audio"],
  [{ type: "input_audio_buffer.append", audio: "A=AA" }, "invalid_value", "audio"],
  [{ type: "input_audio_buffer.append", audio: "AA A" }, "invalid_value", "audio"],
  [{ type: "input_audio_buffer.append", audio: "AA-_" }, "invalid_value", "audio"],
  [{ type: "input_audio_buffer.append", audio: "ÄÖÜß" }, "invalid_value", "audio"],
  [{ type: "conversation.item.create" }, "missing_required_parameter", "item"],
  [item({ type: "message" }), "missing_required_parameter", "item.role"],
  [item({ type: "poem" }), "invalid_value", "item.type"],
  [item({ type: "message", role: "user", content: [] }), "array_below_min_length", "item.content"],
  [
    item({ type: "message", role: "user", content: [{ type: "input_text" }] }),
    "missing_required_parameter",
    "item.content[0].text",
  ],
  [
    item({ type: "message", role: "user", content: [{ type: "input_image", image_url: "x" }] }),
    "invalid_value",
    "item.content[0].type",
  ],
  [
    item({ type: "message", role: "user", content: [{ type: "input_audio", audio: "?" }] }),
    "invalid_value",
    "item.content[0].audio",
  ],
  [item({ type: "function_call_output", call_id: null, output: "" }), "invalid_type", "item.call_id"],
  [{ type: "conversation.item.retrieve" }, "missing_required_parameter", "item_id"],
  [{ type: "conversation.item.delete", item_id: null }, "invalid_type", "item_id"],
  [
    { type: "conversation.item.truncate", item_id: "a", content_index: 0 },
    "missing_required_parameter",
    "audio_end_ms",
  ],
  [
    { type: "conversation.item.truncate", item_id: "a", content_index: 0, audio_end_ms: -1 },
    "integer_below_min_value",
    "audio_end_ms",
  ],
  [
    { type: "conversation.item.truncate", item_id: "a", content_index: 0.5, audio_end_ms: 1 },
    "invalid_type",
    "content_index",
  ],
  [response({ conversation: "mine" }), "invalid_value", "response.conversation"],
  [response({ input: [{ type: "item_reference" }] }), "missing_required_parameter", "response.input[0].id"],
  [response({ metadata: { a: 1 } }), "invalid_type", "response.metadata.a"],
  [response({ voice: "slt" }), "unknown_parameter", "response.voice"],
  [{ type: "response.cancel", response_id: 3 }, "invalid_type", "response_id"],
  [{ type: "sotto.playback", item_id: "a", played_samples: 1.5, playing: true }, "invalid_type", "played_samples"],
  [session({ tools: [{ type: "function", name: "f", parameters: nested(100) }] }), "invalid_event", undefined],
];

describe("what is refused names the field and the event", () => {
  test.each(refused.map(([event, code, param]) => [JSON.stringify(event).slice(0, 110), event, code, param] as const))(
    "%s",
    (_title, event, code, param) => {
      const parsed = parseClientEvent(JSON.stringify({ event_id: "mine", ...event }));
      expect(parsed).toMatchObject({ ok: false, error: { type: "invalid_request_error", code, event_id: "mine" } });
      if (!parsed.ok) expect(parsed.error.param).toBe(param);
    },
  );

  test.each(["", "{", "[1,", "undefined", '{"type":"session.update",}', "\u0000", "AAAA"])("%j is not JSON", (text) => {
    expect(parseClientEvent(text)).toMatchObject({ ok: false, error: { code: "invalid_json" } });
  });

  test.each([
    [{ type: null }, "Invalid type for 'type': expected a string, but got null instead."],
    [
      session({ audio: { output: { format: { type: "audio/pcm", rate: 16_000 } } } }),
      "Invalid value: 16000. Supported values are: '24000'.",
    ],
  ])("%j says what it is", (event, message) => {
    expect(parseClientEvent(JSON.stringify(event))).toMatchObject({ ok: false, error: { message } });
  });

  test.each(["null", "7", '"response.create"', "[]", "true"])("%s is no event", (text) => {
    expect(parseClientEvent(text)).toMatchObject({ ok: false, error: { code: "invalid_event" } });
  });

  test("the messages read as people write", () => {
    const said = (event: object): string => {
      const parsed = parseClientEvent(JSON.stringify(event));
      return parsed.ok ? "" : parsed.error.message;
    };
    expect(said(turnDetection({ threshold: "x" }))).toBe(
      "Invalid type for 'session.audio.input.turn_detection.threshold': expected a number, but got a string instead.",
    );
    expect(said(turnDetection({ type: "x" }))).toBe(
      "Invalid value: 'x'. Supported values are: 'server_vad', 'semantic_vad'.",
    );
    expect(said(session({ voice: 1 }))).toBe("Unknown parameter: 'session.voice'.");
    expect(said({ type: "conversation.item.delete" })).toBe("Missing required parameter: 'item_id'.");
  });
});

test.each(everyClientEvent.map((event) => [JSON.stringify(event), event] as const))("accepted: %s", (text) => {
  expect(parseClientEvent(text)).toMatchObject({ ok: true });
});

test("appended audio arrives as the bytes that were sent", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
      const audio = Buffer.from(bytes).toString("base64");
      const parsed = parseClientEvent(JSON.stringify({ type: "input_audio_buffer.append", audio }));
      expect(parsed).toEqual({ ok: true, event: { type: "input_audio_buffer.append", audio: bytes } });
    }),
  );
});

test("15 MiB of base64 pass, a character more does not", () => {
  const append = (chars: number) =>
    parseClientEvent(`{"type":"input_audio_buffer.append","audio":"${"A".repeat(chars)}"}`);
  expect(append(15 * 1024 * 1024).ok).toBe(true);
  expect(append(15 * 1024 * 1024 + 4)).toMatchObject({
    ok: false,
    error: { code: "string_above_max_length", param: "audio" },
  });
});

test("whatever JSON comes, the parser answers and never throws", () => {
  const types = fc.constantFrom(...refused.map(([event]) => event), ...everyClientEvent);
  fc.assert(
    fc.property(types, fc.jsonValue({ maxDepth: 6 }), fc.string(), (event, value, key) => {
      for (const text of [
        JSON.stringify(value),
        JSON.stringify({ ...event, [key]: value }),
        JSON.stringify({ ...event, event_id: value }),
      ]) {
        const parsed = parseClientEvent(text);
        if (!parsed.ok) expect(parsed.error.message.length).toBeGreaterThan(5);
      }
    }),
    { numRuns: 2_000 },
  );
  const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
  for (const field of ["session", "response", "item", "type", "event_id"]) {
    expect(parseClientEvent(`{"type":"response.create","${field}":${deep}}`).ok).toBe(false);
  }
});
