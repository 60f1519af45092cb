import { systemClock } from "../../../../models/clock.ts";
import type { ReplyPart, ReplyRequest, Writer } from "../../../../models/roles.ts";
import type { LoadOptions, LoadRequest, LossCause } from "../../../../models/servers/model-server.ts";
import { OllamaServer, type OllamaServerOptions } from "../../../../models/servers/ollama/ollama-server.ts";
import { FakeOllama, type FakeOllamaOptions } from "../../../support/fake-ollama.ts";
import type { FakeModel } from "../../../support/fake-ollama-models.ts";

export const never: AbortSignal = new AbortController().signal;

export const voice: FakeModel = { name: "voice:1b", weights: "voice", weightBytes: 1_000, tools: true, thinking: true };
export const director: FakeModel = { name: "director:8b", weights: "director", weightBytes: 8_000, kvBytesPerToken: 1 };

export const options: LoadOptions = {
  contextTokens: 1_024,
  sequences: 1,
  kvType: "f16",
  batchTokens: 512,
  gpuLayers: "all",
};

export function ask(text: string, more: Partial<ReplyRequest> = {}): ReplyRequest {
  const messages = [{ from: "user" as const, text }];
  return { conversation: "one", messages, tools: [], toolChoice: "auto", maxTokens: 100, ...more };
}

export const tool = { name: "set_timer", description: "Sets a timer", parameters: { type: "object" } };

/** A fake Ollama and our server for it; waits are short, because time here is real. */
export async function ollamaWorld(
  fakeOptions: Partial<FakeOllamaOptions> = {},
  serverOptions: Partial<OllamaServerOptions> = {},
): Promise<{ readonly fake: FakeOllama; readonly server: OllamaServer; readonly close: () => Promise<void> }> {
  const fake = new FakeOllama({ version: "0.32.15", models: [voice, director], vramBytes: 100_000, ...fakeOptions });
  await fake.start();
  const server = new OllamaServer({
    name: "ollama",
    address: fake.address,
    clock: systemClock,
    backOffMs: [1, 2, 4],
    watchMs: 5,
    pollMs: 2,
    ...serverOptions,
  });
  const close = async (): Promise<void> => {
    await server[Symbol.asyncDispose]();
    await fake.stop();
  };
  return { fake, server, close };
}

export function loadOf(model: FakeModel, losses: LossCause[], more: Partial<LoadRequest> = {}): LoadRequest {
  const onLoss = (cause: LossCause): void => void losses.push(cause);
  return { model: model.name, options, pinned: false, onProgress: () => undefined, onLoss, ...more };
}

/** What was said until the answer ended, and how it failed. */
export async function heard(writer: Writer, request: ReplyRequest): Promise<{ parts: ReplyPart[]; failure: unknown }> {
  const parts: ReplyPart[] = [];
  try {
    for await (const part of writer.reply(request, never)) parts.push(part);
  } catch (failure) {
    return { parts, failure };
  }
  return { parts, failure: undefined };
}

/** How many calls of one kind came. */
export const count = (fake: FakeOllama, path: string): number => fake.bodies(path).length;
