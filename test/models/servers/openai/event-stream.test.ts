import fc from "fast-check";
import { expect, test } from "vitest";
import { eventData } from "../../../../models/servers/openai/event-stream.ts";

const encoder = new TextEncoder();

async function read(chunks: readonly Uint8Array[]): Promise<readonly string[]> {
  const bytes = async function* (): AsyncGenerator<Uint8Array> {
    yield* chunks;
  };
  const all: string[] = [];
  for await (const data of eventData(bytes())) all.push(data);
  return all;
}

test("gives the data of each event, and leaves out comments and other fields", async () => {
  const text = ': hello\n\nevent: x\nid: 1\ndata: {"a":1}\n\ndata: one\ndata:two\n\ndata: [DONE]\n\n';
  expect(await read([encoder.encode(text)])).toEqual(['{"a":1}', "one\ntwo", "[DONE]"]);
});

test("takes a last event without the empty line after it", async () => {
  expect(await read([encoder.encode("data: a\n\ndata: [DONE]")])).toEqual(["a", "[DONE]"]);
});

test("any line ends, split anywhere, give the same events", async () => {
  const events = fc.array(
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((text) => !/[\r\n]/.test(text)),
    {
      maxLength: 6,
    },
  );
  await fc.assert(
    fc.asyncProperty(
      events,
      fc.constantFrom("\n", "\r\n", "\r"),
      fc.infiniteStream(fc.integer({ min: 1, max: 7 })),
      async (given, end, sizes) => {
        const bytes = encoder.encode(given.map((text) => `data: ${text}${end}${end}`).join(""));
        const chunks: Uint8Array[] = [];
        for (let at = 0; at < bytes.length; ) {
          const size = sizes.next().value ?? 1;
          chunks.push(bytes.slice(at, at + size));
          at += size;
        }
        expect(await read(chunks)).toEqual(given);
      },
    ),
  );
});
