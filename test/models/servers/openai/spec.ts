import { systemClock } from "../../../../models/clock.ts";
import type { ReplyPart, ReplyRequest, ToolSpec } from "../../../../models/roles.ts";
import type {
  LoadedModel,
  LossCause,
  ModelServer,
  ServerCapabilities,
} from "../../../../models/servers/model-server.ts";
import { type OpenAiSettings, openOpenAi } from "../../../../models/servers/openai/open-openai.ts";
import type { FakeHttp } from "../../../support/fake-openai-chat.ts";

export const never = new AbortController().signal;

export const contextTokens = 4_096;

export const options = {
  contextTokens,
  sequences: 1,
  kvType: "f16",
  batchTokens: 512,
  gpuLayers: "all",
} as const;

export const weather: ToolSpec = {
  name: "weather",
  description: "The weather in a city",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};

export const asked = (words: string, more: Partial<ReplyRequest> = {}): ReplyRequest => ({
  conversation: "test",
  messages: [{ from: "user", text: words }],
  tools: [],
  toolChoice: "auto",
  maxTokens: 64,
  ...more,
});

export const longAnswer: ReplyRequest = asked("Count as far as you can.");
export const toolCall = {
  request: asked("Use the tool: how is the weather in Paris?", { tools: [weather] }),
  name: "weather",
  arguments: { city: "Paris" },
};

/** Looks often, so that tests need not wait. */
export function open(url: string, more: Partial<OpenAiSettings> = {}): Promise<ModelServer> {
  return openOpenAi({ name: "desk", url, clock: systemClock, watchMs: 20, patienceMs: 2_000, ...more }, never);
}

export const capable = (more: Partial<ServerCapabilities>): ServerCapabilities => ({
  load: "fixed",
  unload: "none",
  pause: "none",
  reportsBytes: false,
  evictsByItself: false,
  kvTypes: ["f16"],
  partialOffload: false,
  adapters: false,
  ...more,
});

/** Words and calls; what they cost is asked for by itself. */
export async function all(parts: AsyncIterable<ReplyPart>): Promise<readonly ReplyPart[]> {
  const heard: ReplyPart[] = [];
  for await (const part of parts) if (part.type !== "end") heard.push(part);
  return heard;
}

export const textOf = (parts: readonly ReplyPart[]): string =>
  parts.map((part) => (part.type === "text" ? part.text : "")).join("");

/** What was sent to be answered. */
export const chatsOf = (http: FakeHttp): readonly Record<string, unknown>[] =>
  http.bodies.filter(({ path }) => path === "/v1/chat/completions").map(({ body }) => body);

export interface Loading {
  readonly model: string;
  readonly pinned?: boolean;
  readonly losses?: LossCause[];
  readonly contextTokens?: number;
  readonly progress?: number[];
}

export function load(
  server: ModelServer,
  { model, pinned = false, losses = [], contextTokens: tokens = contextTokens, progress = [] }: Loading,
  signal = never,
): Promise<LoadedModel> {
  const request = { model, pinned, options: { ...options, contextTokens: tokens } };
  return server.load(
    { ...request, onProgress: (share) => progress.push(share), onLoss: (cause) => losses.push(cause) },
    signal,
  );
}
