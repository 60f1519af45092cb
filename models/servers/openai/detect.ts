import { z } from "zod";
import type { Clock } from "../../clock.ts";
import { type Answer, createHttp, type Http } from "./http.ts";
import { llamaSwapRunning } from "./llama-swap.ts";
import { isUnexpected, lmStudioModels, lmStudioModelsV0 } from "./lm-studio.ts";
import { childOf } from "./within.ts";

/** Who answers at an address. */
export type OpenAiKind =
  | { readonly kind: "llama-server"; readonly version: string | undefined }
  | { readonly kind: "llama-router"; readonly version: string | undefined }
  /** `loads`: 0.4.0 or later, so it can be told to load. */
  | { readonly kind: "lm-studio"; readonly version: undefined; readonly loads: boolean }
  | { readonly kind: "llama-swap"; readonly version: string | undefined; readonly unloads: boolean }
  | { readonly kind: "vllm"; readonly version: string | undefined; readonly sleeps: boolean }
  /** Has a protocol and a server of its own. */
  | { readonly kind: "ollama"; readonly version: string | undefined }
  /** Speaks OpenAI's protocol, and is nobody we know. */
  | { readonly kind: "other"; readonly version: undefined }
  /** `wantsKey`: somebody is there, and tells it only to those who know its API key. */
  | { readonly kind: "nobody"; readonly why: string; readonly wantsKey: boolean };

const paths = [
  "/v1/models",
  "/props",
  "/api/v1/models",
  "/api/v0/models",
  "/running",
  "/api/version",
  "/version",
  "/is_sleeping",
] as const;
type Seen = Readonly<Record<(typeof paths)[number], Answer | undefined>>;

/** Asks every question that tells one kind from another; none of them makes a server load or unload anything. */
export async function detectOpenAi(
  { url, apiKey, clock }: { readonly url: string; readonly apiKey?: string | undefined; readonly clock: Clock },
  signal: AbortSignal,
): Promise<OpenAiKind> {
  return await detectBy(createHttp({ url: trimmedUrl(url), who: url, apiKey, clock }), signal);
}

export async function detectBy(http: Http, signal: AbortSignal): Promise<OpenAiKind> {
  // One listener for all questions: Node warns of a leak when a signal has many.
  using scope = childOf(signal);
  const answers = await Promise.allSettled(paths.map((path) => http.get(path, scope.signal)));
  signal.throwIfAborted();
  const failure = answers.find((answer) => answer.status === "rejected");
  if (failure !== undefined && answers.every(({ status }) => status === "rejected")) {
    const why = failure.reason instanceof Error ? failure.reason.message : String(failure.reason);
    return { kind: "nobody", why, wantsKey: false };
  }
  const at = (path: (typeof paths)[number]): Answer | undefined => {
    const answer = answers[paths.indexOf(path)];
    return answer?.status === "fulfilled" && !isUnexpected(answer.value.body) ? answer.value : undefined;
  };
  return kindOf({
    "/v1/models": at("/v1/models"),
    "/props": at("/props"),
    "/api/v1/models": at("/api/v1/models"),
    "/api/v0/models": at("/api/v0/models"),
    "/running": at("/running"),
    "/api/version": at("/api/version"),
    "/version": at("/version"),
    "/is_sleeping": at("/is_sleeping"),
  });
}

const owned = z.object({ data: z.array(z.object({ owned_by: z.string().nullish() })) });
const props = z.object({
  role: z.string().optional(),
  build_info: z.string().optional(),
  default_generation_settings: z.unknown(),
});
const versioned = z.object({ version: z.string() });
const sleeping = z.object({ is_sleeping: z.boolean() });

function kindOf(seen: Seen): OpenAiKind {
  const says = (path: keyof Seen, schema: z.ZodType): boolean => {
    const answer = seen[path];
    return answer?.status === 200 && schema.safeParse(answer.body).success;
  };
  const version = (path: keyof Seen): string | undefined => versioned.safeParse(seen[path]?.body).data?.version;
  // llama-server lists its models for everybody, and tells of itself only to those who know its key.
  if ((["/v1/models", "/props"] as const).some((path) => seen[path]?.status === 401)) {
    return { kind: "nobody", why: "it wants an API key", wantsKey: true };
  }
  const llama = props.safeParse(seen["/props"]?.body).data;
  if (llama !== undefined && seen["/props"]?.status === 200) {
    return { kind: llama.role === "router" ? "llama-router" : "llama-server", version: llama.build_info };
  }
  // While it loads it says 503 to everything, and its name.
  if (seen["/props"]?.status === 503 && seen["/props"].server === "llama.cpp") {
    return { kind: "llama-server", version: undefined };
  }
  if (says("/api/v1/models", lmStudioModels)) return { kind: "lm-studio", version: undefined, loads: true };
  if (says("/api/v0/models", lmStudioModelsV0)) return { kind: "lm-studio", version: undefined, loads: false };
  if (says("/running", llamaSwapRunning)) {
    // The route that unloads one model came before the one that tells the version.
    return { kind: "llama-swap", version: version("/api/version"), unloads: says("/api/version", versioned) };
  }
  const owners = owned.safeParse(seen["/v1/models"]?.body).data?.data.map(({ owned_by }) => owned_by) ?? [];
  if (owners.includes("vllm")) {
    return { kind: "vllm", version: version("/version"), sleeps: says("/is_sleeping", sleeping) };
  }
  if (says("/api/version", versioned)) return { kind: "ollama", version: version("/api/version") };
  if (seen["/v1/models"]?.status === 200) return { kind: "other", version: undefined };
  const status = seen["/v1/models"]?.status;
  return { kind: "nobody", why: `it answers /v1/models with HTTP ${status ?? "nothing"}`, wantsKey: false };
}

/** People give the address with `/v1`, as other programs want it. */
export function trimmedUrl(url: string): string {
  return url.replace(/\/+$/, "").replace(/\/v1$/, "");
}
