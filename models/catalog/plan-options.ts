import { type Place, placesOf } from "../residency/places.ts";
import { rungsAt } from "../residency/rungs.ts";
import { settledOptions } from "../residency/settled-options.ts";
import type { LanguageRole } from "../roles.ts";
import type { LoadOptions, ServerCapabilities } from "../servers/model-server.ts";
import { catalogFacts } from "./catalog-facts.ts";
import type { CatalogFile, CatalogModel } from "./catalog-model.ts";
import type { PlanPool } from "./plan-pools.ts";
import type { PlanWish } from "./plan-wish.ts";

/** One way to run one model. */
export interface PlanOption {
  readonly model: CatalogModel;
  readonly file: CatalogFile;
  readonly options: LoadOptions;
  /** Whole on a GPU; a part or all of it on the CPU beside a GPU; on a machine without one. */
  readonly place: "gpu" | "part" | "cpu";
  /** "as configured", "a context of 4096 tokens", "50 % of its layers on the GPU". */
  readonly label: string;
  /** How much worse than as it should be: `Variant.penaltyMs`. */
  readonly penaltyMs: number;
  /** In each pool, in their order. */
  readonly bytes: readonly number[];
}

/** A process of ours; servers do what it does, or more. */
const capabilities: ServerCapabilities = {
  load: "explicit",
  unload: "explicit",
  pause: "process",
  reportsBytes: true,
  evictsByItself: false,
  kvTypes: ["f16", "q8_0"],
  partialOffload: true,
  placement: "asked",
  adapters: false,
};

/** Larger models are too slow to talk to there, however much memory there is; of experts, those that compute count. */
const mostActiveB = {
  voice: { gpu: 4.5, part: 0, cpu: 0.6 },
  director: { gpu: Number.POSITIVE_INFINITY, part: 8.5, cpu: 4.5 },
  coder: { gpu: Number.POSITIVE_INFINITY, part: 8.5, cpu: 8.5 },
} as const;
/** With many short tasks the voice answers most of them, so it may be larger, and the other only good enough. */
const mostForThroughputB = { voice: 8.5, director: 15, coder: 15 } as const;
const throughputSequences = 4;
const cpuContextTokens = 4_096;

/** Ways to fill a role in these pools, each worth more or smaller than every other one. */
export function planOptions(
  role: LanguageRole,
  pools: readonly PlanPool[],
  wish: PlanWish,
  models: readonly CatalogModel[],
): readonly PlanOption[] {
  const options: PlanOption[] = [];
  for (const model of models.filter(({ roles }) => roles.includes(role))) {
    for (const file of model.files) {
      for (const at of placesFor(role, pools)) options.push(...optionsAt(role, { model, file, at }, pools, wish));
    }
  }
  return undominated(options);
}

function optionsAt(
  role: LanguageRole,
  { model, file, at }: { readonly model: CatalogModel; readonly file: CatalogFile; readonly at: Place },
  pools: readonly PlanPool[],
  wish: PlanWish,
): readonly PlanOption[] {
  const facts = catalogFacts(model, file);
  const { target } = at;
  const isCpu = target.gpus.length === 0;
  const limit = isCpu ? { contextTokens: cpuContextTokens } : {};
  const settled = settledOptions(facts, { role, ...limit }, target, capabilities);
  const atOnce = Math.max(wish.users, wish.prefer === "throughput" && !isCpu ? throughputSequences : 1);
  const wanted = { ...settled, sequences: Math.max(settled.sequences, atOnce) };
  const rungs = rungsAt(at, { facts, wanted, capabilities, measured: () => undefined, loadMs: 0 });
  return rungs.flatMap(({ variant: { label, penaltyMs, shares }, options }) => {
    const place = isCpu ? "cpu" : options.gpuLayers === "all" ? "gpu" : "part";
    // Where GPU and system share one memory, nothing is won by computing on the CPU.
    if (place === "part" && target.gpus.some(({ kind }) => kind === "metal")) return [];
    // The voice is whole in one place, with its cache in full.
    if (role === "voice" && (options.kvType !== "f16" || place === "part")) return [];
    const isFastVoice = wish.prefer === "throughput" && role === "voice" && place === "gpu";
    if (!isFastVoice && (model.activeB ?? model.parametersB) > mostActiveB[role][place]) return [];
    if (wish.prefer === "throughput" && model.parametersB > mostForThroughputB[role]) return [];
    if (place === "part" && model.parametersB > mostActiveB[role].part) return [];
    const bytes = pools.map(({ id }) => shares.find(({ pool }) => pool === id)?.bytes ?? 0);
    return [{ model, file, options, place, label, penaltyMs, bytes }];
  });
}

/** Each GPU alone, and all of them together; without any, the CPU. A small voice may be there anyway. */
function placesFor(role: LanguageRole, pools: readonly PlanPool[]): readonly Place[] {
  const host = pools.find(({ kind }) => kind !== "vram");
  const hostPool = host?.id ?? "ram";
  const runner = "embedded";
  const onCpu: Place = { id: "", target: { hostPool, gpus: [], runner }, isSpread: false };
  if (host?.kind === "unified") {
    return [{ ...onCpu, target: { hostPool, gpus: [{ pool: hostPool, part: 1, kind: "metal" }], runner } }];
  }
  const cards = pools.filter(({ kind }) => kind === "vram");
  if (cards.length === 0) return [onCpu];
  const all = cards.reduce((sum, { capacityBytes }) => sum + capacityBytes, 0);
  const gpus = cards.map(({ id, capacityBytes }) => ({
    pool: id,
    part: capacityBytes / all,
    kind: "discrete" as const,
  }));
  const onGpus = placesOf({ hostPool, gpus, runner }, { placement: capabilities.placement });
  return role === "voice" ? [...onGpus, onCpu] : onGpus;
}

/** Without those that another one beats in every respect; which these are does not depend on how large the pools are. */
function undominated(options: readonly PlanOption[]): readonly PlanOption[] {
  return options.filter((option, index) => !options.some((other, at) => beats(other, option, at < index)));
}

function beats(other: PlanOption, option: PlanOption, isFirst: boolean): boolean {
  if (other === option || other.place !== option.place) return false;
  if (other.model.worth < option.model.worth || other.penaltyMs > option.penaltyMs) return false;
  if (!other.bytes.every((bytes, index) => bytes <= (option.bytes[index] ?? 0))) return false;
  const even =
    other.model.worth === option.model.worth &&
    other.penaltyMs === option.penaltyMs &&
    other.bytes.every((bytes, index) => bytes === option.bytes[index]);
  return !even || isFirst;
}
