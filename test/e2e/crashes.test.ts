import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RealtimeSocket } from "../support/realtime-socket.ts";
import { startService, type TestService } from "../support/service.ts";
import { SpokenLines } from "../support/spoken-lines.ts";
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

function kill(name: string): number {
  const pid = sotto.service.hosts().find((host) => host.name === name)?.pid;
  if (pid === undefined) throw new Error(`${name} is not running`);
  process.kill(pid, "SIGKILL");
  return pid;
}

describe("when an engine's process is killed", () => {
  test("voice: the session says “one moment”, then answers", async () => {
    await using client = await RealtimeSocket.open(sotto.socketUrl, sotto.token);
    const pid = kill("voice");
    client.send({
      type: "conversation.item.create",
      item: { type: "message", role: "user", content: [{ type: "input_text", text: "who are you" }] },
    });
    client.send({ type: "response.create" });
    await client.until("response.done");
    const [done] = client.of("response.done");
    expect(done?.response.status).toBe("completed");
    const transcript = client.of("response.output_audio_transcript.done")[0]?.transcript ?? "";
    expect(transcript).toMatch(/starter voice/i);
    // The crash may be noticed before the turn needs the model; then there is nothing to apologise for.
    if (!transcript.startsWith("One moment. ")) expect(sotto.logs.join("\n")).toMatch(/voice process ended/);
    expect(sotto.service.hosts().find((host) => host.name === "voice")?.pid).not.toBe(pid);
  });

  test("ears: one utterance may be lost, the next is heard", async () => {
    await using client = await RealtimeSocket.open(sotto.socketUrl, sotto.token);
    const line = await people.line("who are you");
    client.say(line, 700);
    await client.until("input_audio_buffer.speech_started");
    kill("ears");
    client.audio(new Uint8Array(48_000));
    await until(() => sotto.service.models.status().models.every((model) => model.state === "ready" || !model.pinned));
    await until(() => {
      if (client.count("response.done") < client.count("response.created") || client.count("response.done") === 0) {
        client.audio(new Uint8Array(960));
      }
      return client.count("response.done") > 0 && client.count("response.done") === client.count("response.created");
    });
    const done = client.count("response.done");
    client.say(line);
    await client.until("response.done", done + 1);
    expect(client.of("conversation.item.input_audio_transcription.completed").at(-1)?.transcript).toBe("who are you");
  });

  test("mouth: the answer is still shown, and the next one is heard", async () => {
    await using client = await RealtimeSocket.open(sotto.socketUrl, sotto.token);
    const ask = (): void => {
      client.send({
        type: "conversation.item.create",
        item: { type: "message", role: "user", content: [{ type: "input_text", text: "who are you" }] },
      });
      client.send({ type: "response.create" });
    };
    kill("mouth");
    ask();
    await client.until("response.done");
    expect(client.of("response.output_audio_transcript.done")[0]?.transcript).toMatch(/starter voice/i);
    await until(() => sotto.service.models.status().models.every((model) => model.state === "ready" || !model.pinned));
    const before = client.audioBytes;
    ask();
    await client.until("response.done", 2);
    expect(client.audioBytes).toBeGreaterThan(before);
  });

  test("all three at once, and nobody hangs", async () => {
    await using client = await RealtimeSocket.open(sotto.socketUrl, sotto.token);
    for (const name of ["voice", "ears", "mouth"]) kill(name);
    client.send({ type: "response.create" });
    await client.until("response.done");
    await until(() => sotto.service.models.status().models.every((model) => model.state === "ready" || !model.pinned));
    client.say(await people.line("what can you do"));
    await client.until("response.done", 2);
    expect(client.of("response.done")[1]?.response.status).toBe("completed");
  });
});
