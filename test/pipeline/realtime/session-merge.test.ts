import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defaultSession, type SessionConfig, wireSession } from "../../../pipeline/realtime/session-config.ts";
import { mergeSession, parseSessionPatch } from "../../../pipeline/realtime/session-merge.ts";

const start = defaultSession({ id: "sess_1" });
const now = { type: "function", name: "now" };

function update(current: SessionConfig, given: object, audioSent = false): SessionConfig {
  const parsed = parseSessionPatch({ type: "realtime", ...given });
  if (!parsed.ok) throw new Error(parsed.error.message);
  const merged = mergeSession(current, parsed.patch, { audioSent });
  if (!merged.ok) throw new Error(merged.error.message);
  return merged.session;
}

test("a session has the date on which it ends at the earliest, within the reach of a client's timer", () => {
  const openedAt = new Date("2026-11-21T14:05:00.700Z");
  const { expires_at = 0 } = defaultSession({ id: "sess_1", openedAt });
  expect(new Date(expires_at * 1_000).toISOString()).toBe("2026-12-15T14:05:00.000Z");
  expect(expires_at * 1_000 - openedAt.getTime()).toBeLessThan(2 ** 31);
  for (const type of ["realtime", "transcription"])
    expect(wireSession(update(defaultSession({ id: "sess_1", openedAt }), { type }))).toMatchObject({ expires_at });
});

describe("session.update", () => {
  test("names a function to be called only when it is there", () => {
    const merge = (current: SessionConfig, given: object) => {
      const parsed = parseSessionPatch({ type: "realtime", ...given });
      if (!parsed.ok) throw new Error(parsed.error.message);
      return mergeSession(current, parsed.patch, { audioSent: false, eventId: "mine" });
    };
    const chosen = update(start, { tools: [now], tool_choice: now });
    expect(chosen.tool_choice).toEqual(now);
    expect(merge(start, { tool_choice: now })).toEqual({
      ok: false,
      error: {
        type: "invalid_request_error",
        code: "invalid_value",
        message: "Invalid 'session.tool_choice'. There is no function 'now' among the tools, of which there are none.",
        param: "session.tool_choice",
        event_id: "mine",
      },
    });
    const other = { type: "function", name: "later" };
    expect(merge(chosen, { tools: [other] })).toMatchObject({
      error: { message: expect.stringContaining("no function 'now' among the tools: later.") },
    });
    expect(merge(chosen, { tools: [other], tool_choice: "auto" })).toMatchObject({ ok: true });
    expect(merge(chosen, { instructions: "x" })).toMatchObject({ ok: true });
  });

  test("a new threshold leaves turn detection on and everything else as it was", () => {
    const { turn_detection } = update(start, { audio: { input: { turn_detection: { threshold: 0.7 } } } }).audio.input;
    expect(turn_detection).toEqual({ ...start.audio.input.turn_detection, threshold: 0.7 });
  });

  test("another kind of turn detection starts from its own defaults", () => {
    const tuned = update(start, {
      audio: { input: { turn_detection: { silence_duration_ms: 900, interrupt_response: false } } },
    });
    const semantic = update(tuned, { audio: { input: { turn_detection: { type: "semantic_vad" } } } });
    expect(semantic.audio.input.turn_detection).toEqual({
      type: "semantic_vad",
      eagerness: "auto",
      create_response: true,
      interrupt_response: true,
    });
    const back = update(semantic, { audio: { input: { turn_detection: { type: "server_vad" } } } });
    expect(back.audio.input.turn_detection).toEqual(start.audio.input.turn_detection);
  });

  test("null switches turn detection off, and only a type switches it on again", () => {
    const manual = update(start, { audio: { input: { turn_detection: null } } });
    expect(manual.audio.input.turn_detection).toBeNull();
    const parsed = parseSessionPatch({ type: "realtime", audio: { input: { turn_detection: { threshold: 0.5 } } } });
    if (!parsed.ok) throw new Error("the patch itself is fine");
    expect(mergeSession(manual, parsed.patch, { audioSent: false, eventId: "e7" })).toMatchObject({
      ok: false,
      error: { code: "missing_required_parameter", param: "session.audio.input.turn_detection.type", event_id: "e7" },
    });
  });

  test("a field of the other kind is refused, not swallowed", () => {
    const parsed = parseSessionPatch({ type: "realtime", audio: { input: { turn_detection: { eagerness: "low" } } } });
    if (!parsed.ok) throw new Error("the patch itself is fine");
    expect(mergeSession(start, parsed.patch, { audioSent: false })).toMatchObject({
      ok: false,
      error: { code: "unknown_parameter", param: "session.audio.input.turn_detection.eagerness" },
    });
  });

  test("lists are replaced, an empty string and an empty list clear", () => {
    const tool = { type: "function", name: "now" };
    const full = update(start, { instructions: "Be brief.", tools: [tool, { ...tool, name: "later" }] });
    expect(full.tools).toHaveLength(2);
    const less = update(full, { tools: [tool] });
    expect(less.tools).toEqual([{ ...tool, description: "", parameters: { type: "object", properties: {} } }]);
    expect(update(less, { instructions: "", tools: [] })).toEqual(start);
  });

  test("the model never changes", () => {
    expect(update(start, { model: "gpt-realtime-2.1" }).model).toBe("sotto-starter");
  });

  test("the voice changes until the assistant has been heard; repeating it is always allowed", () => {
    const voice = (name: string) => ({ audio: { output: { voice: name } } });
    expect(update(start, voice("awb")).audio.output.voice).toBe("awb");
    expect(update(start, voice("slt"), true).audio.output.voice).toBe("slt");
    const parsed = parseSessionPatch({ type: "realtime", ...voice("awb") });
    if (!parsed.ok) throw new Error("the patch itself is fine");
    expect(mergeSession(start, parsed.patch, { audioSent: true, eventId: "e1" })).toMatchObject({
      ok: false,
      error: { code: "cannot_update_voice", param: "session.audio.output.voice", event_id: "e1" },
    });
  });

  test("G.711 carries no rate over from PCM", () => {
    const phone = update(start, { audio: { input: { format: { type: "audio/pcmu" } } } });
    expect(phone.audio.input.format).toEqual({ type: "audio/pcmu" });
    expect(phone.audio.output.format).toEqual({ type: "audio/pcm", rate: 24_000 });
  });

  test("a transcription session shows nothing of answers", () => {
    const parsed = parseSessionPatch({ type: "transcription" });
    if (!parsed.ok) throw new Error("the patch itself is fine");
    const merged = mergeSession(start, parsed.patch, { audioSent: false });
    expect(merged.ok && wireSession(merged.session)).toEqual({
      object: "realtime.transcription_session",
      type: "transcription",
      id: "sess_1",
      audio: { input: start.audio.input },
    });
  });
});

const serverVad = fc.record(
  {
    type: fc.constant("server_vad"),
    threshold: fc.double({ min: 0, max: 1, noNaN: true }),
    prefix_padding_ms: fc.nat(10_000),
    silence_duration_ms: fc.nat(10_000),
    create_response: fc.boolean(),
    interrupt_response: fc.boolean(),
    idle_timeout_ms: fc.option(fc.integer({ min: 5_000, max: 30_000 })),
  },
  { requiredKeys: ["type"] },
);
const semanticVad = fc.record(
  { type: fc.constant("semantic_vad"), eagerness: fc.constantFrom("low", "auto"), create_response: fc.boolean() },
  { requiredKeys: ["type"] },
);
const format = fc.constantFrom(
  { type: "audio/pcm" },
  { type: "audio/pcm", rate: 24_000 },
  { type: "audio/pcmu" },
  { type: "audio/pcma" },
);
const patches = fc.record(
  {
    type: fc.constant("realtime"),
    instructions: fc.string(),
    output_modalities: fc.constantFrom(["audio"], ["text"]),
    audio: fc.record(
      {
        input: fc.record(
          {
            format,
            turn_detection: fc.option(fc.oneof(serverVad, semanticVad)),
            transcription: fc.option(fc.record({ language: fc.string(), model: fc.string() }, { requiredKeys: [] })),
            noise_reduction: fc.option(fc.record({ type: fc.constantFrom("near_field", "far_field") })),
          },
          { requiredKeys: [] },
        ),
        output: fc.record(
          { format, voice: fc.string({ minLength: 1 }), speed: fc.double({ min: 0.25, max: 1.5, noNaN: true }) },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    ),
    tools: fc
      .array(fc.record({ type: fc.constant("function"), name: fc.string({ minLength: 1 }) }), { maxLength: 3 })
      .map((tools) => [...tools, now]),
    tool_choice: fc.constantFrom("auto", "none", { type: "function", name: "now" }),
    max_output_tokens: fc.oneof(fc.integer({ min: 1, max: 4096 }), fc.constant("inf")),
    truncation: fc.constantFrom("auto", "disabled", { type: "retention_ratio", retention_ratio: 0.5 }),
    tracing: fc.constantFrom("auto", null, { workflow_name: "x" }),
    include: fc.constantFrom(null, ["item.input_audio_transcription.logprobs"]),
    prompt: fc.constantFrom(null, { id: "p" }),
    reasoning: fc.constantFrom(null, { effort: "low" }),
  },
  { requiredKeys: ["type"] },
);
const sessions = fc
  .array(patches, { maxLength: 4 })
  .map((list) => list.reduce<SessionConfig>((before, patch) => update(before, patch), update(start, { tools: [now] })));

describe("over any history of updates", () => {
  test("an update that says nothing changes nothing", () => {
    fc.assert(
      fc.property(sessions, (session) => {
        expect(update(session, {})).toEqual(session);
      }),
    );
  });

  test("saying the same twice is saying it once", () => {
    fc.assert(
      fc.property(sessions, patches, (session, patch) => {
        const once = update(session, patch);
        expect(update(once, patch)).toEqual(once);
      }),
    );
  });

  test("what the server echoes, a client may send back, and nothing changes", () => {
    fc.assert(
      fc.property(sessions, (session) => {
        expect(update(session, JSON.parse(JSON.stringify(wireSession(session))))).toEqual(session);
      }),
    );
  });

  test("only what was named changes", () => {
    fc.assert(
      fc.property(sessions, patches, (session, patch) => {
        const after = update(session, patch);
        for (const key of Object.keys(after)) {
          if (key === "audio" || Object.hasOwn(patch, key)) continue;
          expect(Reflect.get(after, key)).toEqual(Reflect.get(session, key));
        }
        if (patch.audio?.input === undefined) expect(after.audio.input).toEqual(session.audio.input);
        if (patch.audio?.output === undefined) expect(after.audio.output).toEqual(session.audio.output);
      }),
    );
  });
});
