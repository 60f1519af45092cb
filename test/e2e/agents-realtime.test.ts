import { RealtimeAgent, RealtimeSession, tool } from "@openai/agents-realtime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { startService, type TestService } from "../support/service.ts";
import { SpokenLines, TestMicrophone } from "../support/spoken-lines.ts";
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

describe("@openai/agents-realtime, unchanged", () => {
  test("talks, interrupts, and goes on talking", async () => {
    const session = new RealtimeSession(new RealtimeAgent({ name: "Sotto", instructions: "" }), {
      transport: "websocket",
    });
    const errors: unknown[] = [];
    let audioBytes = 0;
    let interruptions = 0;
    session.on("error", (error) => errors.push(error));
    session.on("audio", ({ data }) => {
      audioBytes += data.byteLength;
    });
    session.on("audio_interrupted", () => {
      interruptions += 1;
    });
    await session.connect({ apiKey: sotto.token, url: sotto.socketUrl });
    using microphone = new TestMicrophone((bytes) => session.sendAudio(new Uint8Array(bytes).buffer));

    await microphone.say(await people.line("what can you do"));
    await until(() => audioBytes > 24_000);
    await microphone.say(await people.line("who are you"));
    await until(() => lines(session).filter((line) => line.startsWith("assistant: ")).length >= 2);
    expect(interruptions).toBeGreaterThanOrEqual(1);
    const said = lines(session);
    expect(said[0]).toBe("user: what can you do");
    expect(said.at(2)).toBe("user: who are you");
    expect(said.at(-1)).toMatch(/^assistant: .*starter voice/i);
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
    expect(asked[0]).toEqual({ on: expect.any(Boolean) });
    expect(session.history.map(({ type }) => type)).toContain("function_call");
    expect(errors).toEqual([]);
    session.close();
  });
});
