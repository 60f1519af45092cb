import { createHash } from "node:crypto";

/** A model that a fake Ollama has installed. */
export interface FakeModel {
  readonly name: string;
  /** What its weights are: two names with the same word share a blob. */
  readonly weights: string;
  readonly weightBytes: number;
  readonly layers?: number;
  readonly kvBytesPerToken?: number;
  readonly trainedContextTokens?: number;
  readonly tools?: boolean;
  readonly thinking?: boolean;
}

export type FakeOptions = Readonly<Record<string, unknown>>;

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
export const blobOf = (model: FakeModel): string => `sha256:${sha256(model.weights)}`;
export const digestOf = (model: FakeModel): string => sha256(`manifest of ${model.name}`);

const runnerOptions = ["num_ctx", "num_batch", "num_gpu", "main_gpu", "use_mmap", "num_thread", "draft_num_predict"];
const defaults: FakeOptions = { num_ctx: 4_096, num_batch: 512, num_gpu: -1, num_thread: 0, draft_num_predict: 4 };

/** What of a call's options decides how a runner is started (`api.Runner`), Ollama's own defaults where nothing is said. */
export function runnerOptionsOf(model: FakeModel, options: FakeOptions): FakeOptions {
  const wanted = {
    ...defaults,
    ...Object.fromEntries(Object.entries(options).filter(([key]) => runnerOptions.includes(key))),
  };
  const trained = model.trainedContextTokens ?? Number.POSITIVE_INFINITY;
  return { ...wanted, num_ctx: Math.min(numberOf(wanted, "num_ctx"), trained) };
}

export function numberOf(options: FakeOptions, key: string): number {
  const value = options[key];
  return typeof value === "number" ? value : 0;
}

/** As `needsReload` of its source: any difference counts, but for a number of layers that is left to Ollama. */
export function differ(existing: FakeOptions, wanted: FakeOptions): boolean {
  const keys = numberOf(wanted, "num_gpu") < 0 ? runnerOptions.filter((key) => key !== "num_gpu") : runnerOptions;
  return keys.some((key) => existing[key] !== wanted[key]);
}

/** What it really takes. */
export function takenBytes(model: FakeModel, options: FakeOptions, parallel: number): number {
  return model.weightBytes + (model.kvBytesPerToken ?? 0) * numberOf(options, "num_ctx") * parallel;
}

/** Says what the last message of the user asks for; a number of words, unless it begins with "call". */
export function answerOf(body: Readonly<Record<string, unknown>>): readonly object[] {
  const messages: unknown[] = Array.isArray(body["messages"]) ? body["messages"] : [];
  const text = String(Object(messages.at(-1))["content"] ?? "");
  const tools: unknown[] = Array.isArray(body["tools"]) ? body["tools"] : [];
  const call = /^call (\w+) (\{.*\})$/.exec(text);
  if (body["format"] !== undefined) {
    const written = JSON.stringify({ name: call?.[1] ?? "nothing", arguments: JSON.parse(call?.[2] ?? "{}") });
    return (written.match(/.{1,4}/g) ?? []).map((content) => ({ role: "assistant", content }));
  }
  if (call !== null && tools.length > 0) {
    const made = { function: { name: call[1], arguments: JSON.parse(call[2] ?? "{}") } };
    return [{ role: "assistant", content: "", tool_calls: [made] }];
  }
  return Array.from({ length: 12 }, (_, index) => ({ role: "assistant", content: `${text} ${index}. ` }));
}
