import { copyFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../../models/clock.ts";
import { ChatWriter } from "../../../models/servers/chat-writer.ts";
import { EmbeddedModels } from "../../../models/servers/embedded-models.ts";
import { childProcesses } from "../../support/child-processes.ts";
import { type RandomGguf, writeRandomGguf } from "../../support/random-gguf.ts";
import { until } from "../../support/until.ts";

const never = new AbortController().signal;
const options = { contextTokens: 512, sequences: 1, kvType: "f16", batchTokens: 128, gpuLayers: 0 } as const;
let file: RandomGguf;
beforeAll(async () => {
  file = await writeRandomGguf();
});
afterAll(() => file[Symbol.asyncDispose]());

const names = new Map<string, string>();
function open(keepsSpare: boolean, more: Readonly<Record<string, string>> = {}): EmbeddedModels {
  const files = new Map([...["a", "b"].map((name) => [name, file.path] as const), ...Object.entries(more)]);
  return new EmbeddedModels({
    files: async () => files,
    writerFor: (model, completion, { name }) => {
      names.set(model, name);
      return new ChatWriter({ completion, contextTokens: 512 });
    },
    gpus: [],
    keepsSpare,
    clock: systemClock,
    log: () => undefined,
  });
}
const load = (server: EmbeddedModels, model: string) =>
  server.load({ model, options, pinned: false, onProgress: () => undefined, onLoss: () => undefined }, never);
const waiting = () =>
  childProcesses().filter(({ command }) => command.includes("language-host") && command.includes("--spare"));
const spares = (): number[] => waiting().map(({ pid }) => pid);

test("a process that waits is taken for the next model, works like any other, and is replaced", async () => {
  const server = open(true);
  const first = await load(server, "a");
  await until(() => spares().length === 1);
  const [spare] = spares();
  await first.unload(never);
  const second = await load(server, "b");
  expect(server.pid("b")).toBe(spare);
  const request = { conversation: "c", messages: [{ from: "user", text: "why" }], tools: [] } as const;
  let parts = 0;
  for await (const _ of second.writer.reply({ ...request, toolChoice: "none", maxTokens: 4 }, never)) parts += 1;
  expect(parts).toBeGreaterThan(0);
  await until(() => spares().some((pid) => pid !== spare));
  await server[Symbol.asyncDispose]();
  await until(() => spares().length === 0);
});

test("one that was killed is not missed", async () => {
  const server = open(true);
  const first = await load(server, "a");
  await until(() => spares().length === 1);
  for (const pid of spares()) process.kill(pid, "SIGKILL");
  await until(() => spares().length === 0);
  await first.unload(never);
  expect((await load(server, "b")).model).toBe("b");
  await server[Symbol.asyncDispose]();
});

test("who left last is expected back, and comes as its file is by then; another model comes as well", async () => {
  await using first = await writeRandomGguf({ architecture: "qwen3" });
  await using other = await writeRandomGguf({ architecture: "gemma3" });
  const server = open(true, { first: first.path, other: other.path });
  const expecting = async (path: string): Promise<number | undefined> => {
    const found = () => waiting().find(({ command }) => command.includes(path))?.pid;
    await until(() => found() !== undefined);
    return found();
  };
  await (await load(server, "first")).unload(never);
  const between = await load(server, "a");
  const waitsForFirst = await expecting(first.path);
  await copyFile(other.path, first.path);
  await between.unload(never);
  const back = await load(server, "first");
  expect(server.pid("first")).toBe(waitsForFirst);
  expect(names.get("first")).toBe("random gemma3");
  const waitsForBetween = await expecting(file.path);
  await back.unload(never);
  await load(server, "other");
  expect(server.pid("other")).toBe(waitsForBetween);
  expect(names.get("other")).toBe("random gemma3");
  await server[Symbol.asyncDispose]();
});
