import { basename, isAbsolute } from "node:path";
import type { Clock } from "./clock.ts";
import { ModelError } from "./errors.ts";
import { packageFile } from "./host/entries.ts";
import type { Target } from "./memory/footprint.ts";
import type { FixedEngines } from "./residency/fixed-engines.ts";
import type { InstalledModel } from "./residency/installed-model.ts";
import type { MemoryBooks } from "./residency/memory-books.ts";
import type { Report } from "./residency/report.ts";
import { Residency } from "./residency/residency.ts";
import { type Pool, type RolePlan, unlimitedBytes } from "./residency/residency-state.ts";
import { rungsOf } from "./residency/rungs.ts";
import { settledOptions } from "./residency/settled-options.ts";
import type { LanguageRole, Writer } from "./roles.ts";
import { EmbeddedModels } from "./servers/embedded-models.ts";
import type { EngineInfo } from "./servers/language-messages.ts";
import type { ModelFacts, ModelServer } from "./servers/model-server.ts";
import { isLoopback, type ServerPlace, serverAt } from "./servers/open-server.ts";
import type { Completion } from "./servers/server.ts";

/** Who is to do a role's work, as the configuration says it. */
export interface RoleSetting {
  readonly role: LanguageRole;
  /** "starter", the path of a GGUF file, or "<server>:<model>". */
  readonly model: string;
  readonly contextTokens?: number;
  readonly threads?: number;
}

export interface LanguageModelsOptions {
  readonly settings: readonly RoleSetting[];
  readonly books: MemoryBooks;
  readonly engines: FixedEngines;
  /** Servers beside our own. */
  readonly places: readonly ServerPlace[];
  /** How a model inside Sotto is talked to. */
  readonly writerFor: (role: LanguageRole, isStarter: boolean, completion: Completion, info: EngineInfo) => Writer;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

interface Wanted extends RoleSetting {
  /** What people call it. */
  readonly id: string;
  readonly server: string;
  /** What the server calls it. */
  readonly name: string;
  readonly isStarter: boolean;
}

/** A model, and what was known of its file when its last load began. */
interface Installed {
  readonly installed: InstalledModel;
  readonly facts: ModelFacts;
  cachedShare: number;
}

const never = new AbortController().signal;
const embeddedName = "embedded";
/** How long a request for a role waits before it is refused; the voice answers at once or not at all. */
const patienceMs: Readonly<Record<LanguageRole, number>> = { voice: 0, director: 120_000, coder: 600_000 };

export interface LanguageModels {
  readonly residency: Residency;
  /** The process of a role's model, when it is in memory and runs inside Sotto. */
  readonly pid: (role: LanguageRole) => number | undefined;
  /** What people call a role's model. */
  readonly nameOf: (role: LanguageRole) => string | undefined;
}

/**
 * Language models for the roles, and the budgeter over them.
 * @throws ModelError when a model of the voice is missing or damaged; Error when two roles want one file loaded in two ways.
 */
export async function openLanguageModels(options: LanguageModelsOptions, signal: AbortSignal): Promise<LanguageModels> {
  const { books, clock, places } = options;
  const opening = { gpuPool: books.target.gpus[0]?.pool, freeBytes: books.freeBytes.bind(books), clock };
  const others = new Map(places.map((place) => [place.name, serverAt(place, opening)]));
  const wanted = options.settings.map((setting) => wantedOf(setting, others));
  const files = new Map(wanted.filter(({ server }) => server === embeddedName).map((it) => [it.id, it.name]));
  const embedded = new EmbeddedModels({
    files: async () => files,
    writerFor: (id, completion, info) => {
      const it = wanted.find((one) => one.id === id);
      return options.writerFor(it?.role ?? "director", it?.isStarter ?? false, completion, info);
    },
    gpuPool: opening.gpuPool,
    clock,
    log: options.log,
  });
  const servers = new Map<string, ModelServer>([...others, [embeddedName, embedded]]);
  const installed = new Map<string, Installed>();
  for (const it of wanted) {
    const next = await install(it, servers, options, signal);
    const known = installed.get(it.id);
    if (known !== undefined && describe(known.installed) !== describe(next.installed)) {
      throw new Error(
        `${it.id} is wanted in two ways by two roles; a server would load it again at every change. Give both roles the same contextTokens and threads.`,
      );
    }
    installed.set(it.id, known?.installed.model.pinned === true ? known : next);
  }
  const residency = new Residency({
    pools: [...books.pools, ...places.filter(({ url }) => !isLoopback(url)).map(elsewhere)],
    engines: options.engines,
    warm: (path) => options.books.warm(path),
    onReport: (report) => keepReport(report, installed, options),
    clock: options.clock,
    log: options.log,
    installed: [...installed.values()].map((it) => it.installed),
    roles: wanted.map(planOf),
    servers,
  });
  options.books.watch(
    (pool) => residency.status().pools.find(({ id }) => id === pool)?.usedBytes ?? 0,
    (pool, bytes) => residency.noteForeign(pool, bytes),
  );
  const idOf = (role: LanguageRole): string | undefined => wanted.find((it) => it.role === role)?.id;
  return { residency, pid: (role) => embedded.pid(idOf(role) ?? ""), nameOf: idOf };
}

function wantedOf(setting: RoleSetting, servers: ReadonlyMap<string, ModelServer>): Wanted {
  const { role, model } = setting;
  if (model === "starter") {
    const name = packageFile(`models/starter/${role}.gguf`);
    return {
      ...setting,
      id: role === "voice" ? "sotto-starter" : `sotto-starter-${role}`,
      server: embeddedName,
      name,
      isStarter: true,
    };
  }
  const [server = "", ...rest] = model.split(":");
  if (rest.length > 0 && servers.has(server)) {
    return { ...setting, id: model, server, name: rest.join(":"), isStarter: false };
  }
  if (isAbsolute(model) || model.endsWith(".gguf")) {
    return { ...setting, id: basename(model, ".gguf"), server: embeddedName, name: model, isStarter: false };
  }
  const known = [...servers.keys()].map((name) => `"${name}:…"`).join(", ");
  throw new ModelError(
    "not-installed",
    `${role}.model: "${model}" is neither "starter", the path of a GGUF file, nor a model of a configured server${known === "" ? "" : ` (${known})`}.`,
  );
}

async function install(
  wanted: Wanted,
  servers: ReadonlyMap<string, ModelServer>,
  options: LanguageModelsOptions,
  signal: AbortSignal,
): Promise<Installed> {
  const server = servers.get(wanted.server);
  if (server === undefined) throw new ModelError("not-installed", `There is no server ${wanted.server}`);
  const name = wanted.server === embeddedName ? wanted.id : wanted.name;
  const facts = await factsOf(server, name, options, signal);
  const { books } = options;
  const target = targetOf(wanted.server, options);
  const loadMs = await books.predictLoadMs(facts, signal);
  const rungs = rungsOf({
    facts,
    wanted: settledOptions(facts, wanted, target, server.capabilities),
    capabilities: server.capabilities,
    target,
    measured: (rung) => books.measured(facts, rung, wanted.server),
    loadMs,
  });
  const pinned = wanted.role === "voice";
  const path = facts.path === undefined ? {} : { path: facts.path };
  const installed = {
    model: { id: wanted.id, server: wanted.server, pinned, ladder: rungs.map(({ variant }) => variant) },
    variants: new Map(rungs.map(({ variant, options: rung }) => [variant.id, { model: name, options: rung, ...path }])),
  };
  return { installed, facts, cachedShare: 1 };
}

/** A server that is down may come up; until then little is known of its models. */
async function factsOf(
  server: ModelServer,
  model: string,
  { log }: LanguageModelsOptions,
  signal: AbortSignal,
): Promise<ModelFacts> {
  try {
    return await server.facts(model, signal);
  } catch (error) {
    if (!(error instanceof ModelError) || error.code !== "server-down" || server.name === embeddedName) throw error;
    log(`${error.message}; it will be tried again when it is needed`);
    return { model, blob: `${server.name}:${model}`, fileBytes: 0, path: undefined, shape: undefined };
  }
}

function targetOf(server: string, { books, places }: LanguageModelsOptions): Target {
  if (server === embeddedName) return books.target;
  const place = places.find(({ name }) => name === server);
  const isHere = place === undefined || isLoopback(place.url);
  return isHere ? { ...books.target, runner: "server" } : { hostPool: server, gpus: [], runner: "server" };
}

/** The memory of another machine is for its own server to manage. */
function elsewhere({ name }: ServerPlace): Pool {
  return { id: name, capacityBytes: unlimitedBytes, reserveBytes: 0, foreignBytes: 0 };
}

/** Into the journal, with what only this place knows; and what a load took is remembered. */
function keepReport(
  report: Report,
  installed: ReadonlyMap<string, Installed>,
  { books, log }: LanguageModelsOptions,
): void {
  const it = "model" in report ? installed.get(report.model) : undefined;
  if (report.type === "swap-start" && it !== undefined) {
    books.cachedShare(it.facts.path, never).then(
      (share) => {
        it.cachedShare = share;
      },
      () => undefined,
    );
  }
  if (report.type === "calibrated" && it !== undefined) {
    const how = it.installed.variants.get(report.variant);
    const { facts, cachedShare } = it;
    const { shares, loadMs } = report;
    if (how !== undefined) {
      books
        .remember({ facts, options: how.options, server: it.installed.model.server, shares, loadMs, cachedShare })
        .catch((error: unknown) => log(`calibration: ${String(error)}`));
    }
  }
  const bytesRead =
    report.type === "swap-end" && it !== undefined ? Math.round(it.facts.fileBytes * (1 - it.cachedShare)) : undefined;
  books.journal.write(report, bytesRead === undefined ? {} : { bytesRead });
}

function planOf({ role, id }: Wanted): RolePlan {
  const choices = [{ model: id, penaltyMs: 0 }];
  return { role, choices, weight: 1, headStartMs: 0, patienceMs: patienceMs[role] };
}

function describe({ model, variants }: InstalledModel): string {
  return JSON.stringify([model.server, [...variants].map(([id, { options }]) => [id, options])]);
}
