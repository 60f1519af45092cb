import type { LanguageRole } from "../roles.ts";
import type { CatalogModel } from "./catalog-model.ts";
import { isTalkedTo, pullName } from "./chat-families.ts";
import { type PlanOption, planOptions } from "./plan-options.ts";
import type { PlanPool } from "./plan-pools.ts";
import type { PlanWish } from "./plan-wish.ts";
import type { Lineup } from "./plan-worth.ts";

interface Words {
  readonly pools: readonly PlanPool[];
  readonly wish: PlanWish;
  readonly lineup: Lineup;
  readonly planned: readonly number[];
}

/** Why a role got this model in this way: one plain sentence. */
export function roleWhy(role: LanguageRole, option: PlanOption, words: Words): string {
  const less = option.penaltyMs > 0 && option.place !== "part" ? `, with ${option.label}` : "";
  if (role === "voice") return `${voiceWhy(option, words)}${less}.`;
  const { lineup, wish } = words;
  const other = role === "director" ? lineup.coder : lineup.director;
  if (option.place === "part") {
    const free = gb(gpuRoom(words));
    const how = option.options.gpuLayers === 0 ? "On the CPU" : `With ${option.label}`;
    return `${how}: no model of 3B or more for this fits whole into the ${free} that is free on the GPU.`;
  }
  const at = `${gb(tightOf(words, option))} of the ${gb(roomOf(words, option))} that ${poolOf(words, option).id} gives`;
  if (lineup.shared && wish.users > 1) {
    return `One model for director and coder, for ${wish.users} people at once in one batch, so that nobody waits for a swap: ${at} in all${less}.`;
  }
  if (lineup.shared) return `Does both, because there is no room for two trades: ${at} in all${less}.`;
  if (lineup.together) {
    // On several GPUs, who is on another one is not beside it.
    const isBeside = (one: PlanOption | undefined): boolean =>
      one !== undefined && (words.pools.filter(({ kind }) => kind === "vram").length < 2 || bytesIn(option, one) > 0);
    const others = [isBeside(lineup.voice) ? ["voice"] : [], isBeside(other) ? [nameOf(role)] : []].flat();
    if (others.length > 0) return `Stays in memory beside ${others.join(" and ")}: together ${at}${less}.`;
    const isAlone = lineup.voice === undefined && other === undefined;
    return `Has ${isAlone ? "the memory" : poolOf(words, option).id} to itself: ${at}${less}.`;
  }
  return `Takes turns with the ${nameOf(role)}: together they need ${gb(bytesIn(option, option) + bytesIn(option, other))}, and ${gb(roomOf(words, option) - heldByVoice(words, option))} is free${lineup.voice === undefined ? "" : " beside the voice"}${less}.`;
}

function voiceWhy(option: PlanOption, words: Words): string {
  const heavy = [words.lineup.director, words.lineup.coder].filter((one) => one !== undefined);
  const names = [...new Set(heavy.map(({ model }) => model.id))];
  const beside = names.length === 0 ? "" : ` beside ${names.join(" and ")}`;
  if (option.place === "cpu") {
    const hasGpu = words.pools.some(({ kind }) => kind === "vram");
    return hasGpu
      ? `Never leaves memory; on the CPU, because the GPU has no room for one${beside}`
      : "Never leaves memory; on a CPU a larger one would answer too late";
  }
  return `Never leaves memory: the largest for a voice that fits${beside}`;
}

/** Why a role cannot be had, with the numbers. */
export function refusedWhy(role: LanguageRole, words: Words, models: readonly CatalogModel[]): string {
  const { pools, wish, lineup } = words;
  const options = planOptions(role, pools, wish, models);
  const least = options.toSorted((a, b) => total(a) - total(b))[0];
  if (least === undefined) return `No model in the catalog does this.`;
  const beside = role === "voice" || lineup.voice === undefined ? "" : " beside the voice model";
  const short = pools.findIndex((_, index) => (least.bytes[index] ?? 0) > roomIn(words, index, role === "voice"));
  const at = Math.max(short, 0);
  const free = Math.max(0, roomIn(words, at, role === "voice"));
  return `Needs at least ${gb(least.bytes[at] ?? 0)} of ${pools[at]?.id ?? "memory"} (${least.model.id}); ${gb(free)} is free${beside}.`;
}

/** What else should be known. */
export function notesOf({ pools, wish, lineup }: Words): readonly string[] {
  const heavy = [lineup.director, lineup.coder].filter((one) => one !== undefined);
  const onGpu = heavy.some(({ place }) => place === "gpu");
  const all = [lineup.voice, ...heavy].flatMap((one) => (one === undefined ? [] : [one.model]));
  const untold = [...new Set(all)].filter((model) => !isTalkedTo(model));
  return [
    ...pools.flatMap(({ id, note }) => (note === undefined ? [] : [`${id}: ${note}`])),
    ...(wish.users > 1 && onGpu
      ? [
          "For several people run director and coder on vLLM (its AWQ build of the model has about this size); Sotto asks it as one server.",
        ]
      : []),
    ...(heavy.some(({ place }) => place === "cpu")
      ? ["Without a GPU the time of an answer, not the memory, decides how large a model may be."]
      : []),
    ...untold.map(
      (model) =>
        `${model.id}: let Ollama run it (sotto models pull ${pullName(model)}); Sotto's own llama.cpp does not know how it is talked to.`,
    ),
  ];
}

function nameOf(role: LanguageRole): string {
  return role === "director" ? "coder" : "director";
}

/** The pool that it needs most of. */
function poolIndex(option: PlanOption): number {
  return option.bytes.indexOf(Math.max(...option.bytes));
}

function poolOf({ pools }: Words, option: PlanOption): PlanPool {
  const pool = pools[poolIndex(option)];
  if (pool === undefined) throw new TypeError("There is no pool to plan for");
  return pool;
}

function roomOf(words: Words, option: PlanOption): number {
  const { capacityBytes, reserveBytes } = poolOf(words, option);
  return capacityBytes - reserveBytes;
}

function tightOf({ planned }: Words, option: PlanOption): number {
  return planned[poolIndex(option)] ?? 0;
}

function heldByVoice({ lineup }: Words, option: PlanOption): number {
  return lineup.voice?.bytes[poolIndex(option)] ?? 0;
}

function bytesIn(at: PlanOption, option: PlanOption | undefined): number {
  return option?.bytes[poolIndex(at)] ?? 0;
}

function roomIn({ pools, lineup }: Words, index: number, withVoice: boolean): number {
  const pool = pools[index];
  const held = withVoice ? 0 : (lineup.voice?.bytes[index] ?? 0);
  return pool === undefined ? 0 : pool.capacityBytes - pool.reserveBytes - held;
}

/** Of the GPU with the most of it. */
function gpuRoom(words: Words): number {
  const rooms = words.pools.map(({ kind }, index) => (kind === "vram" ? roomIn(words, index, false) : 0));
  return Math.max(0, ...rooms);
}

function total({ bytes }: PlanOption): number {
  return bytes.reduce((a, b) => a + b, 0);
}

function gb(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
