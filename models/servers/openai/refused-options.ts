import { ModelError } from "../../errors.ts";
import type { LoadOptions, ServerCapabilities } from "../model-server.ts";
import type { Resident } from "./keeper.ts";

/** @throws ModelError `unsupported` for what cannot be asked of this server. */
export function refuseOptions(capabilities: ServerCapabilities, options: LoadOptions, who: string): void {
  if (!capabilities.kvTypes.includes(options.kvType)) {
    const may = capabilities.kvTypes.join(" or ");
    throw new ModelError(
      "unsupported",
      `${who} cannot be asked for keys and values as ${options.kvType}, only as ${may}; set that where it is started`,
    );
  }
  if (!capabilities.partialOffload && typeof options.gpuLayers === "number" && options.gpuLayers > 0) {
    throw new ModelError(
      "unsupported",
      `${who} cannot be asked for ${options.gpuLayers} layers on the GPU; set that where it is started`,
    );
  }
}

/** @throws ModelError `unsupported` when it was started with less context than is needed. */
export function refuseContext(resident: Resident, options: LoadOptions, who: string): void {
  const { model, contextTokens } = resident;
  if (contextTokens === undefined || contextTokens >= options.contextTokens) return;
  throw new ModelError(
    "unsupported",
    `${who} has ${model} with ${contextTokens} tokens of context, and ${options.contextTokens} are needed; start it with more`,
  );
}
