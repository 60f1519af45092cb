import fc from "fast-check";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { parseClientEvent } from "../../pipeline/realtime/client-event-parser.ts";
import { startTestServer, type TestClient } from "../support/test-server.ts";
import { everyClientEvent } from "./realtime/every-client-event.ts";

const frameCount = 10_000;
const batch = 250;

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Frame = { readonly text: string } | { readonly bytes: Uint8Array };

const value = fc.oneof(
  fc.constant(null),
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>("", -1, 0.5, 1e308, "root", "\u0000", [], {}, true),
);

/** A legal event with one thing in it removed, replaced, doubled or added. */
const mutated = fc
  .record({
    event: fc.constantFrom(...everyClientEvent),
    id: fc.option(fc.string({ maxLength: 20 }), { nil: undefined }),
    where: fc.nat(),
    how: fc.constantFrom("remove", "replace", "wrap", "add", "keep"),
    value,
    key: fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom("__proto__", "constructor", "type", "event_id", "toJSON"),
    ),
  })
  .map(({ event, id, where, how, value: given, key }) => {
    const copy: Json = JSON.parse(JSON.stringify(id === undefined ? event : { event_id: id, ...event }));
    const holders = containers(copy);
    const holder = holders[where % holders.length];
    if (holder === undefined) return JSON.stringify(copy);
    const keys = Object.keys(holder);
    const at = keys[where % Math.max(1, keys.length)] ?? key;
    if (how === "remove") Reflect.deleteProperty(holder, at);
    if (how === "replace") Reflect.set(holder, at, given);
    if (how === "wrap") Reflect.set(holder, at, [Reflect.get(holder, at)]);
    if (how === "add") Object.defineProperty(holder, key, { value: given, enumerable: true, configurable: true });
    return JSON.stringify(copy);
  });

const broken = fc.tuple(mutated, fc.nat(), fc.string({ maxLength: 3 })).map(([text, at, junk]) => {
  const cut = at % text.length;
  return `${text.slice(0, cut)}${junk}${text.slice(cut + 1)}`;
});

const frames: fc.Arbitrary<Frame> = fc.oneof(
  { weight: 6, arbitrary: mutated.map((text) => ({ text })) },
  { weight: 2, arbitrary: broken.map((text) => ({ text })) },
  { weight: 2, arbitrary: fc.json().map((text) => ({ text })) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: "binary", maxLength: 200 }).map((text) => ({ text })),
  },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 400 }).map((bytes) => ({ bytes })) },
);

/** What the frame must be answered with: an error, with the event's own id where one can be read, or the session's word. */
function expected(frame: Frame): { readonly error: boolean; readonly eventId?: string } {
  if ("bytes" in frame) return { error: frame.bytes.length % 2 === 1 };
  const parsed = parseClientEvent(frame.text);
  if (parsed.ok)
    return { error: parsed.event.type === "input_audio_buffer.append" && parsed.event.audio.length % 2 === 1 };
  const eventId = eventIdIn(frame.text);
  return eventId === undefined ? { error: true } : { error: true, eventId };
}

function eventIdIn(text: string): string | undefined {
  try {
    const event: unknown = JSON.parse(text);
    if (typeof event !== "object" || event === null || Array.isArray(event)) return undefined;
    const id: unknown = Object.getOwnPropertyDescriptor(event, "event_id")?.value;
    return typeof id === "string" ? id : undefined;
  } catch {
    return undefined;
  }
}

test(`${frameCount} frames of nonsense: each gets one answer, and nobody else notices`, async () => {
  await using server = await startTestServer();
  const [client, bystander] = [await server.connect({ protocols: ["sotto.v1"] }), await server.connect()];
  await Promise.all([client.received(1), bystander.received(1)]);
  const sent = fc.sample(frames, { numRuns: frameCount });
  let errors = 0;
  for (let start = 0; start < sent.length; start += batch) {
    const slice = sent.slice(start, start + batch);
    const before = client.events.length;
    for (const frame of slice) client.socket.send("bytes" in frame ? frame.bytes : frame.text);
    await client.received(before + slice.length);
    const answers = client.events.slice(before);
    expect(answers).toHaveLength(slice.length);
    for (const [index, frame] of slice.entries()) {
      const answer = answers[index];
      const should = expected(frame);
      errors += should.error ? 1 : 0;
      const shown = "text" in frame ? frame.text : `${frame.bytes.length} bytes`;
      expect([answer?.type === "error", shown]).toEqual([should.error, shown]);
      if (should.error)
        expect(answer?.["error"]).toMatchObject({ type: "invalid_request_error", message: expect.any(String) });
      if (should.eventId !== undefined) expect(answer?.["error"]).toMatchObject({ event_id: should.eventId });
    }
    await expectUndisturbed(bystander, start);
  }
  // Neither all refused nor all accepted, or the nonsense would not be worth sending.
  expect(errors).toBeGreaterThan(frameCount / 4);
  expect(errors).toBeLessThan((frameCount * 3) / 4);
  expect(server.sessions.map(({ closes }) => closes)).toEqual([[], []]);
  expect(server.lines).toEqual([]);
}, 180_000);

async function expectUndisturbed(bystander: TestClient, round: number): Promise<void> {
  const before = bystander.events.length;
  expect(await bystander.ask({ type: "response.cancel", event_id: `${round}` })).toMatchObject({ item_id: `${round}` });
  expect(bystander.events).toHaveLength(before + 1);
  expect(bystander.socket.readyState).toBe(WebSocket.OPEN);
}

function containers(root: Json): object[] {
  if (typeof root !== "object" || root === null) return [];
  return [root, ...Object.values(root).flatMap(containers)];
}
