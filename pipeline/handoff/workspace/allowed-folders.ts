import type { Stats } from "node:fs";
import { access, constants, realpath, stat } from "node:fs/promises";
import { basename, resolve, sep } from "node:path";
import { isErrno } from "./errno.ts";

/** Whose folders these are not: nothing is ever done in them as a whole. */
export interface ForbiddenFolders {
  /** The user's home folder. */
  readonly homeDir: string;
  /** Where Sotto keeps its own data. */
  readonly sottoHome: string;
}

/** A folder to work in, by its real path; or a sentence for the user. */
export type ResolvedWorkspace =
  | { readonly ok: true; readonly folder: string }
  | { readonly ok: false; readonly why: string };

const howToAdd =
  'Start Sotto with --workspace and a folder, set SOTTO_WORKSPACE, or add "workspace" to sotto.config.json.';

/**
 * Which of the folders that the user has allowed a task is for.
 * @param allowed absolute paths, as configured
 * @param wanted a path or the name of one of them; null takes the only one
 */
export async function resolveWorkspace(
  allowed: readonly string[],
  wanted: string | null,
  forbidden: ForbiddenFolders,
): Promise<ResolvedWorkspace> {
  if (allowed.length === 0) return refused(`No folder is allowed for coding yet. ${howToAdd}`);
  const checked = await Promise.all(allowed.map((folder) => checkFolder(folder, forbidden)));
  if (wanted === null) return theOnly(allowed, checked);
  const real = await realpath(resolve(wanted)).catch(() => null);
  for (const [index, folder] of allowed.entries()) {
    const result = checked[index];
    if (result === undefined) continue;
    if (resolve(folder) === resolve(wanted) || (result.ok && result.folder === real)) return result;
  }
  const named = allowed.flatMap((folder, index) => (basename(folder) === wanted ? [checked[index]] : []));
  const [first] = named;
  if (named.length === 1 && first !== undefined) return first;
  return refused(`"${wanted}" is not among the folders allowed for coding: ${namesOf(allowed)}. ${howToAdd}`);
}

function theOnly(allowed: readonly string[], checked: readonly ResolvedWorkspace[]): ResolvedWorkspace {
  const folders = new Set(checked.flatMap((result) => (result.ok ? [result.folder] : [])));
  const [first] = checked;
  if (first !== undefined && (checked.length === 1 || (folders.size === 1 && checked.every(({ ok }) => ok))))
    return first;
  return refused(`Which folder is it for? These are allowed: ${namesOf(allowed)}.`);
}

async function checkFolder(folder: string, { homeDir, sottoHome }: ForbiddenFolders): Promise<ResolvedWorkspace> {
  let real: string;
  let stats: Stats;
  try {
    real = await realpath(folder);
    stats = await stat(real);
  } catch (error) {
    const gone = isErrno(error, "ENOENT") || isErrno(error, "ENOTDIR");
    if (gone) return refused(`The folder "${folder}" does not exist. Make it, or name another one with --workspace.`);
    return refused(`The folder "${folder}" cannot be read. Give yourself the right to read it, or name another one.`);
  }
  if (!stats.isDirectory()) return refused(`"${folder}" is not a folder. Name the folder that it lies in.`);
  try {
    await access(real, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return refused(`The folder "${folder}" cannot be read and written. Change its rights, or name another one.`);
  }
  const [home, own] = await Promise.all([homeDir, sottoHome].map((path) => realpath(path).catch(() => resolve(path))));
  if (home !== undefined && holds(real, home))
    return refused(`"${folder}" holds your whole home folder. Name one project in it instead.`);
  if (own !== undefined && (holds(real, own) || holds(own, real)))
    return refused(`"${folder}" holds what Sotto keeps for itself. Name the folder of a project instead.`);
  return { ok: true, folder: real };
}

/** Whether `inner` is `outer` or lies in it; both real paths. */
function holds(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
}

function namesOf(folders: readonly string[]): string {
  return folders.map((folder) => `"${folder}"`).join(", ");
}

function refused(why: string): ResolvedWorkspace {
  return { ok: false, why };
}
