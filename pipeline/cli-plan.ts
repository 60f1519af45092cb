import type { Command } from "commander";
import pico from "picocolors";
import { type Plan, planFor } from "../models/catalog/plan.ts";
import { type PlanPool, poolsOfMachine, poolsOfSizes } from "../models/catalog/plan-pools.ts";
import type { PlanWish } from "../models/catalog/plan-wish.ts";
import { techniques } from "../models/catalog/techniques.ts";
import { systemClock } from "../models/clock.ts";
import { Machine } from "../models/memory/machine.ts";
import { thisMachine } from "../models/memory/machine-sources.ts";
import { storageTier } from "../models/memory/model-file.ts";
import type { LanguageRole } from "../models/roles.ts";
import { bytesOf } from "./byte-size.ts";
import { UsageError } from "./cli-failure.ts";
import { collect } from "./cli-settings.ts";
import { columns, gigabytes } from "./cli-table.ts";

export interface PlanFlags {
  readonly ram?: string;
  readonly vram?: readonly string[];
  readonly unified?: string;
  readonly users?: string;
  readonly storage?: string;
  readonly prefer?: string;
  readonly roles?: string;
  readonly techniques?: boolean;
  readonly json?: boolean;
}

type Print = (text: string) => void;

const allRoles = ["voice", "director", "coder"] as const;
const storages = ["nvme", "sata", "disk"] as const;
const preferences = ["quality", "throughput"] as const;
const mostUsers = 256;

export function withPlanFlags(command: Command): Command {
  return command
    .option("--ram <size>", "plan for so much system memory instead of this machine's")
    .option("--vram <size[,size]>", "plan for a GPU with so much memory, or for several", collect)
    .option("--unified <size>", "plan for a memory that GPU and system share, as on a Mac")
    .option("--users <number>", "people who talk at the same time (1)")
    .option("--storage <kind>", `where model files lie: ${storages.join(", ")}`)
    .option("--prefer <what>", "quality, or throughput for many short tasks (quality)")
    .option("--roles <list>", "only some of voice, director and coder")
    .option("--techniques", "say for each way to save memory whether it is supported, and how")
    .option("--json", "print the plan as JSON");
}

/** What our plans do otherwise than rules of thumb, and why; part of the command's help. */
export const planRemarks = `
Sizes: 16GB, 16 GiB, or 16 for gigabytes. Models of 4 bits; weights, cache, buffers and processes are counted from the figures
in each file's header, and a tenth of every memory stays free. Where that differs from rules of thumb:
  8 GB          the voice is on the CPU, so that a 7B or 8B model fits whole into the GPU
  10-12 GB      with a coder wanted, too, director and coder take turns; --roles voice,director keeps both in memory
  32 GB unified 12B and 20B stay in memory together; macOS must be told to give its GPU so much of it
  48 GB         27B and 30B: two of 30B and a voice of 4B with their caches need 43.4 of 43.2 GB; two of 32B from 64 GB on
  CPU, 16 GB    0.6B, 4B and 7B need 10.6 of 12 GB, so that they need not swap; with 8 GB they do
  short tasks   memory beside 8B and 14B goes to four conversations of each`;

/** `sotto plan`: which models this machine, or one of the given sizes, should run. */
export async function plan(flags: PlanFlags, print: Print): Promise<void> {
  if (flags.techniques) {
    print(flags.json ? `${JSON.stringify({ techniques }, undefined, 2)}\n` : techniquesText());
    return;
  }
  const { pools, storage } = await placeOf(flags);
  const wish: PlanWish = {
    roles: rolesOf(flags.roles),
    users: usersOf(flags.users),
    prefer: oneOf(flags.prefer ?? "quality", preferences, "--prefer"),
    storage,
  };
  const made = planFor(pools, wish);
  print(flags.json ? `${JSON.stringify(made, undefined, 2)}\n` : planText(made, wish));
}

async function placeOf(
  flags: PlanFlags,
): Promise<{ readonly pools: readonly PlanPool[]; readonly storage: PlanWish["storage"] }> {
  const { ram, vram, unified } = flags;
  if (unified !== undefined && (ram !== undefined || vram !== undefined)) {
    throw new UsageError("--unified is one memory for everything: leave out --ram and --vram");
  }
  const given = flags.storage === undefined ? undefined : oneOf(flags.storage, storages, "--storage");
  if (ram === undefined && vram === undefined && unified === undefined) {
    const sources = thisMachine(systemClock);
    const machine = await Machine.probe(sources, new AbortController().signal);
    return { pools: poolsOfMachine(machine.pools), storage: given ?? (await storageTier(process.cwd(), sources)) };
  }
  const pools = poolsOfSizes({
    ...(ram === undefined ? {} : { ramBytes: sizeOf(ram, "--ram") }),
    ...(vram === undefined
      ? {}
      : { vramBytes: vram.flatMap((list) => list.split(",").map((size) => sizeOf(size, "--vram"))) }),
    ...(unified === undefined ? {} : { unifiedBytes: sizeOf(unified, "--unified") }),
  });
  return { pools, storage: given ?? "nvme" };
}

/** "16GB", "16 GiB", and "16" for gigabytes. */
function sizeOf(text: string, flag: string): number {
  const bytes = bytesOf(/^\s*\d+(\.\d+)?\s*$/.test(text) ? `${text}GB` : text);
  if (typeof bytes === "number" && bytes >= 1e8 && bytes <= 1e15) return bytes;
  throw new UsageError(`${flag}: expected a size such as 16GB, 16 GiB or 16, got "${text}"`);
}

function usersOf(text = "1"): number {
  const users = Number(text);
  if (Number.isInteger(users) && users >= 1 && users <= mostUsers) return users;
  throw new UsageError(`--users: expected a whole number from 1 to ${mostUsers}, got "${text}"`);
}

function rolesOf(text: string = allRoles.join()): readonly LanguageRole[] {
  const asked = text.split(",").map((role) => oneOf(role.trim(), allRoles, "--roles"));
  return allRoles.filter((role) => asked.includes(role));
}

function oneOf<T extends string>(text: string, words: readonly T[], flag: string): T {
  const found = words.find((word) => word === text);
  if (found === undefined) throw new UsageError(`${flag}: expected one of ${words.join(", ")}, got "${text}"`);
  return found;
}

function planText({ roles, pools, concurrent, swapSeconds, swapSecondsCached, notes }: Plan, wish: PlanWish): string {
  const planned = allRoles.flatMap((role) => {
    const made = roles[role];
    return made === undefined ? [] : [{ role, ...made }];
  });
  const gpus = pools.filter(({ kind }) => kind === "vram");
  const rows = planned.map(({ role, model, quantisation = "", mode, bytes, pools: shares = {} }) => {
    const its = gpus.filter(({ id }) => shares[id] !== undefined).map(({ id }) => id);
    return [
      role,
      model === null ? "-" : `${model} ${quantisation}`,
      // With one GPU there is nothing to say.
      gpus.length > 1 && its.length > 0 ? `${mode} on ${its.join(" and ")}` : mode,
      bytes === 0 ? "-" : gigabytes(bytes),
    ];
  });
  const paint = (cell: string, row: number, column: number): string => {
    if (column === 0 || row < 0) return pico.bold(cell);
    return column === 2 ? modeColour(planned[row]?.mode ?? "")(cell) : cell;
  };
  const lines = columns(rows, { right: [3], paint }).split("\n");
  const reasons = planned.map(({ why }, index) => `${lines[index] ?? ""}\n    ${pico.dim(why)}\n`).join("");
  const memory = columns(
    [
      ["memory", "size", "reserved", "planned", "free"],
      ...pools.map(({ id, capacityBytes, reserveBytes, plannedBytes, freeBytes }) => [
        id,
        ...[capacityBytes, reserveBytes, plannedBytes, freeBytes].map(gigabytes),
      ]),
    ],
    { right: [1, 2, 3, 4], paint: (cell, row) => (row === 0 ? pico.dim(cell) : cell) },
  );
  const swap = concurrent
    ? "Everything stays in memory; nobody waits for a swap.\n"
    : `A swap takes about ${swapSeconds} s from storage (${wish.storage}), ${swapSecondsCached} s from the page cache.\n`;
  const remarks = notes.map((note) => `${pico.yellow("!")} ${note}\n`).join("");
  const names = [...new Set(planned.flatMap(({ model, pull }) => (model === null ? [] : [pull ?? model])))];
  const pulls = names.map((name) => `sotto models pull ${name}`).join(" && ");
  const next = names.length === 0 ? "" : `\nGet them: ${pico.cyan(pulls)}\n`;
  return `${reasons}\n${memory}\n${swap}${remarks}${next}`;
}

function modeColour(mode: string): (text: string) => string {
  if (mode === "refused") return pico.red;
  return mode === "pinned" || mode === "resident" ? pico.green : pico.yellow;
}

function techniquesText(): string {
  const colour = { supported: pico.green, delegated: pico.yellow, refused: pico.red };
  return techniques
    .map(({ name, answer, how }) => `${colour[answer](answer)}  ${pico.bold(name)}\n    ${how}\n`)
    .join("");
}
