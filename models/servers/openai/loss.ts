import type { LossCause } from "../model-server.ts";
import type { Resident } from "./keeper.ts";

/** What a look at the server showed. */
export type Sight =
  | { readonly type: "list"; readonly residents: readonly Resident[] }
  /** Nobody listens at its address. */
  | { readonly type: "refused" }
  /** It took too long, or answered with an error. */
  | { readonly type: "silent" };

/** A server under load may miss one look; one that misses three in a row is not there. */
export const silentLooks = 3;

/**
 * Whether a model that was loaded is lost.
 * @param silentBefore looks in a row that showed nothing, before this one
 */
export function lossOf(expected: Resident, sight: Sight, silentBefore: number): LossCause | undefined {
  if (sight.type === "refused") return "server-down";
  if (sight.type === "silent") return silentBefore + 1 >= silentLooks ? "server-down" : undefined;
  const now = sight.residents.find((resident) => resident.model === expected.model && resident.id === expected.id);
  if (now === undefined || now.state === "asleep") return "evicted";
  return now.mark === expected.mark && now.state === "ready" ? undefined : "reloaded";
}
