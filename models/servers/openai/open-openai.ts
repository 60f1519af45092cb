import type { Clock } from "../../clock.ts";
import { ModelError } from "../../errors.ts";
import { apiKeyVariable } from "../api-key.ts";
import type { ModelServer } from "../model-server.ts";
import { detectBy, type OpenAiKind, trimmedUrl } from "./detect.ts";
import { plainKeeper } from "./fixed.ts";
import { createHttp, type Http } from "./http.ts";
import type { Keeper } from "./keeper.ts";
import { llamaRouterKeeper } from "./llama-router.ts";
import { llamaServerKeeper } from "./llama-server.ts";
import { llamaSwapKeeper } from "./llama-swap.ts";
import { lmStudioKeeper, oldLmStudioKeeper } from "./lm-studio.ts";
import { OpenAiServer, type OpenAiServerOptions } from "./openai-server.ts";
import { type VllmSettings, vllmKeeper } from "./vllm.ts";

export interface OpenAiSettings
  extends Pick<
    OpenAiServerOptions,
    "name" | "watchMs" | "silenceMs" | "patienceMs" | "releaseMs" | "temperature" | "extraBody" | "onUsage"
  > {
  /** With or without `/v1` at its end. */
  readonly url: string;
  readonly apiKey?: string | undefined;
  readonly clock: Clock;
  readonly vllm?: VllmSettings;
}

/**
 * The server that answers at an address, whichever of those we know it is.
 * @throws ModelError `server-down` when nobody answers, `unsupported` when it is Ollama.
 */
export async function openOpenAi(settings: OpenAiSettings, signal: AbortSignal): Promise<ModelServer> {
  signal.throwIfAborted();
  const url = trimmedUrl(settings.url);
  const { clock, apiKey } = settings;
  const found = await detectBy(createHttp({ url, who: `${settings.name} at ${url}`, clock, apiKey }), signal);
  const http = createHttp({ url, who: `${titles[found.kind]} at ${url}`, clock, apiKey });
  const { watchMs, silenceMs, patienceMs, releaseMs, temperature, extraBody, onUsage } = settings;
  return new OpenAiServer({
    name: settings.name,
    http,
    keeper: keeperOf(found, http, url, settings),
    ...(watchMs === undefined ? {} : { watchMs }),
    ...(silenceMs === undefined ? {} : { silenceMs }),
    ...(patienceMs === undefined ? {} : { patienceMs }),
    ...(releaseMs === undefined ? {} : { releaseMs }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(extraBody === undefined ? {} : { extraBody }),
    ...(onUsage === undefined ? {} : { onUsage }),
  });
}

const titles: Readonly<Record<OpenAiKind["kind"], string>> = {
  "llama-server": "llama-server",
  "llama-router": "llama-server's router",
  "lm-studio": "LM Studio",
  "llama-swap": "llama-swap",
  vllm: "vLLM",
  ollama: "Ollama",
  other: "The server",
  nobody: "The server",
};

function keeperOf(found: OpenAiKind, http: Http, url: string, { name, vllm }: OpenAiSettings): Keeper {
  switch (found.kind) {
    case "llama-server":
      return llamaServerKeeper(http, url);
    case "llama-router":
      return llamaRouterKeeper(http, url);
    case "lm-studio":
      return found.loads ? lmStudioKeeper(http) : oldLmStudioKeeper(http);
    case "llama-swap":
      return llamaSwapKeeper(http, url, found.unloads);
    case "vllm":
      return vllmKeeper(http, { sleepLevel: 1, priorities: false, adapters: {}, ...vllm, sleeps: found.sleeps });
    case "ollama":
      throw new ModelError(
        "unsupported",
        `Ollama answers at ${url}; name it as an Ollama server, so that its memory can be managed`,
      );
    case "other":
      return plainKeeper(http);
    case "nobody":
      throw new ModelError(
        "server-down",
        found.wantsKey
          ? `${name} at ${url} wants an API key; set ${apiKeyVariable(name)} to it`
          : `No server of models for ${name} at ${url}: ${found.why}; start it, or correct its address`,
      );
  }
}
