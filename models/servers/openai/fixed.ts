import { z } from "zod";
import { ModelError } from "../../errors.ts";
import type { LoadRequest, ModelFacts, ServerCapabilities } from "../model-server.ts";
import { type Http, read } from "./http.ts";
import { type ChatRoute, chatPath, type Keeper, type Resident } from "./keeper.ts";

/** Of a server that has its models from its start to its end. */
export const fixedCapabilities: ServerCapabilities = {
  load: "fixed",
  unload: "none",
  pause: "none",
  reportsBytes: false,
  evictsByItself: false,
  kvTypes: ["f16"],
  partialOffload: false,
  adapters: false,
};

const listed = z.object({ data: z.array(z.object({ id: z.string() })) });

/** A server that we know nothing of but its protocol: what it lists is taken to be loaded. */
export function plainKeeper(http: Http): Keeper {
  const installed = async (signal: AbortSignal): Promise<readonly string[]> =>
    read(http, "list its models", await http.get("/v1/models", signal), listed).data.map(({ id }) => id);
  const residents = async (signal: AbortSignal): Promise<readonly Resident[]> =>
    (await installed(signal)).map((model) => ({
      model,
      id: model,
      state: "ready",
      mark: model,
      blob: undefined,
      contextTokens: undefined,
    }));
  return {
    capabilities: fixedCapabilities,
    installed,
    residents,
    facts: async (model, signal): Promise<ModelFacts> => {
      if (!(await installed(signal)).includes(model)) throw notServed(http, model);
      return { model, blob: `${http.who} ${model}`, fileBytes: 0, path: undefined, shape: undefined };
    },
    load: async ({ model }: LoadRequest, signal) => {
      const resident = (await residents(signal)).find((other) => other.model === model);
      if (resident === undefined) throw notServed(http, model);
      return resident;
    },
    release: () => Promise.resolve(),
    chat: ({ id }): ChatRoute => ({ model: id, path: chatPath, extra: {} }),
  };
}

export function notServed({ who }: Http, model: string): ModelError {
  return new ModelError("not-installed", `${who} does not serve ${model}; start it with that model`);
}
