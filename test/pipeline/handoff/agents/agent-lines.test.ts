import { PassThrough, Readable, Writable } from "node:stream";
import type { AnyMessage } from "@agentclientprotocol/sdk";
import fc from "fast-check";
import { expect, test } from "vitest";
import { agentLines, type LineLimits } from "../../../../pipeline/handoff/agents/agent-lines.ts";

const limits: LineLimits = { mostLineBytes: 1_048_576, mostStrayLines: 3 };
const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

async function messagesOf(
  chunks: readonly Uint8Array[],
  own: Partial<LineLimits> = {},
): Promise<readonly AnyMessage[]> {
  const { stream } = agentLines(Readable.from(chunks), nowhere(), { ...limits, ...own });
  const reader = stream.readable.getReader();
  const messages: AnyMessage[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return messages;
    messages.push(value);
  }
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const note = (text: string): AnyMessage => ({ jsonrpc: "2.0", method: "note", params: { text } });

test("messages come out whole, however the pipe cuts them", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: "grapheme" }), { maxLength: 8 }),
      fc.array(fc.nat({ max: 400 }), { maxLength: 12 }),
      fc.boolean(),
      async (texts, cuts, ends) => {
        const all = bytes(texts.map((text) => JSON.stringify(note(text))).join("\r\n\n") + (ends ? "\n" : ""));
        const at = [0, ...cuts.toSorted((a, b) => a - b), all.length].map((cut) => Math.min(cut, all.length));
        const chunks = at.slice(1).map((end, index) => all.subarray(at[index], end));
        expect(await messagesOf(chunks)).toEqual(texts.map(note));
      },
    ),
  );
});

test("a few lines that are no messages are overlooked, more of them are garbage", async () => {
  const good = `${JSON.stringify(note("here"))}\n`;
  expect(await messagesOf([bytes(`Hello\n[1,2]\n{"jsonrpc":"2.0"}\n${good}`)])).toEqual([note("here")]);
  await expect(messagesOf([bytes(`Hello\n{"a":1}\nnull\n"x"\n${good}`)])).rejects.toThrow(
    'does not speak the Agent Client Protocol: it wrote "Hello"',
  );
});

test("a line may be as long as the limit and not a byte longer, also when it never ends", async () => {
  const line = JSON.stringify(note("x".repeat(1_000)));
  expect(await messagesOf([bytes(line)], { mostLineBytes: line.length })).toHaveLength(1);
  await expect(messagesOf([bytes(line)], { mostLineBytes: line.length - 1 })).rejects.toThrow(
    "sent a message of more than",
  );
  const endless = Readable.from(
    (function* () {
      for (;;) yield bytes("x".repeat(1_024));
    })(),
  );
  const { stream } = agentLines(endless, nowhere(), limits);
  await expect(stream.readable.getReader().read()).rejects.toThrow("sent a message of more than 1 MB");
});

test("an answer is taken once, and only to a question that was asked", async () => {
  const pipe = new PassThrough();
  const { stream } = agentLines(pipe, nowhere(), limits);
  const writer = stream.writable.getWriter();
  await writer.write({ jsonrpc: "2.0", id: 7, method: "ask" });
  const answer = (id: number): string => `${JSON.stringify({ jsonrpc: "2.0", id, result: id })}\n`;
  pipe.end(answer(6) + answer(7) + answer(7) + JSON.stringify(note("end")));
  const reader = stream.readable.getReader();
  expect((await reader.read()).value).toEqual({ jsonrpc: "2.0", id: 7, result: 7 });
  expect((await reader.read()).value).toEqual(note("end"));
  expect((await reader.read()).done).toBe(true);
});
