import fc from "fast-check";
import { expect, test } from "vitest";
import { ModelError } from "../../models/errors.ts";
import type { ReplyPart, Role } from "../../models/roles.ts";
import { World, type WorldScript } from "../support/world.ts";

/** One thing that may happen next in a conversation. */
interface Happening {
  readonly name: string;
  readonly do: (world: World) => Promise<void> | void;
}

const roles = ["vad", "stt", "voice", "tts"] as const satisfies readonly Role[];
const requests: readonly Record<string, unknown>[] = [
  { type: "response.create" },
  { type: "response.create", response: { conversation: "none", input: [] } },
  { type: "response.create", response: { output_modalities: ["text"] } },
  { type: "response.cancel" },
  { type: "input_audio_buffer.commit" },
  { type: "input_audio_buffer.clear" },
  { type: "output_audio_buffer.clear" },
  {
    type: "conversation.item.create",
    item: { type: "message", role: "user", content: [{ type: "input_text", text: "hi" }] },
  },
  detection(null),
  detection({ type: "semantic_vad" }),
  detection({ type: "server_vad", interrupt_response: false }),
  detection({ type: "server_vad", create_response: false }),
];

function detection(turnDetection: Record<string, unknown> | null): Record<string, unknown> {
  return { type: "session.update", session: { type: "realtime", audio: { input: { turn_detection: turnDetection } } } };
}

const ms = (...choices: number[]): fc.Arbitrary<number> => fc.constantFrom(...choices);
const speak = (speechMs: number, silenceMs: number): Happening => ({
  name: `speak ${speechMs} ${silenceMs}`,
  do: (world) => world.speak(speechMs, silenceMs),
});
const send = (request: Record<string, unknown>): Happening => ({
  name: JSON.stringify(request),
  do: (world) => world.send(request),
});

function acknowledge(world: World, which: number, heardMs: number): void {
  const id = world.session.conversation.items[which]?.item.id;
  if (id === undefined) return;
  world.send({ type: "conversation.item.truncate", item_id: id, content_index: 0, audio_end_ms: heardMs });
  world.send({ type: "sotto.playback", item_id: id, played_samples: heardMs * 24, playing: heardMs % 2 === 0 });
}

const happenings: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(ms(64, 160, 320, 480, 960), ms(0, 96, 320, 900)).map((how) => speak(...how)) },
  { weight: 2, arbitrary: ms(32, 320, 1_600).map((silenceMs) => speak(0, silenceMs)) },
  fc.constantFrom(...roles).map((role): Happening => ({ name: `crash ${role}`, do: (world) => world.crash(role) })),
  fc.constantFrom(...roles).map((role): Happening => ({ name: `restart ${role}`, do: (world) => world.restart(role) })),
  { weight: 3, arbitrary: fc.constantFrom(...requests).map(send) },
  fc.tuple(fc.nat(9), fc.nat(3_000)).map(
    ([which, heardMs]): Happening => ({
      name: `item ${which} was heard to ${heardMs}`,
      do: (world) => acknowledge(world, which, heardMs),
    }),
  ),
);

interface Talk {
  readonly history: readonly Happening[];
  readonly script: WorldScript;
}

/** Engines of any speed, answers of any length, some of them failures. */
const talks: fc.Arbitrary<Talk> = fc.record({
  history: fc.array(happenings, { maxLength: 14 }),
  script: fc
    .record({
      sttMs: fc.constantFrom(0, 60, 700),
      ttsMs: fc.constantFrom(0, 40),
      answers: fc.array(fc.constantFrom(0, 1, 5, 30, -1, -2), { minLength: 1, maxLength: 4 }),
    })
    .map(({ sttMs, ttsMs, answers }) => {
      let asked = 0;
      return {
        toString: () => `answers ${answers} stt ${sttMs} tts ${ttsMs}`,
        heard: Array.from({ length: 40 }, () => "hello there"),
        sttMs,
        ttsMs,
        answer: async function* (_request, clock, signal): AsyncGenerator<ReplyPart, void, void> {
          const words = answers[asked++ % answers.length] ?? 1;
          await clock.sleep(30, signal);
          if (words === -1) throw new ModelError("engine-failed", "It failed");
          if (words === -2) yield { type: "call", name: "nobodys", argumentsJson: "{}" };
          for (let n = 1; n <= words; n += 1) {
            await clock.sleep(5, signal);
            yield { type: "text", text: `word${n}${n % 6 === 0 ? ". " : " "}` };
          }
        },
      };
    }),
});

/** Everything is well again and everybody is quiet, until nothing more can come. */
async function calmDown(world: World): Promise<void> {
  for (const role of roles) world.restart(role);
  world.send(detection({ type: "server_vad", interrupt_response: true, create_response: true }));
  await world.wait(1_600);
  await world.clock.advance(10_000);
}

async function whatever(check: (world: World) => Promise<void> | void, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(talks, async ({ history, script }) => {
      await using world = new World(script);
      for (const happening of history) await happening.do(world);
      await check(world);
    }),
    { numRuns },
  );
}

test("whatever happened before, the laws of the wire hold and the next words are answered", async () => {
  await whatever(async (world) => {
    await calmDown(world);
    const before = world.sent.length;
    await world.speak(640, 900);
    await world.clock.advance(5_000);
    const after = world.sent.slice(before).flatMap(({ event }) => (event === undefined ? [] : [event.type]));
    for (const type of ["input_audio_buffer.speech_started", "response.created", "response.done"]) {
      expect(after, "It is deaf").toContain(type);
    }
    everyResponseEndsOnce(world);
    cancelledMeansSilent(world);
    soundHasNoGaps(world);
    speechStartsAndStopsByTurns(world);
  }, 30);
});

test("a session that was closed leaves nothing behind: no timer, no stream, no word", async () => {
  await whatever(async (world) => {
    world.session.close("client-closed");
    const sent = world.sent.length;
    await world.clock.advance(0);
    expect(world.clock.sleepers).toBe(0);
    expect(world.openStreams).toBe(0);
    await world.speak(320, 640);
    expect(world.sent).toHaveLength(sent);
    expect(world.clock.sleepers).toBe(0);
  }, 30);
});

function everyResponseEndsOnce(world: World): void {
  const open = new Set<string>();
  for (const { event, part } of world.sent) {
    if (event === undefined) expect(open, "Sound of a response that is over").toContain(part.responseId);
    else if (event.type === "response.created") open.add(event.response.id);
    else if (event.type === "response.done") expect(open.delete(event.response.id), "A second end").toBe(true);
    else if ("response_id" in event) expect(open, `${event.type} after the end`).toContain(event.response_id);
  }
  expect([...open], "Responses without an end").toEqual([]);
}

/** A client may empty its loudspeaker at `speech_started`: of the answer that it interrupts nothing comes later. */
function cancelledMeansSilent(world: World): void {
  const sound = new Map<string, number>();
  let startedAt = 0;
  world.sent.forEach(({ event, part }, index) => {
    if (part !== undefined) sound.set(part.responseId, index);
    else if (event.type === "input_audio_buffer.speech_started") startedAt = index;
    else if (event.type === "response.done" && event.response.status === "cancelled") {
      const { status_details: details } = event.response;
      if (details?.type !== "cancelled" || details.reason !== "turn_detected") return;
      expect(sound.get(event.response.id) ?? 0, "Sound after the interruption").toBeLessThanOrEqual(startedAt);
    }
  });
}

function soundHasNoGaps(world: World): void {
  const next = new Map<number, number>();
  for (const { part } of world.audio) {
    expect(part.firstSample).toBe(next.get(part.stream) ?? 0);
    next.set(part.stream, part.firstSample + part.bytes.length / 2);
  }
}

function speechStartsAndStopsByTurns(world: World): void {
  const turns = world.events.flatMap(({ event }) =>
    event.type === "input_audio_buffer.speech_started" || event.type === "input_audio_buffer.speech_stopped"
      ? [`${event.type.slice(26)} ${event.item_id}`]
      : [],
  );
  const started = turns.filter((turn) => turn.startsWith("started"));
  expect(turns).toEqual(started.flatMap((turn) => [turn, turn.replace("started", "stopped")]));
}
