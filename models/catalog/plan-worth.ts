import type { PlanOption } from "./plan-options.ts";
import type { PlanWish } from "./plan-wish.ts";

/** Who does what; undefined for a role that is not wanted or has to be refused. */
export interface Lineup {
  readonly voice: PlanOption | undefined;
  readonly director: PlanOption | undefined;
  readonly coder: PlanOption | undefined;
  /** All fit at the same time. */
  readonly together: boolean;
  /** Director and coder are one model. */
  readonly shared: boolean;
}

/** What a lineup is worth, the weightier numbers first. */
export type Worth = readonly number[];

/** What people call a 7B model. */
const goodB = 7;
const goodOnCpuB = 3;
/** Of what is above, a tenth counts: it is slower than it is better. */
const amplyB = 34;

/**
 * By what one plan is better than another, the weightier first: that there is a voice; that director and coder are there and good
 * (whole, and 7B or more; without a GPU 3B or more); the class of the voice; that nobody has to wait for a swap; how large director
 * and coder are, where twice the size counts less than twice; how large the voice is; how little was taken back. For several people
 * swaps come right after the voice: they would wait for each other.
 */
export function worthOf(lineup: Lineup, { roles, users }: PlanWish): Worth {
  const { voice, director, coder, together, shared } = lineup;
  const wanted = [...(roles.includes("director") ? [director] : []), ...(roles.includes("coder") ? [coder] : [])];
  const tiers = wanted.map(tierOf);
  const lowest = Math.min(9, ...tiers);
  const sizes = wanted.reduce((sum, option) => sum + Math.sqrt(sizeOf(option)), 0);
  // One person's director and coder are two models with two trades, unless there is room for small ones only.
  const alone = shared && users === 1 && lowest >= tier.good ? 0 : 1;
  // To be there together is not worth a cache of fewer bits.
  const calm = together && wanted.every((option) => option?.options.kvType !== "q8_0") ? 1 : 0;
  const taken = [voice, director, coder].reduce((sum, option) => sum + (option?.penaltyMs ?? 0), 0);
  return [
    voice === undefined ? 0 : 1,
    users > 1 ? calm : 0,
    alone,
    lowest,
    tiers.reduce((sum: number, each) => sum + each, 0),
    classOf(voice),
    calm,
    sizes,
    voice?.model.worth ?? 0,
    -taken,
  ];
}

export function better(a: Worth, b: Worth): boolean {
  const at = a.findIndex((value, index) => Math.abs(value - (b[index] ?? 0)) > 1e-9);
  return at >= 0 && (a[at] ?? 0) > (b[at] ?? 0);
}

const tier = { refused: 0, tiny: 1, part: 2, small: 3, good: 4 } as const;

function tierOf(option: PlanOption | undefined): number {
  if (option === undefined) return tier.refused;
  const { parametersB } = option.model;
  if (option.place === "part") return tier.part;
  if (parametersB >= (option.place === "cpu" ? goodOnCpuB : goodB)) return tier.good;
  return parametersB >= goodOnCpuB ? tier.small : tier.tiny;
}

/** The best for themselves first. */
export function mostWorth(options: readonly PlanOption[]): readonly PlanOption[] {
  return options.toSorted((a, b) => tierOf(b) - tierOf(a) || sizeOf(b) - sizeOf(a) || a.penaltyMs - b.penaltyMs);
}

/** With a part on the CPU, what is on the GPU counts for more than how large it is. */
function sizeOf(option: PlanOption | undefined): number {
  if (option === undefined) return 0;
  const { worth } = option.model;
  const felt = Math.min(worth, amplyB) + Math.max(0, worth - amplyB) / 10;
  return option.place === "part" ? felt / (1 + option.penaltyMs / 1_000) : felt;
}

/** On a GPU 7B, 4B, 3B, 1.7B, less; or on the CPU. A smaller context is half a class. */
function classOf(voice: PlanOption | undefined): number {
  if (voice === undefined || voice.place !== "gpu") return 0;
  const { parametersB } = voice.model;
  const classes = [1.5, 2.5, 3.5, goodB];
  const above = classes.filter((least) => parametersB >= least).length;
  return 1 + above - (voice.penaltyMs > 0 ? 0.5 : 0);
}
