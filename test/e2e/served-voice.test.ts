import { expect, test } from "vitest";
import { longText } from "../support/fake-openai-chat.ts";
import { FakeVllm } from "../support/fake-vllm.ts";
import { RealtimeSocket } from "../support/realtime-socket.ts";
import { startService } from "../support/service.ts";
import { until } from "../support/until.ts";

const giveUpMs = 60_000;

test.each(["on", "auto"] as const)(
  "a voice in a vLLM is asked as its owner says; with routing.fallback %s",
  async (fallback) => {
    await using fake = await FakeVllm.start("base");
    fake.priorityScheduling = true;
    fake.runtimeAdapters = true;
    await using sotto = await startService({
      models: { servers: [`desk=${fake.http.url}`], priorities: ["desk"], adapters: ["desk:poet=/loras/poet"] },
      voice: { model: "desk:poet" },
      coder: { model: "off" },
      routing: { fallback },
    });
    await using client = await RealtimeSocket.open(sotto.socketUrl, sotto.token);
    client.send({ type: "session.update", session: { type: "realtime", output_modalities: ["text"] } });
    // Its model calls the first function that it is offered when there is one and this is said.
    const content = [{ type: "input_text", text: "Is there a tool for what a swap is?" }];
    client.send({ type: "conversation.item.create", item: { type: "message", role: "user", content } });
    client.send({ type: "response.create" });
    await until(() => client.count("response.done") > 0, giveUpMs);
    const [turn] = fake.http.bodies.filter(({ path, body }) => path === "/v1/chat/completions" && body.max_tokens > 1);
    expect(turn?.body).toMatchObject({ model: "poet", priority: 0 });
    const [answer] = client.of("response.output_text.done");
    if (fallback === "on") {
      expect(turn?.body.tools[0].function.name).toBe("ask_director");
      expect(answer?.text).not.toMatch(/not available|One two three/);
    } else {
      expect(turn?.body.tools).toBeUndefined();
      expect(answer?.text).toBe(longText);
    }
  },
);
