import type { Footprint, Target } from "../memory/footprint.ts";
import { footprint } from "../memory/footprint.ts";
import { ollamaWantsFree } from "../memory/ollama-prediction.ts";
import type { LoadOptions, ModelFacts, ModelShape, ServerCapabilities, Share } from "../servers/model-server.ts";
import { movedTo, type Place, placesOf } from "./places.ts";
import type { Variant } from "./residency-state.ts";

/** A rung of a model's ladder, and how its server is asked for it. */
export interface Rung {
  readonly variant: Variant;
  readonly options: LoadOptions;
}

export interface RungsOptions {
  readonly facts: ModelFacts;
  readonly wanted: LoadOptions;
  readonly capabilities: ServerCapabilities;
  readonly target: Target;
  /** The only one of several GPUs that it may have. */
  readonly gpu?: string | undefined;
  /** What loading it like this took before, if it ever was, wherever it was then. */
  readonly measured: (options: LoadOptions) => readonly Share[] | undefined;
  readonly loadMs: number;
}

/** Conversations shorter than this are no conversations. */
const leastContextTokens = 1_024;
/** Ending a process, or a server's own unload. */
const unloadMs = 300;
/** Spread over several GPUs every token goes through all of them. Less than any other way to have less. */
const spreadPenaltyMs = 2_000;
/** A server that tells nothing of a model's shape: its file, a fifth more for the cache, and a process. */
const unknownOverheadBytes = 500_000_000;

/**
 * The ways to load a model, full first: a smaller context, quantised keys and values, a part of the layers on the CPU, all of them;
 * each on one GPU, or spread over all. The penalties are how long we think somebody would rather wait for the full one.
 */
export function rungsOf(options: RungsOptions): readonly Rung[] {
  const { target, capabilities, gpu } = options;
  const places = placesOf(target, { placement: capabilities.placement, gpu });
  const rungs = places.flatMap((place) => rungsAt(place, options));
  // On the CPU it is the same wherever else it could have been.
  const once = rungs.filter(
    ({ variant: { id } }, index) => rungs.findIndex(({ variant }) => variant.id === id) === index,
  );
  return once.toSorted((a, b) => a.variant.penaltyMs - b.variant.penaltyMs);
}

/** The ways to load it in one place. */
export function rungsAt(place: Place, options: Omit<RungsOptions, "target" | "gpu">): readonly Rung[] {
  const { wanted, capabilities } = options;
  const { target } = place;
  const half = (tokens: number): number => Math.max(leastContextTokens, Math.floor(tokens / 2));
  // Its context is what it was started with there: asking for less would change nothing.
  const isFixed = options.facts.contextTokens !== undefined;
  const smaller = isFixed ? wanted : { ...wanted, contextTokens: half(wanted.contextTokens) };
  const quantised = { ...smaller, kvType: "q8_0" as const };
  const least = capabilities.kvTypes.includes("q8_0") ? quantised : smaller;
  const layers = options.facts.shape?.layers ?? 0;
  const onGpu = target.gpus.length > 0 && wanted.gpuLayers !== 0;
  const parts = onGpu && capabilities.partialOffload && layers > 1 ? [3 / 4, 1 / 2, 1 / 4] : [];
  const ladder: readonly (readonly [id: string, label: string, penaltyMs: number, options: LoadOptions])[] = [
    ["full", "as configured", 0, wanted],
    ["context", `a context of ${smaller.contextTokens} tokens`, 5_000, smaller],
    ["kv-q8", `a context of ${least.contextTokens} tokens, 8-bit keys and values`, 8_000, least],
    ...parts.map(
      (part) =>
        [
          `gpu-${part * 100}`,
          `${Math.round(part * 100)} % of its layers on the GPU`,
          30_000 + (1 - part) * 20_000,
          { ...least, gpuLayers: Math.max(1, Math.round(part * layers)) },
        ] as const,
    ),
    ...(onGpu && capabilities.partialOffload
      ? [["cpu", "on the CPU", 60_000, { ...least, gpuLayers: 0 }] as const]
      : []),
  ];
  const seen = new Set<string>();
  return ladder.flatMap(([id, label, penaltyMs, rung]) => {
    const key = JSON.stringify(rung);
    if (seen.has(key)) return [];
    seen.add(key);
    return [placed({ id, label, penaltyMs, rung }, place, options)];
  });
}

interface Step {
  readonly id: string;
  readonly label: string;
  readonly penaltyMs: number;
  readonly rung: LoadOptions;
}

function placed(
  { id, label, penaltyMs, rung }: Step,
  { id: at, target, isSpread }: Place,
  { facts, capabilities, measured, loadMs }: Omit<RungsOptions, "target" | "gpu">,
): Rung {
  const before = measured(rung);
  const moved = before === undefined || at === "" ? before : movedTo(before, target);
  const known = { shares: moved ?? sharesOf(facts, rung, target), measured: moved !== undefined, loadMs, unloadMs };
  if (at === "" || rung.gpuLayers === 0) return { variant: { id, label, penaltyMs, ...known }, options: rung };
  const isAsked = capabilities.placement === "asked";
  return {
    variant: {
      id: `${id}@${at}`,
      label: isSpread ? spread(id, label, target) : `${label} on ${at}`,
      penaltyMs: penaltyMs + (isSpread ? spreadPenaltyMs : 0),
      ...known,
      ...(isAsked || isSpread || facts.shape === undefined
        ? {}
        : { leastFree: [askedFor(facts, facts.shape, rung, at)] }),
    },
    options: isAsked ? { ...rung, gpus: target.gpus.map(({ pool }) => pool) } : rung,
  };
}

function spread(id: string, label: string, { gpus }: Target): string {
  return `${id === "full" ? "its layers" : `${label},`} spread over ${gpus.length} GPUs`;
}

function askedFor({ fileBytes }: ModelFacts, shape: ModelShape, options: LoadOptions, pool: string): Share {
  return { pool, bytes: ollamaWantsFree(fileBytes, shape, options) };
}

function sharesOf({ shape, fileBytes }: ModelFacts, options: LoadOptions, target: Target): readonly Share[] {
  if (shape !== undefined) return onlyHeld(footprint(shape, options, target));
  const pool = options.gpuLayers === 0 ? target.hostPool : (target.gpus[0]?.pool ?? target.hostPool);
  return [{ pool, bytes: Math.round(fileBytes * 1.2) + unknownOverheadBytes }];
}

function onlyHeld({ shares }: Footprint): readonly Share[] {
  return shares.filter(({ bytes }) => bytes > 0);
}
