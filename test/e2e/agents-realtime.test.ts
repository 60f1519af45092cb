import { RealtimeAgent, RealtimeSession, type TransportEvent, tool } from "@openai/agents-realtime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { startService, type TestService } from "../support/service.ts";
import { SpokenLines, TestLoudspeaker } from "../support/spoken-lines.ts";
import { cutOff, sayTenTurns, tenTurns, wholeAnswer } from "../support/ten-turns.ts";
import { until } from "../support/until.ts";

let sotto: TestService;
let people: SpokenLines;

beforeAll(async () => {
  people = new SpokenLines();
  sotto = await startService();
});
afterAll(async () => {
  await sotto[Symbol.asyncDispose]();
  await people[Symbol.asyncDispose]();
});

/** What was said, one line a message, as the SDK's own history has it. */
function lines(session: RealtimeSession): string[] {
  return session.history.flatMap((item) =>
    item.type !== "message"
      ? []
      : item.content.map(
          (part) => `${item.role}: ${"transcript" in part ? part.transcript : "text" in part ? part.text : ""}`,
        ),
  );
}

function answersIn(session: RealtimeSession): string[] {
  return lines(session).flatMap((line) => (line.startsWith("assistant: ") ? [line.slice(11).trim()] : []));
}

const responseEvent = z.object({ response: z.object({ id: z.string() }) });

describe("@openai/agents-realtime, unchanged", () => {
  test("holds a spoken conversation of ten turns, and cuts in in its middle", async () => {
    const session = new RealtimeSession(new RealtimeAgent({ name: "Sotto", instructions: "" }), {
      transport: "websocket",
    });
    const errors: unknown[] = [];
    const events: TransportEvent[] = [];
    const loudspeaker = new TestLoudspeaker();
    let interruptions = 0;
    session.on("error", (error) => errors.push(error));
    session.transport.on("*", (event) => events.push(event));
    session.on("audio", ({ data }) => loudspeaker.play(data.byteLength));
    session.on("audio_interrupted", () => {
      interruptions += 1;
      loudspeaker.flush();
    });
    await session.connect({ apiKey: sotto.token, url: sotto.socketUrl });
    const idsOf = (type: string): string[] =>
      events.flatMap((event) => (event.type === type ? [responseEvent.parse(event).response.id] : []));
    await sayTenTurns(people, {
      send: (bytes) => session.sendAudio(new Uint8Array(bytes).buffer),
      loudspeaker,
      done: () => idsOf("response.done").length,
    });

    // The last words of a history come by a request of the client's own.
    await until(() => answersIn(session)[cutOff] !== wholeAnswer && answersIn(session).length === tenTurns.length);
    expect(lines(session).filter((line) => line.startsWith("user: "))).toEqual(
      tenTurns.map(({ line }) => `user: ${line}`),
    );
    const answers = answersIn(session);
    expect(answers).toEqual(tenTurns.map(({ answer }) => expect.stringMatching(answer)));
    const cut = answers[cutOff] ?? "";
    expect(wholeAnswer.startsWith(cut)).toBe(true);
    expect(cut.length).toBeLessThan(wholeAnswer.length);
    // What is remembered of the answer is what was heard of it.
    expect(answers[cutOff + 1]).toBe(cut);
    expect(interruptions).toBeGreaterThanOrEqual(1);
    expect(idsOf("response.done")).toEqual(idsOf("response.created"));
    expect(new Set(idsOf("response.done")).size).toBe(tenTurns.length);
    expect(errors).toEqual([]);
    session.close();
  });

  test("its functions are called, and their results come back", async () => {
    const asked: unknown[] = [];
    const lamp = tool({
      name: "switch_lamp",
      description: "Switches the lamp.",
      parameters: z.object({ on: z.boolean() }),
      execute: async (given) => {
        asked.push(given);
        return "done";
      },
    });
    const session = new RealtimeSession(new RealtimeAgent({ name: "Sotto", instructions: "", tools: [lamp] }), {
      transport: "websocket",
      config: { outputModalities: ["text"], toolChoice: "required" },
    });
    const errors: unknown[] = [];
    session.on("error", (error) => errors.push(error));
    await session.connect({ apiKey: sotto.token, url: sotto.socketUrl });
    session.sendMessage("switch the lamp on");
    await until(() => asked.length > 0);
    await until(() => lines(session).some((line) => line.startsWith("assistant: ")));
    expect(asked[0]).toEqual({ on: true });
    expect(session.history.map(({ type }) => type)).toContain("function_call");
    expect(errors).toEqual([]);
    session.close();
  });
});
