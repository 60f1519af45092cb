import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Message } from "../../../models/roles.ts";
import { messageWindow } from "../../../models/servers/message-window.ts";

function conversation(exchanges: number, length: number): Message[] {
  return [
    { from: "system", text: "be brief" },
    ...Array.from({ length: exchanges }, (_, i): Message[] => [
      { from: "user", text: `${i} ${"x".repeat(length)}` },
      { from: "assistant", text: "y".repeat(length) },
    ]).flat(),
  ];
}

describe("the messages a model is shown", () => {
  test("are all of them while they fit", () => {
    const messages = conversation(10, 10);
    expect(messageWindow(messages, 10_000)).toEqual(messages);
  });

  test("lose their oldest exchanges, never the system's words or the last exchange", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 200 }),
        fc.nat(8_000),
        (count, length, room) => {
          const messages = conversation(count, length);
          const shown = messageWindow(messages, room);
          expect(shown[0]).toEqual(messages[0]);
          expect(shown.slice(-2)).toEqual(messages.slice(-2));
          expect(shown.slice(1)).toEqual(messages.slice(messages.length - shown.length + 1));
          expect(shown[1]?.from).toBe("user");
        },
      ),
    );
  });

  test("begin the same for several turns in a row", () => {
    const beginnings = new Set<string>();
    for (let exchanges = 20; exchanges < 28; exchanges++) {
      beginnings.add(JSON.stringify(messageWindow(conversation(exchanges, 100), 2_500)[1]));
    }
    expect(beginnings.size).toBeLessThanOrEqual(3);
  });

  test("keep what follows the last question, calls and results included", () => {
    const last: Message[] = [
      { from: "user", text: "now" },
      { from: "call", id: "1", name: "time", argumentsJson: "{}" },
      { from: "result", id: "1", name: "time", output: "x".repeat(9_000) },
    ];
    expect(messageWindow([...conversation(9, 100), ...last], 1_000).slice(1)).toEqual(last);
    expect(messageWindow([{ from: "assistant", text: "hello" }], 1)).toHaveLength(1);
  });
});
