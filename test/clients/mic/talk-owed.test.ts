import { expect, test } from "vitest";
import { talk } from "../../../clients/mic/talk.ts";
import { build } from "../../../pipeline/realtime/server-events.ts";
import { startScriptedServer } from "../../support/scripted-realtime-server.ts";
import { until } from "../../support/until.ts";

test("a larger model's answer that comes by itself is waited for, and heard", async () => {
  const bridge = "Give me about four seconds.";
  await using server = await startScriptedServer({
    answers: [
      { heard: "", sentences: [bridge] },
      { heard: "", sentences: ["Memory is short."] },
    ],
  });
  let stdout = "";
  const running = talk(
    { url: server.url, token: server.token, text: "ask the director about memory" },
    { stdout: { write: (text) => (stdout += text) }, stderr: { write: () => undefined }, stdin: null, env: {} },
  );
  const played = (): number => [...(server.talks[0]?.played.values() ?? [])].filter(({ playing }) => !playing).length;
  await until(() => server.talks[0]?.received.some(({ type }) => type === "response.create") === true);
  server.talks[0]?.tell(build.state("thinking", 1));
  await until(() => played() === 1);
  server.talks[0]?.tell(build.state("listening", 1));
  // Longer than anybody waits after an answer.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(server.talks[0]?.ended).toBe(false);
  server.talks[0]?.tell(build.state("thinking", 0));
  server.talks[0]?.speak();
  expect(await running).toBe(0);
  expect(stdout).toMatch(/sotto {2}Give me about four seconds\.[\s\S]*sotto {2}Memory is short\./);
});
