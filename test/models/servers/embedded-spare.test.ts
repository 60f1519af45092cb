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

function open(keepsSpare: boolean): EmbeddedModels {
  const files = new Map(["a", "b"].map((name) => [name, file.path]));
  return new EmbeddedModels({
    files: async () => files,
    writerFor: (_model, completion) => new ChatWriter({ completion, contextTokens: 512 }),
    gpus: [],
    keepsSpare,
    clock: systemClock,
    log: () => undefined,
  });
}
const load = (server: EmbeddedModels, model: string) =>
  server.load({ model, options, pinned: false, onProgress: () => undefined, onLoss: () => undefined }, never);
const spares = (): number[] =>
  childProcesses()
    .filter(({ command }) => command.includes("language-host") && command.includes("--spare"))
    .map(({ pid }) => pid);

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
