import { expect, test } from "vitest";
import { systemClock } from "../../../../models/clock.ts";
import { detectOpenAi, type OpenAiKind } from "../../../../models/servers/openai/detect.ts";
import { FakeLlamaRouter, FakeLlamaServer } from "../../../support/fake-llama-server.ts";
import { FakeLlamaSwap } from "../../../support/fake-llama-swap.ts";
import { FakeLmStudio } from "../../../support/fake-lm-studio.ts";
import { FakeChat, FakeHttp } from "../../../support/fake-openai-chat.ts";
import { FakeVllm } from "../../../support/fake-vllm.ts";
import { all, contextTokens, load, longAnswer, never, open } from "./spec.ts";

const detect = (url: string): Promise<OpenAiKind> => detectOpenAi({ url, clock: systemClock }, never);

test("llama-server, also while it loads, and its router", async () => {
  await using single = await FakeLlamaServer.start();
  expect(await detect(`${single.http.url}/v1/`)).toEqual({ kind: "llama-server", version: "b7000-fake" });
  single.loading = true;
  expect(await detect(single.http.url)).toEqual({ kind: "llama-server", version: undefined });
  await using router = await FakeLlamaRouter.start(["a.gguf"]);
  expect(await detect(router.http.url)).toEqual({ kind: "llama-router", version: "b7000-fake" });
});

test("LM Studio, new and old", async () => {
  await using now = await FakeLmStudio.start(["a"]);
  expect(await detect(now.http.url)).toEqual({ kind: "lm-studio", version: undefined, loads: true });
  await using old = await FakeLmStudio.start(["a"], 0);
  expect(await detect(old.http.url)).toEqual({ kind: "lm-studio", version: undefined, loads: false });
});

test("llama-swap and vLLM", async () => {
  await using swap = await FakeLlamaSwap.start({ a: [] });
  expect(await detect(swap.http.url)).toEqual({ kind: "llama-swap", version: "250", unloads: true });
  await using vllm = await FakeVllm.start("base");
  expect(await detect(vllm.http.url)).toEqual({ kind: "vllm", version: "0.18.0", sleeps: true });
  vllm.devMode = false;
  expect(await detect(vllm.http.url)).toEqual({ kind: "vllm", version: "0.18.0", sleeps: false });
});

test("asking many at once does not look like a leak of listeners", async () => {
  const warned: string[] = [];
  const note = (warning: Error): void => void warned.push(warning.name);
  process.on("warning", note);
  await using router = await FakeLlamaRouter.start(["a.gguf"]);
  const { signal } = new AbortController();
  const asked = Array.from({ length: 5 }, () => detectOpenAi({ url: router.http.url, clock: systemClock }, signal));
  await Promise.all(asked);
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", note);
  expect(warned).toEqual([]);
});

test("asking makes nobody load, unload, wake or sleep", async () => {
  await using router = await FakeLlamaRouter.start(["a.gguf"]);
  await detect(router.http.url);
  expect(router.http.calls.every((call) => call.startsWith("GET "))).toBe(true);
  expect(router.heldBytes).toBe(0);
});

async function serving(routes: Readonly<Record<string, unknown>>): Promise<FakeHttp & AsyncDisposable> {
  const chat = new FakeChat();
  const http = new FakeHttp(async (call) => {
    const answer = routes[call.path];
    if (call.method === "POST") await chat.answer(call);
    else if (answer === undefined) call.json(404, { detail: "Not Found" });
    else call.json(200, answer);
  });
  await http.start();
  return Object.assign(http, { [Symbol.asyncDispose]: () => http.stop() });
}

test("Ollama is told apart, and not taken for one of these", async () => {
  await using ollama = await serving({ "/api/version": { version: "0.32.0" }, "/v1/models": { data: [] } });
  expect(await detect(ollama.url)).toEqual({ kind: "ollama", version: "0.32.0" });
  await expect(open(ollama.url)).rejects.toMatchObject({ code: "unsupported" });
});

test("a server that nobody knows is used as it is", async () => {
  await using other = await serving({ "/v1/models": { data: [{ id: "m", owned_by: "me" }] } });
  expect(await detect(other.url)).toEqual({ kind: "other", version: undefined });
  await using server = await open(other.url);
  expect(server.capabilities.load).toBe("fixed");
  const { writer } = await load(server, { model: "m", contextTokens });
  expect(await all(writer.reply(longAnswer, never))).not.toEqual([]);
  await expect(load(server, { model: "n" })).rejects.toMatchObject({ code: "not-installed" });
});

test("nobody there, and something else there", async () => {
  const http = await serving({});
  expect(await detect(http.url)).toMatchObject({ kind: "nobody", why: expect.stringMatching(/404/) });
  await http.stop();
  expect(await detect(http.url)).toMatchObject({ kind: "nobody", why: expect.stringMatching(/ECONNREFUSED/) });
  await expect(open(http.url)).rejects.toMatchObject({ code: "server-down" });
});
