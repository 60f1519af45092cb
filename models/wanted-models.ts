import { basename, isAbsolute } from "node:path";
import { ModelError } from "./errors.ts";
import { packageFile } from "./host/entries.ts";
import type { LanguageRole } from "./roles.ts";
import type { ModelFacts } from "./servers/model-server.ts";
import { installedFile } from "./servers/ollama/model-files.ts";

/** Who is to do a role's work, as the configuration says it. */
export interface RoleSetting {
  readonly role: LanguageRole;
  /** "starter", the path of a GGUF file, "<server>:<model>", or "file:ollama:<model>": Ollama's file in our own llama.cpp. */
  readonly model: string;
  readonly contextTokens?: number;
  readonly threads?: number;
  /** Of several GPUs, the only one that it may have: "gpu1". */
  readonly gpu?: string;
}

export interface WantedModel extends RoleSetting {
  /** What people call it; two roles with the same one share a model. */
  readonly id: string;
  readonly server: string;
  /** What the server calls it; inside Sotto, the path of its file. */
  readonly name: string;
  readonly isStarter: boolean;
  /** It is known already that it cannot be had. */
  readonly problem?: ModelError;
}

export interface KnownModel {
  readonly wanted: WantedModel;
  readonly facts: ModelFacts;
}

export const embeddedName = "embedded";
const ollamaFile = "file:ollama:";

/**
 * @param where.servers Names of servers beside our own.
 * @param where.ollamaFolder Where Ollama keeps its models on this machine.
 * @throws ModelError `not-installed` when a setting names no model.
 */
export async function wantedModels(
  settings: readonly RoleSetting[],
  where: { readonly servers: readonly string[]; readonly ollamaFolder: string },
): Promise<readonly WantedModel[]> {
  const wanted = await Promise.all(settings.map((setting) => wantedOf(setting, where)));
  // Files of the same name in different folders are different models.
  return wanted.map((it) => {
    const isAmbiguous = wanted.some(
      ({ id, name, server }) => id === it.id && (name !== it.name || server !== it.server),
    );
    return isAmbiguous && it.server === embeddedName ? { ...it, id: it.name } : it;
  });
}

async function wantedOf(
  setting: RoleSetting,
  { servers, ollamaFolder }: { readonly servers: readonly string[]; readonly ollamaFolder: string },
): Promise<WantedModel> {
  const { role, model } = setting;
  const ours = { ...setting, server: embeddedName, isStarter: false };
  if (model === "starter") {
    const name = packageFile(`models/starter/${role}.gguf`);
    const id = role === "voice" ? "sotto-starter" : `sotto-starter-${role}`;
    return { ...ours, id, name, isStarter: true };
  }
  if (model.startsWith(ollamaFile)) {
    const name = await ollamaPath(role, model.slice(ollamaFile.length), ollamaFolder);
    return typeof name === "string" ? { ...ours, id: model, name } : { ...ours, id: model, name: model, problem: name };
  }
  const [server = "", ...rest] = model.split(":");
  if (rest.length > 0 && servers.includes(server)) {
    return { ...ours, id: model, server, name: rest.join(":") };
  }
  if (isAbsolute(model) || model.endsWith(".gguf")) {
    return { ...ours, id: basename(model, ".gguf"), name: model };
  }
  const known = servers.map((name) => `"${name}:…"`).join(", ");
  throw new ModelError(
    "not-installed",
    `${role}.model: "${model}" is neither "starter", the path of a GGUF file, nor a model of a configured server${known === "" ? "" : ` (${known})`}.`,
  );
}

/** Ollama itself is not asked; it need not run. */
async function ollamaPath(role: LanguageRole, name: string, folder: string): Promise<string | ModelError> {
  const path = await installedFile(name, folder);
  if (path !== undefined) return path;
  return new ModelError(
    "not-installed",
    `${role}.model: there is no file of "${name}" in ${folder} that can be read; run "ollama pull ${name}" to get it, or set OLLAMA_MODELS to where Ollama keeps its models.`,
  );
}

/**
 * Roles that want the same file of the same server share one model, loaded in one way: the first role's, with what any of them sets.
 * @throws Error when they set different things: a server would load it again at every change.
 */
export function shared(
  known: readonly KnownModel[],
): readonly { readonly model: KnownModel; readonly roles: LanguageRole[] }[] {
  const groups: { model: KnownModel; roles: LanguageRole[] }[] = [];
  for (const it of known) {
    const group = groups.find(
      ({ model }) => model.wanted.server === it.wanted.server && model.facts.blob === it.facts.blob,
    );
    if (group === undefined) {
      groups.push({ model: it, roles: [it.wanted.role] });
      continue;
    }
    group.model = { ...group.model, wanted: merged(group.model.wanted, it.wanted) };
    group.roles.push(it.wanted.role);
  }
  return groups;
}

function merged(first: WantedModel, second: WantedModel): WantedModel {
  for (const key of ["contextTokens", "threads", "gpu"] as const) {
    const [one, other] = [first[key], second[key]];
    if (one === undefined || other === undefined || one === other) continue;
    throw new Error(
      `${first.role}.${key} is ${one} and ${second.role}.${key} is ${other}, but both want the same file, ${first.name}: it would be loaded again at every change. Give both the same value.`,
    );
  }
  const contextTokens = first.contextTokens ?? second.contextTokens;
  const threads = first.threads ?? second.threads;
  const gpu = first.gpu ?? second.gpu;
  return {
    ...first,
    ...(contextTokens === undefined ? {} : { contextTokens }),
    ...(threads === undefined ? {} : { threads }),
    ...(gpu === undefined ? {} : { gpu }),
  };
}
