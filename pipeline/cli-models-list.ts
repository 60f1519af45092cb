import { existsSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import pico from "picocolors";
import { z } from "zod";
import { catalog } from "../models/catalog/catalog.ts";
import { planOptions } from "../models/catalog/plan-options.ts";
import { type PlanPool, poolsOfMachine } from "../models/catalog/plan-pools.ts";
import type { PlanWish } from "../models/catalog/plan-wish.ts";
import { systemClock } from "../models/clock.ts";
import { packageFile } from "../models/host/entries.ts";
import { inspectGguf } from "../models/memory/gguf-header.ts";
import { Machine } from "../models/memory/machine.ts";
import { thisMachine } from "../models/memory/machine-sources.ts";
import { apiKeyOf } from "../models/servers/api-key.ts";
import { OllamaApi } from "../models/servers/ollama/ollama-api.ts";
import { detectOpenAi } from "../models/servers/openai/detect.ts";
import { openOpenAi } from "../models/servers/openai/open-openai.ts";
import { columns, gigabytes } from "./cli-table.ts";
import type { Config } from "./config.ts";

interface InstalledModel {
  /** As `voice.model`, `director.model` and `coder.model` want it. */
  readonly model: string;
  readonly from: "starter" | "folder" | "server";
  /** Null where its server does not tell. */
  readonly fileBytes: number | null;
  /** What is wrong with it. */
  readonly trouble?: string;
}

interface CatalogEntry {
  readonly id: string;
  readonly quantisation: string;
  readonly fileBytes: number;
  readonly licence: string;
  readonly roles: readonly string[];
  /** Of the least that it can be run with here; null when it does not fit. */
  readonly memoryBytes: number | null;
  readonly place: string;
}

const residentSchema = z.looseObject({
  models: z.array(z.object({ role: z.string(), model: z.string(), state: z.string(), bytes: z.number() })),
});
type Resident = z.output<typeof residentSchema>["models"][number];
type Residents = readonly Resident[] | "nobody" | "locked";
/** What it tells to those who do not know its token. */
const serviceSchema = z.object({ status: z.enum(["ready", "starting", "failed"]) });

const roles = ["voice", "director", "coder"] as const;
/** A program that is there answers at once. */
const patienceMs = 2_000;

/** `sotto models list`: what is here, what could be, and what is in memory now. */
export async function listModels(
  config: Config,
  { json, print }: { readonly json: boolean; readonly print: (text: string) => void },
  signal: AbortSignal,
): Promise<void> {
  const machine = await Machine.probe(thisMachine(systemClock), signal);
  const [starter, folder, served, resident] = await Promise.all([
    starterModels(),
    folderModels(modelsFolder(config.home)),
    serverModels(config, signal),
    residentModels(config, signal),
  ]);
  const installed = [...starter, ...folder, ...served];
  const entries = fitting(poolsOfMachine(machine.pools));
  const known = typeof resident === "string" ? null : resident;
  if (json) print(`${JSON.stringify({ installed, catalog: entries, resident: known }, undefined, 2)}\n`);
  else print(listText(installed, entries, resident));
}

/** Where `sotto models pull` puts files. */
export function modelsFolder(home: string): string {
  return join(home, "models");
}

const usualOllama = "http://127.0.0.1:11434";

/** Of the server that the configuration calls so. */
export function ollamaAddress({ models }: Config): string {
  const [, url] = placesOf(models.servers).find(([name]) => name === "ollama") ?? [];
  return url ?? usualOllama;
}

function placesOf(servers: readonly string[]): readonly (readonly [name: string, url: string])[] {
  return servers.map((text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)]);
}

async function starterModels(): Promise<readonly InstalledModel[]> {
  const models: InstalledModel[] = [];
  for (const role of roles) {
    const path = packageFile(`models/starter/${role}.gguf`);
    if (!existsSync(path)) continue;
    const { size } = await stat(path);
    models.push({ model: `starter (${role})`, from: "starter", fileBytes: size });
  }
  return models;
}

async function folderModels(folder: string): Promise<readonly InstalledModel[]> {
  const names = await readdir(folder).catch(() => []);
  const models: InstalledModel[] = [];
  for (const name of names.filter((one) => one.endsWith(".gguf")).toSorted()) {
    const path = join(folder, name);
    const header = await inspectGguf(path).catch((error: unknown) =>
      error instanceof Error ? error.message : "damaged",
    );
    const { size } = await stat(path);
    const trouble = typeof header === "string" ? { trouble: header } : {};
    models.push({ model: path, from: "folder", fileBytes: size, ...trouble });
  }
  return models;
}

/** What the configured servers have; who does not answer has nothing. */
async function serverModels({ models }: Config, signal: AbortSignal): Promise<readonly InstalledModel[]> {
  const clock = systemClock;
  const asked = placesOf(models.servers).map(async ([name, url]): Promise<readonly InstalledModel[]> => {
    const apiKey = apiKeyOf(name, process.env);
    const { kind } = await detectOpenAi({ url, clock, apiKey }, signal);
    if (kind === "nobody") return [];
    const own = (model: string, fileBytes: number | null): InstalledModel => {
      return { model: `${name}:${model}`, from: "server", fileBytes };
    };
    if (kind === "ollama") {
      const headers: Record<string, string> = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
      const api = new OllamaApi({ address: url, clock, headers, backOffMs: [], silentMs: patienceMs });
      return (await api.installed(signal)).map((it) => own(it.name, it.size));
    }
    await using server = await openOpenAi({ name, url, clock, apiKey }, signal);
    return (await server.installed(signal)).map((model) => own(model, null));
  });
  return (await Promise.all(asked.map((one) => one.catch(() => [])))).flat();
}

/** What the service on this machine has in memory; or that none answers, or none that tells us. */
async function residentModels({ server, home }: Config, signal: AbortSignal): Promise<Residents> {
  if (server.port === 0) return "nobody";
  const host = server.host.includes(":") && !server.host.startsWith("[") ? `[${server.host}]` : server.host;
  const given = process.env["SOTTO_TOKEN"] || server.token;
  const token = given ?? (await readFile(join(home, "token"), "utf8").catch(() => "")).trim();
  const ended = new AbortController();
  const end = (): void => ended.abort();
  signal.addEventListener("abort", end, { once: true });
  systemClock.sleep(patienceMs, ended.signal).then(end, () => undefined);
  try {
    const headers: Record<string, string> = token === "" ? {} : { authorization: `Bearer ${token}` };
    const answer = await fetch(`http://${host}:${server.port}/healthz`, { headers, signal: ended.signal });
    const body: unknown = await answer.json();
    const parsed = residentSchema.safeParse(body);
    if (parsed.success) return parsed.data.models.filter(({ bytes, state }) => bytes > 0 || state !== "absent");
    return serviceSchema.safeParse(body).success ? "locked" : "nobody";
  } catch {
    return "nobody";
  } finally {
    end();
    signal.removeEventListener("abort", end);
  }
}

/** Each file of the catalog, alone in this machine's memory; the best way to run it counts. */
function fitting(pools: readonly PlanPool[]): readonly CatalogEntry[] {
  const wish: PlanWish = { roles, users: 1, prefer: "quality", storage: "nvme" };
  const room = pools.map(({ capacityBytes, reserveBytes }) => capacityBytes - reserveBytes);
  return catalog.flatMap((model) =>
    model.files.map((file): CatalogEntry => {
      const own = { ...model, files: [file] };
      const ways = model.roles
        .flatMap((role) => planOptions(role, pools, wish, [own]))
        .filter(({ bytes }) => bytes.every((needed, index) => needed <= (room[index] ?? 0)));
      const best = ways.toSorted((a, b) => a.penaltyMs - b.penaltyMs || total(a.bytes) - total(b.bytes))[0];
      const { id, licence, roles: suits } = model;
      return {
        id: model.files[0] === file ? id : `${id}@${file.quantisation}`,
        quantisation: file.quantisation,
        fileBytes: file.bytes,
        licence,
        roles: suits,
        memoryBytes: best === undefined ? null : total(best.bytes),
        place: best === undefined ? "" : best.place === "part" ? best.label : `on the ${best.place.toUpperCase()}`,
      };
    }),
  );
}

const untold = {
  nobody: "No service answers: `sotto serve` starts one.",
  locked: "The service that answers does not know us: set SOTTO_TOKEN to its token, or SOTTO_HOME to its home.",
} as const;

function listText(installed: readonly InstalledModel[], entries: readonly CatalogEntry[], resident: Residents): string {
  const heading = (text: string): string => `${pico.bold(text)}\n`;
  const here = columns(
    installed.map(({ model, fileBytes, trouble }) => [
      `  ${model}`,
      fileBytes === null ? "" : gigabytes(fileBytes),
      trouble === undefined ? "" : pico.red(trouble),
    ]),
    { right: [1] },
  );
  const fits = entries.filter(({ memoryBytes }) => memoryBytes !== null);
  const could = columns(
    [
      ["  model", "", "file", "memory", "place", "for", "licence"],
      ...fits.map(({ id, quantisation, fileBytes, memoryBytes, place, roles: suits, licence }) => [
        `  ${id}`,
        quantisation,
        gigabytes(fileBytes),
        gigabytes(memoryBytes ?? 0),
        place,
        suits.join(", "),
        licence,
      ]),
    ],
    { right: [2, 3], paint: (cell, row) => (row === 0 ? pico.dim(cell) : cell) },
  );
  const left = entries.length - fits.length;
  const others =
    left === 0 ? "" : pico.dim(`  ${left} more in the catalog are too large or too slow for this machine.\n`);
  const now =
    typeof resident === "string"
      ? pico.dim(`  ${untold[resident]}\n`)
      : columns(
          resident.map(({ role, model, state, bytes }) => [
            `  ${role}`,
            model,
            state,
            bytes === 0 ? "" : gigabytes(bytes),
          ]),
          { right: [3] },
        );
  return `${heading("Installed")}${here}\n${heading("In memory now")}${now}\n${heading("To be had: sotto models pull <model>")}${could}${others}`;
}

function total(bytes: readonly number[]): number {
  return bytes.reduce((a, b) => a + b, 0);
}
