import { expect, test } from "vitest";
import { systemClock } from "../../../models/clock.ts";
import type { ModelServer } from "../../../models/servers/model-server.ts";
import { serverAt } from "../../../models/servers/open-server.ts";
import { FakeLlamaServer } from "../../support/fake-llama-server.ts";
import { FakeHttp } from "../../support/fake-openai-chat.ts";
import { all, load, longAnswer, never, textOf } from "./openai/spec.ts";

function serverWith(url: string, environment: Readonly<Record<string, string>>, name = "my-desk"): ModelServer {
  const freeBytes = async (): Promise<undefined> => undefined;
  const onLate = async (): Promise<void> => undefined;
  return serverAt({ name, url }, { gpuPools: [], freeBytes, environment, onLate, clock: systemClock });
}

test("a server's API key is that of the variable with its name", async () => {
  await using fake = await FakeLlamaServer.start();
  fake.apiKey = "secret";
  await using server = serverWith(fake.http.url, { MY_DESK_API_KEY: "secret" });
  expect(await server.installed(never)).toEqual([fake.model]);
  const { writer } = await load(server, { model: fake.model });
  expect(textOf(await all(writer.reply(longAnswer, never)))).toBe(fake.chat.text);
});

test.each([{}, { MY_DESK_API_KEY: "wrong" }, { OTHER_API_KEY: "secret" }])(
  "without it, %j, it says which to set",
  async (environment) => {
    await using fake = await FakeLlamaServer.start();
    fake.apiKey = "secret";
    await using server = serverWith(fake.http.url, environment);
    await expect(server.installed(never)).rejects.toMatchObject({
      code: "server-down",
      message: `my-desk at ${fake.http.url} wants an API key; set MY_DESK_API_KEY to it`,
    });
  },
);

test("an Ollama behind a proxy that wants one is given it, too", async () => {
  const http = new FakeHttp(({ path, headers, json }) => {
    if (headers.authorization !== "Bearer secret") return json(401, "who are you");
    if (path === "/api/version") return json(200, { version: "0.32.15" });
    if (path === "/api/tags") return json(200, { models: [{ name: "qwen3:4b", size: 1, digest: "d" }] });
    return json(404, {});
  });
  await http.start();
  await using server = serverWith(http.url, { OLLAMA_API_KEY: "secret" }, "ollama");
  expect(await server.installed(never)).toEqual(["qwen3:4b"]);
  await http.stop();
});
