import { connect } from "node:net";
import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";
import type { RealtimeServerEvent } from "openai/resources/realtime/realtime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

interface Client extends AsyncDisposable {
  readonly realtime: OpenAIRealtimeWS;
  readonly events: RealtimeServerEvent[];
}

/** The library insists on wss; its own option to make the connection carries it over plain loopback. */
async function open(): Promise<Client> {
  const { host, hostname, port } = new URL(sotto.service.url);
  const client = new OpenAI({ apiKey: sotto.token, baseURL: `https://${host}/v1` });
  const realtime = new OpenAIRealtimeWS(
    { model: "sotto", options: { createConnection: () => connect({ host: hostname, port: Number(port) }) } },
    client,
  );
  const events: RealtimeServerEvent[] = [];
  realtime.on("event", (event) => events.push(event));
  realtime.on("error", () => undefined);
  const socketClosed = new Promise<void>((resolve) => realtime.socket.once("close", () => resolve()));
  await until(() => events.some((event) => event.type === "session.created"));
  return {
    realtime,
    events,
    [Symbol.asyncDispose]: async () => {
      realtime.close();
      await socketClosed;
    },
  };
}

const of = <Type extends RealtimeServerEvent["type"]>(events: readonly RealtimeServerEvent[], type: Type) =>
  events.filter((event): event is Extract<RealtimeServerEvent, { type: Type }> => event.type === type);

describe("openai, unchanged", () => {
  test("holds a spoken conversation of ten turns, and cuts in in its middle", async () => {
    await using client = await open();
    const { realtime, events } = client;
    const loudspeaker = new TestLoudspeaker();
    const answering: string[] = [];
    realtime.on("response.output_audio.delta", ({ delta, item_id }) => {
      loudspeaker.play(Buffer.from(delta, "base64").length);
      if (answering.at(-1) !== item_id) answering.push(item_id);
    });
    realtime.on("input_audio_buffer.speech_started", () => {
      const cut = answering.at(-1);
      if (cut === undefined || loudspeaker.silent) return;
      loudspeaker.flush();
      realtime.send({ type: "conversation.item.truncate", item_id: cut, content_index: 0, audio_end_ms: 1_400 });
    });
    await sayTenTurns(people, {
      send: (bytes) =>
        realtime.send({ type: "input_audio_buffer.append", audio: Buffer.from(bytes).toString("base64") }),
      loudspeaker,
      done: () => of(events, "response.done").length,
    });

    const heard = of(events, "conversation.item.input_audio_transcription.completed");
    expect(heard.map(({ transcript }) => transcript)).toEqual(tenTurns.map(({ line }) => line));
    const responses = of(events, "response.done").map(({ response }) => response);
    expect(responses.map(({ id }) => id)).toEqual(of(events, "response.created").map(({ response }) => response.id));
    expect(responses.map(({ status }) => status)).toEqual(
      tenTurns.map((_, index) => (index === cutOff ? "cancelled" : "completed")),
    );
    expect(responses[cutOff]?.status_details).toMatchObject({ reason: "turn_detected" });
    const answers = responses.map(({ output }) => transcriptOf(output?.[0]).trim());
    expect(answers).toEqual(tenTurns.map(({ answer }) => expect.stringMatching(answer)));

    const id = responses[cutOff]?.output?.[0]?.id ?? "";
    realtime.send({ type: "conversation.item.retrieve", item_id: id });
    await until(() => of(events, "conversation.item.retrieved").length === 1);
    const kept = transcriptOf(of(events, "conversation.item.retrieved")[0]?.item).trim();
    expect(wholeAnswer.startsWith(kept)).toBe(true);
    expect(kept.length).toBeLessThan(wholeAnswer.length);
    // What is remembered of the answer is what was heard of it.
    expect(answers[cutOff + 1]).toBe(kept);
    expect(of(events, "conversation.item.truncated")).toHaveLength(1);
    expect(of(events, "error")).toEqual([]);
  });

  test("push to talk, text answers, answers out of band, both G.711 formats", async () => {
    await using client = await open();
    const { realtime, events } = client;
    realtime.send({
      type: "session.update",
      session: { type: "realtime", output_modalities: ["text"], audio: { input: { turn_detection: null } } },
    });
    const audio = await people.line("thank you");
    realtime.send({
      type: "input_audio_buffer.append",
      audio: Buffer.from(audio.buffer, audio.byteOffset, audio.byteLength).toString("base64"),
    });
    realtime.send({ type: "input_audio_buffer.commit" });
    realtime.send({ type: "response.create" });
    await until(() => of(events, "response.done").length === 1);
    expect(of(events, "conversation.item.input_audio_transcription.completed")[0]?.transcript).toBe("thank you");
    expect(of(events, "response.output_text.done")[0]?.text).toMatch(/\w/);

    realtime.send({
      type: "response.create",
      response: {
        conversation: "none",
        metadata: { topic: "aside" },
        input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "what is two plus three" }] }],
      },
    });
    await until(() => of(events, "response.done").length === 2);
    expect(of(events, "response.done")[1]?.response).toMatchObject({ metadata: { topic: "aside" } });
    expect(of(events, "response.output_text.done")[1]?.text).toMatch(/\b(five|5)\b/i);

    const count = of(events, "response.done").length;
    realtime.send({
      type: "response.create",
      response: {
        conversation: "none",
        max_output_tokens: 2,
        input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "what can you do" }] }],
      },
    });
    await until(() => of(events, "response.done").length === count + 1);
    expect(of(events, "response.done")[count]?.response).toMatchObject({
      status: "incomplete",
      status_details: { reason: "max_output_tokens" },
      usage: { output_tokens: 2, input_token_details: { text_tokens: expect.any(Number) } },
    });

    const spoken = await people.line("who are you");
    realtime.send({
      type: "conversation.item.create",
      item: {
        type: "message",
        role: "user",
        content: [
          {
            type: "input_audio",
            audio: Buffer.from(spoken.buffer, spoken.byteOffset, spoken.byteLength).toString("base64"),
          },
        ],
      },
    });
    realtime.send({ type: "response.create" });
    await until(() => of(events, "response.done").length === count + 2);
    expect(of(events, "conversation.item.input_audio_transcription.completed")[1]?.transcript).toBe("who are you");
    expect(of(events, "response.output_text.done").at(-1)?.text).toMatch(/starter voice/i);

    for (const type of ["audio/pcmu", "audio/pcma"] as const) {
      const done = of(events, "response.done").length;
      realtime.send({
        type: "session.update",
        session: { type: "realtime", output_modalities: ["audio"], audio: { output: { format: { type } } } },
      });
      realtime.send({ type: "response.create" });
      await until(() => of(events, "response.done").length === done + 1);
    }
    expect(of(events, "error")).toEqual([]);
  });
});

function transcriptOf(item: unknown): string {
  return JSON.stringify(item).match(/"transcript":"([^"]*)"/)?.[1] ?? "";
}
