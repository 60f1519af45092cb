import type { FileGate } from "../file-gate.ts";
import { type MappedFile, repoMap, worthReading } from "./repo-map.ts";
import { hasSignatures } from "./signatures.ts";

export interface FolderMapRequest {
  readonly task: string;
  /** Files that the user named, relative to the folder. */
  readonly named: readonly string[];
  readonly tokens: number;
}

/** The map of a folder as it is now. Of a large one only the files that have most to do with the task are read. */
export async function folderMap(
  gate: Pick<FileGate, "list" | "read">,
  request: FolderMapRequest,
  signal: AbortSignal,
): Promise<string> {
  const paths = await gate.list(signal);
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

/** Null for a file that may not be read: it is on the map by its name alone. */
async function readable(gate: Pick<FileGate, "read">, path: string): Promise<string | null> {
  try {
    return await gate.read(path);
  } catch {
    return null;
  }
}
