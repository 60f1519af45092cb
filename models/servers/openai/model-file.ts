import { stat } from "node:fs/promises";
import { isAbsolute } from "node:path";

/** The GGUF that a llama-server command line names; undefined when it names none. */
export function modelPathIn(args: readonly string[]): string | undefined {
  const at = args.findIndex((arg) => arg === "-m" || arg === "--model");
  const joined = args.find((arg) => arg.startsWith("--model="));
  return at >= 0 ? args[at + 1] : joined?.slice("--model=".length);
}

export interface ModelFile {
  /** Where this machine can read it. */
  readonly path: string | undefined;
  readonly bytes: number | undefined;
}

/** A server on another machine names files that are not here, or are others; those on this machine it is believed. */
export async function modelFile(url: string, path: string | undefined): Promise<ModelFile> {
  if (path === undefined || !isAbsolute(path) || !onThisMachine(url)) return { path: undefined, bytes: undefined };
  try {
    const file = await stat(path);
    return file.isFile() ? { path, bytes: file.size } : { path: undefined, bytes: undefined };
  } catch {
    return { path: undefined, bytes: undefined };
  }
}

function onThisMachine(url: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);
}
