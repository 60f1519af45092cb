import type { Readable, Writable } from "node:stream";
import type { AnyMessage, Stream } from "@agentclientprotocol/sdk";
import { oneLine } from "./one-line.ts";

export interface LineLimits {
  /** Longest message that is taken, in bytes. */
  readonly mostLineBytes: number;
  /** Lines that are no messages, such as greetings, before it counts as garbage. */
  readonly mostStrayLines: number;
}

/** What came over the pipe is not the Agent Client Protocol; the message ends a sentence that begins with the agent's name. */
export class NotTheProtocol extends Error {
  override readonly name = "NotTheProtocol";
}

/** An ACP connection over a pair of pipes, a message a line. */
export interface AgentLines {
  readonly stream: Stream;
  /** The first line that was no message; null when all were. */
  readonly stray: () => string | null;
}

/** Reads no faster than it is read from. Answers to questions that were never asked are dropped. */
export function agentLines(input: Readable, output: Writable, limits: LineLimits): AgentLines {
  const asked = new Set<unknown>();
  const stray: string[] = [];
  // A pipe that breaks is noticed where it is read or written.
  output.on("error", () => undefined);

  async function* messages(): AsyncGenerator<AnyMessage, void, void> {
    for await (const line of lines(input, limits.mostLineBytes)) {
      const message = parse(line);
      if (message === null) {
        if (line.trim() !== "") stray.push(oneLine(line, 200));
        if (stray.length > limits.mostStrayLines)
          throw new NotTheProtocol(`does not speak the Agent Client Protocol: it wrote "${stray[0]}"`);
      } else if ("method" in message || asked.delete(message.id)) yield message;
    }
  }

  const incoming = messages();
  const readable = new ReadableStream<AnyMessage>({
    pull: async (controller) => {
      const { value } = await incoming.next();
      if (value === undefined) controller.close();
      else controller.enqueue(value);
    },
    cancel: () => void input.destroy(),
  });
  const writable = new WritableStream<AnyMessage>({
    write: (message) =>
      new Promise((resolve, reject) => {
        if ("method" in message && "id" in message) asked.add(message.id);
        output.write(`${JSON.stringify(message)}\n`, (error) => (error ? reject(error) : resolve()));
      }),
  });
  return { stream: { readable, writable }, stray: () => stray[0] ?? null };
}

async function* lines(input: Readable, mostBytes: number): AsyncGenerator<string, void, void> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  const take = (part: Uint8Array): void => {
    parts.push(part);
    bytes += part.byteLength;
    if (bytes > mostBytes)
      throw new NotTheProtocol(`sent a message of more than ${Math.floor(mostBytes / 1_048_576)} MB`);
  };
  for await (const data of input) {
    const chunk: Uint8Array = data;
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      take(chunk.subarray(from, end));
      yield Buffer.concat(parts).toString("utf8");
      parts = [];
      bytes = 0;
      from = end + 1;
    }
    if (from < chunk.byteLength) take(chunk.subarray(from));
  }
  if (bytes > 0) yield Buffer.concat(parts).toString("utf8");
}

function parse(line: string): AnyMessage | null {
  try {
    const value: unknown = JSON.parse(line);
    return isMessage(value) ? value : null;
  } catch {
    return null;
  }
}

function isMessage(value: unknown): value is AnyMessage {
  if (typeof value !== "object" || value === null || !("jsonrpc" in value) || value.jsonrpc !== "2.0") return false;
  if ("id" in value && !["string", "number"].includes(typeof value.id) && value.id !== null) return false;
  if ("method" in value) return typeof value.method === "string";
  return "id" in value && "result" in value !== "error" in value;
}
