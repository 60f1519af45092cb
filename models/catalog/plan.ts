import type { LanguageRole } from "../roles.ts";
import { catalog } from "./catalog.ts";
import type { CatalogModel } from "./catalog-model.ts";
import { isTalkedTo, pullName } from "./chat-families.ts";
import type { PlanOption } from "./plan-options.ts";
import type { PlanPool } from "./plan-pools.ts";
import { bestLineup } from "./plan-search.ts";
import { swapMsOf } from "./plan-swap.ts";
import type { PlanWish } from "./plan-wish.ts";
import { notesOf, refusedWhy, roleWhy } from "./plan-words.ts";
import type { Lineup } from "./plan-worth.ts";

export interface RolePlan {
  /** Null when it is refused. */
  readonly model: string | null;
  /** In all pools together. */
  readonly bytes: number;
  readonly mode: "pinned" | "resident" | "swap" | "offload" | "refused";
  readonly why: string;
  readonly quantisation?: string;
  readonly contextTokens?: number;
  /** Conversations kept at once. */
  readonly sequences?: number;
  /** What `sotto models pull` is to be given. */
  readonly pull?: string;
  /**
   * `vllm`: one model for several people wants a server that computes for all of them in one batch; `ollama`: it must be talked to in a
   * way that our own does not know.
   */
  readonly server?: "embedded" | "vllm" | "ollama";
  readonly pools?: Readonly<Record<string, number>>;
}

export interface PoolPlan extends PlanPool {
  /** At most at the same time. */
  readonly plannedBytes: number;
  readonly freeBytes: number;
}

export interface Plan {
  readonly roles: Readonly<Partial<Record<LanguageRole, RolePlan>>>;
  readonly pools: readonly PoolPlan[];
  /** All models in memory at the same time; otherwise director and coder take turns. */
  readonly concurrent: boolean;
  /** From the storage to the first token, for the slower of the two; 0 without swaps. */
  readonly swapSeconds: number;
  /** The same when the file lies in the page cache. */
  readonly swapSecondsCached: number;
  readonly notes: readonly string[];
}

/**
 * Which model does which work in these memories, before anything is loaded: the voice first, then the best director and coder that
 * stay in memory together, else the best that take turns, else with a part on the CPU, else refused.
 */
export function planFor(pools: readonly PlanPool[], wish: PlanWish, models: readonly CatalogModel[] = catalog): Plan {
  const lineup = bestLineup(pools, wish, models);
  const heavies = [lineup.director, lineup.coder].filter((option) => option !== undefined);
  const shared = heavies.length === 2 && lineup.shared;
  const voiceShares = lineup.voice?.bytes ?? [];
  const planned = pools.map((_, index) => {
    const heavy = (shared ? heavies.slice(0, 1) : heavies).map((option) => option.bytes[index] ?? 0);
    return (voiceShares[index] ?? 0) + (lineup.together ? sum(heavy) : Math.max(0, ...heavy));
  });
  const swap = lineup.together ? { ms: 0, cachedMs: 0 } : swapMsOf(heavies, wish.storage);
  const words = { pools, wish, lineup, planned };
  const roles: Partial<Record<LanguageRole, RolePlan>> = {};
  for (const role of wish.roles) {
    const option = lineup[role];
    if (option === undefined) {
      roles[role] = { model: null, bytes: 0, mode: "refused", why: refusedWhy(role, words, models) };
      continue;
    }
    roles[role] = {
      model: option.model.id,
      bytes: sum(option.bytes),
      mode: modeOf(role, option, lineup),
      why: roleWhy(role, option, words),
      quantisation: option.file.quantisation,
      contextTokens: option.options.contextTokens,
      sequences: option.options.sequences,
      pull: pullName(option.model),
      server: serverOf(role, option, wish),
      pools: Object.fromEntries(
        pools.flatMap(({ id }, index) => ((option.bytes[index] ?? 0) > 0 ? [[id, option.bytes[index] ?? 0]] : [])),
      ),
    };
  }
  return {
    roles,
    pools: pools.map((pool, index) => {
      const plannedBytes = planned[index] ?? 0;
      return { ...pool, plannedBytes, freeBytes: pool.capacityBytes - pool.reserveBytes - plannedBytes };
    }),
    concurrent: lineup.together,
    swapSeconds: seconds(swap.ms),
    swapSecondsCached: seconds(swap.cachedMs),
    notes: notesOf(words),
  };
}

function modeOf(role: LanguageRole, option: PlanOption, lineup: Lineup): RolePlan["mode"] {
  if (role === "voice") return "pinned";
  if (option.place === "part") return "offload";
  return lineup.together ? "resident" : "swap";
}

function serverOf(
  role: LanguageRole,
  { model, place }: PlanOption,
  { users }: PlanWish,
): NonNullable<RolePlan["server"]> {
  if (role !== "voice" && users > 1 && place === "gpu") return "vllm";
  return isTalkedTo(model) ? "embedded" : "ollama";
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
