import { type FileGate, RefusedPath } from "../file-gate.ts";
import { type MappedFile, repoMap, worthReading } from "./repo-map.ts";
import { hasSignatures } from "./signatures.ts";

export interface FolderMapRequest {
  readonly task: string;
  /** Files that the user named, relative to the folder. */
  readonly named: readonly string[];
  readonly tokens: number;
}

/** The map of a folder as it is now; empty for one that is empty or may not be listed. Of a large one only the files that have most to do with the task are read. */
export async function folderMap(
  gate: Pick<FileGate, "list" | "read">,
  request: FolderMapRequest,
  signal: AbortSignal,
): Promise<string> {
  const paths = await listed(gate, signal);
  const texts = new Map<string, string>();
  let characters = 0;
  for (const path of worthReading(paths, request).filter(hasSignatures).slice(0, mostRead)) {
    if (characters > mostCharacters) break;
    signal.throwIfAborted();
    const text = await readable(gate, path);
    texts.set(path, text ?? "");
    characters += text?.length ?? 0;
  }
  const files = paths.map((path): MappedFile => ({ path, text: texts.get(path) ?? null }));
  return repoMap(files, request);
}

const mostRead = 200;
const mostCharacters = 2_000_000;

async function listed(gate: Pick<FileGate, "list">, signal: AbortSignal): Promise<readonly string[]> {
  try {
    return await gate.list(signal);
  } catch (error) {
    if (error instanceof RefusedPath) return [];
    throw error;
  }
}

/** Null for a file that can not be read, whatever the reason: it is on the map by its name alone. */
async function readable(gate: Pick<FileGate, "read">, path: string): Promise<string | null> {
  try {
    return await gate.read(path);
  } catch {
    return null;
  }
}
