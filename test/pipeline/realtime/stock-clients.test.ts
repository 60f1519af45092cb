import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { OpenAIRealtimeBase, type RealtimeClientMessage } from "@openai/agents-realtime";
import { describe, expect, test } from "vitest";
import { parseServerEvent } from "../../../pipeline/realtime/server-event-schema.ts";
import { build } from "../../../pipeline/realtime/server-events.ts";
import { everyItem, everySottoEvent, everyStockEvent } from "./every-server-event.ts";

/** The stock SDK without its socket: hand it a message, see what it makes of it. */
class StockClient extends OpenAIRealtimeBase {
  readonly status = "connected";
  readonly muted = false;
  readonly sent: unknown[] = [];
  override connect(): Promise<void> {
    return Promise.resolve();
  }
  override sendEvent(event: RealtimeClientMessage): void {
    this.sent.push(event);
  }
  override mute(): void {}
  override close(): void {}
  override interrupt(): void {}
  /** @returns whether the SDK knew the event; one that fails its schema is silently demoted to "generic". */
  take(event: { readonly type: string }): boolean {
    let known = false;
    const type: string = event.type;
    this.on(type === "error" ? "error" : type, () => {
      known = true;
    });
    this._onMessage(new MessageEvent("message", { data: JSON.stringify({ event_id: "event_1", ...event }) }));
    return known;
  }
}

// A real event of the hosted service that the SDK has no schema for; it ignores it without a word.
const beyondTheSdk = new Set(["input_audio_buffer.timeout_triggered"]);

/** Names of our events that some source file of the pipeline sends. */
function sentBy(sources: readonly string[]): ReadonlySet<string> {
  return new Set(sources.flatMap((source) => [...source.matchAll(/\bbuild\.(\w+)/g)].map(([, name = ""]) => name)));
}

describe("every event we send", () => {
  test("is sent by somebody", () => {
    const files = readdirSync("pipeline", { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    const sent = sentBy(files.map((name) => readFileSync(join("pipeline", name), "utf8")));
    expect(Object.keys(build).filter((name) => !sent.has(name))).toEqual([]);
    expect(sentBy(["send(build.state(now))"]).has("latency")).toBe(false);
  });

  test.each(everyStockEvent.map((event) => [event.type, event] as const))(
    "%s is known to the agents SDK",
    (type, event) => {
      expect(new StockClient().take(event)).toBe(!beyondTheSdk.has(type));
    },
  );

  test.each([...everyStockEvent, ...everySottoEvent].map((event) => [event.type, event] as const))(
    "%s is read by our own clients",
    (_type, event) => {
      const read = parseServerEvent(JSON.stringify({ event_id: "event_1", ...event }));
      expect(read).toMatchObject(JSON.parse(JSON.stringify(event)));
    },
  );

  test("a user's audio without a transcript key would kill the SDK, so the check above can fail", () => {
    const item = {
      id: "item_u",
      type: "message",
      role: "user",
      status: "completed",
      content: [{ type: "input_audio" }],
    };
    expect(() => new StockClient().take({ type: "conversation.item.added", ...{ item } })).toThrow(/transcript/);
  });

  test("every kind of message reaches the SDK's history", () => {
    for (const item of everyItem.filter(({ type }) => type === "message")) {
      const client = new StockClient();
      const updates: unknown[] = [];
      client.on("item_update", (update) => updates.push(update));
      client.take(build.itemDone(item, null));
      expect(updates).toHaveLength(1);
    }
  });
});

test("no event carries null where a client expects a string or no key at all", () => {
  const neverNull = new Set([
    "id",
    "arguments",
    "call_id",
    "name",
    "role",
    "status",
    "item_id",
    "response_id",
    "delta",
    "param",
    "event_id",
  ]);
  const nulls: string[] = [];
  for (const event of everyStockEvent) {
    JSON.parse(JSON.stringify(event), (key, value) => {
      if (value === null && neverNull.has(key)) nulls.push(`${event.type} ${key}`);
      return value;
    });
  }
  expect(nulls).toEqual([]);
});
