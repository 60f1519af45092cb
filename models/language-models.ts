import type { Clock } from "./clock.ts";
import { ModelError } from "./errors.ts";
import { type KeptModel, keepReport } from "./kept-reports.ts";
import { expecting, LoadExpectations } from "./load-expectations.ts";
import type { Target } from "./memory/footprint.ts";
import { assigned } from "./residency/assignment.ts";
import type { FixedEngines } from "./residency/fixed-engines.ts";
import type { InstalledModel } from "./residency/installed-model.ts";
import type { MemoryBooks } from "./residency/memory-books.ts";
import type { MissingModel } from "./residency/missing-models.ts";
import { gpuProblem } from "./residency/places.ts";
import { Residency } from "./residency/residency.ts";
import { type Pool, type ResidencyState, type RolePlan, unlimitedBytes } from "./residency/residency-state.ts";
import { rungsOf } from "./residency/rungs.ts";
import { settledOptions } from "./residency/settled-options.ts";
import type { LanguageRole, Writer } from "./roles.ts";
import { EmbeddedModels } from "./servers/embedded-models.ts";
import type { EngineInfo } from "./servers/language-messages.ts";
import type { ModelFacts, ModelServer } from "./servers/model-server.ts";
import { modelsFolder } from "./servers/ollama/model-files.ts";
import { serverAt } from "./servers/open-server.ts";
import type { Completion } from "./servers/server.ts";
import { isHere, type ServerPlace } from "./servers/server-place.ts";
import {
  embeddedName,
  type KnownModel,
  type RoleSetting,
  shared,
  type WantedModel,
  wantedModels,
} from "./wanted-models.ts";

export type { RoleSetting } from "./wanted-models.ts";

export interface LanguageModelsOptions {
  readonly settings: readonly RoleSetting[];
  readonly books: MemoryBooks;
  readonly engines: FixedEngines;
  /** Servers beside our own. */
  readonly places: readonly ServerPlace[];
  /** False: pinned models are not asked for a token now and then, to see whether they are as fast as usual. */
  readonly probesPins?: boolean;
  /** Ollama's own variables tell what cannot be asked; this process's when left out. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** How a model inside Sotto is talked to. */
  readonly writerFor: (role: LanguageRole, isStarter: boolean, completion: Completion, info: EngineInfo) => Writer;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

interface Installed extends KeptModel {
  readonly wanted: WantedModel;
  readonly roles: readonly LanguageRole[];
}

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
 * Language models for the roles, and the budgeter over them. A role whose model cannot be had, other than the voice, is refused
 * with the reason whenever it is asked for.
 * @throws ModelError when the voice's model is missing or damaged; Error when two roles want one file loaded in two ways.
 */
export async function openLanguageModels(options: LanguageModelsOptions, signal: AbortSignal): Promise<LanguageModels> {
  const { books, clock, places, environment = process.env } = options;
  const opening = {
    gpuPools: books.target.gpus.map(({ pool }) => pool),
    freeBytes: books.freeBytes.bind(books),
    environment,
    onLate: (name: string, inner: AbortSignal) => learn(name, inner),
    clock,
  };
  const others = new Map(places.map((place) => [place.name, serverAt(place, opening)]));
  const wanted = await wantedModels(options.settings, {
    servers: [...others.keys()],
    ollamaFolder: modelsFolder(environment),
  });
  const files = new Map(wanted.filter(({ server }) => server === embeddedName).map((it) => [it.id, it.name]));
  const embedded = new EmbeddedModels({
    files: async () => files,
    writerFor: (id, completion, info) => {
      const it = wanted.find((one) => one.id === id);
      return options.writerFor(it?.role ?? "director", it?.isStarter ?? false, completion, info);
    },
    gpus: books.target.gpus,
    gpuEnvironment: (pools) => books.gpuEnvironment(pools),
    // Of use only where something comes and goes, and on any GPU.
    keepsSpare: files.size > 1 && books.target.gpus.length < 2,
    clock,
    log: options.log,
  });
  const servers = new Map<string, ModelServer>([...others, [embeddedName, embedded]]);
  const { known, missing } = await looked(wanted, servers, options, signal);
  const installed: Installed[] = [];
  for (const { model, roles } of shared(known)) installed.push(await install(model, roles, servers, options, signal));
  const all = (): readonly InstalledModel[] => {
    const models = assigned(
      installed.map((it) => it.installed.model),
      books.pools,
    );
    return installed.map((it, index) => ({ ...it.installed, model: models[index] ?? it.installed.model }));
  };
  /** What a server that has come up tells of its models replaces what was supposed of them. */
  const learn = async (name: string, inner: AbortSignal): Promise<void> => {
    for (const [index, { wanted: it, roles }] of installed.entries()) {
      if (it.server !== name) continue;
      const facts = await serverOf(it, servers).facts(it.name, inner);
      installed[index] = await install({ wanted: it, facts }, roles, servers, options, inner);
    }
    residency.install(all());
  };
  const expectations = new LoadExpectations(books);
  const expectAnew = async (loaded: KeptModel): Promise<void> => {
    const expected = await expectations.afterLoad(loaded, installed);
    if (expected.size > 0) residency.install(expecting(all(), residency.state.models, expected));
  };
  const residency = new Residency({
    pools: [...books.pools, ...places.filter((place) => !isHere(place)).map(elsewhere)],
    engines: options.engines,
    warm: (path) => books.warm(path),
    onReport: (report) => keepReport(report, { books, log: options.log, all: installed, onTimed: expectAnew }),
    clock,
    log: options.log,
    installed: all(),
    roles: installed.flatMap((it) => it.roles.map((role) => planOf(role, it.installed))),
    missing,
    servers,
    probesPins: options.probesPins ?? true,
    othersIn: (pool, without, inner) => {
      const others = residency.state.residents.filter(({ load }) => load !== without);
      return books.othersIn(pool, heldIn(pool, others, installed, books.target), inner);
    },
  });
  books.watch(
    (pool) => heldIn(pool, residency.state.residents, installed, books.target),
    (pool, bytes) => residency.noteForeign(pool, bytes),
  );
  const idOf = (role: LanguageRole): string | undefined =>
    installed.find((it) => it.roles.includes(role))?.installed.model.id;
  return { residency, pid: (role) => embedded.pid(idOf(role) ?? ""), nameOf: idOf };
}

/** What is known of each model; without the voice's nothing can begin. */
async function looked(
  wanted: readonly WantedModel[],
  servers: ReadonlyMap<string, ModelServer>,
  options: LanguageModelsOptions,
  signal: AbortSignal,
): Promise<{ readonly known: readonly KnownModel[]; readonly missing: readonly MissingModel[] }> {
  const known: KnownModel[] = [];
  const missing: MissingModel[] = [];
  for (const it of wanted) {
    try {
      known.push({ wanted: it, facts: await factsOf(it, serverOf(it, servers), options, signal) });
    } catch (error) {
      if (it.role === "voice" || !(error instanceof ModelError)) throw error;
      options.log(`${it.role}: ${error.message}`);
      missing.push({ role: it.role, model: it.id, error });
    }
  }
  return { known, missing };
}

async function install(
  { wanted, facts }: KnownModel,
  roles: readonly LanguageRole[],
  servers: ReadonlyMap<string, ModelServer>,
  options: LanguageModelsOptions,
  signal: AbortSignal,
): Promise<Installed> {
  const { books } = options;
  const { capabilities } = serverOf(wanted, servers);
  const target = targetOf(wanted.server, options);
  const problem = gpuProblem(target, { placement: capabilities.placement, gpu: wanted.gpu });
  if (problem !== undefined) throw new ModelError("unsupported", `${wanted.role}.gpu: ${problem}.`);
  const loadMs = await books.predictLoadMs(facts, signal);
  const rungs = rungsOf({
    facts,
    wanted: settledOptions(facts, wanted, target, capabilities),
    capabilities,
    target,
    gpu: wanted.gpu,
    measured: (rung) => books.measured(facts, rung, wanted.server),
    loadMs,
  });
  const path = facts.path === undefined ? {} : { path: facts.path };
  const model = wanted.server === embeddedName ? wanted.id : wanted.name;
  const installed = {
    model: {
      id: wanted.id,
      server: wanted.server,
      pinned: roles.includes("voice"),
      ladder: rungs.map(({ variant }) => variant),
    },
    variants: new Map(rungs.map(({ variant, options: rung }) => [variant.id, { model, options: rung, ...path }])),
  };
  return { wanted, installed, facts, roles, cachedShare: 1 };
}

/** A server that is down may come up; until then little is known of its models. */
async function factsOf(
  wanted: WantedModel,
  server: ModelServer,
  { log }: LanguageModelsOptions,
  signal: AbortSignal,
): Promise<ModelFacts> {
  const model = wanted.server === embeddedName ? wanted.id : wanted.name;
  if (wanted.problem !== undefined) throw wanted.problem;
  try {
    return await server.facts(model, signal);
  } catch (error) {
    if (!(error instanceof ModelError) || error.code !== "server-down" || wanted.server === embeddedName) throw error;
    log(`${error.message}; it will be tried again when it is needed`);
    return { model, blob: `${server.name}:${model}`, fileBytes: 0, path: undefined, shape: undefined };
  }
}

function serverOf({ server }: WantedModel, servers: ReadonlyMap<string, ModelServer>): ModelServer {
  const found = servers.get(server);
  if (found === undefined) throw new ModelError("not-installed", `There is no server ${server}`);
  return found;
}

function targetOf(server: string, { books, places }: LanguageModelsOptions): Target {
  if (server === embeddedName) return books.target;
  const place = places.find(({ name }) => name === server);
  if (place === undefined || isHere(place)) return { ...books.target, runner: "server" };
  // What another machine has is for its own server to know: it is let to use all that.
  return { hostPool: server, gpus: [{ pool: server, part: 1, kind: "discrete" }], runner: "server" };
}

/** The memory of another machine is for its own server to manage. */
function elsewhere({ name }: ServerPlace): Pool {
  return { id: name, capacityBytes: unlimitedBytes, reserveBytes: 0, foreignBytes: 0 };
}

/**
 * What our models hold of a memory, as its probe sees it: a model inside Sotto is a file that is mapped, and the system counts such
 * pages as free. Counted as ours all the same, they would hide as much of what other programs hold.
 */
function heldIn(
  pool: string,
  residents: ResidencyState["residents"],
  installed: readonly Installed[],
  { hostPool }: Target,
): number {
  return residents.reduce((sum, { model, shares }) => {
    const bytes = shares.reduce((held, share) => (share.pool === pool ? held + share.bytes : held), 0);
    const it = installed.find((one) => one.installed.model.id === model);
    const isMapped = it?.installed.model.server === embeddedName && pool === hostPool;
    return sum + Math.max(0, bytes - (isMapped ? it.facts.fileBytes : 0));
  }, 0);
}

function planOf(role: LanguageRole, { model }: InstalledModel): RolePlan {
  const choices = [{ model: model.id, penaltyMs: 0 }];
  // Somebody listens into the silence while a director is on its way.
  const weight = role === "director" ? 2 : 1;
  return { role, choices, weight, headStartMs: 0, patienceMs: patienceMs[role] };
}
