import { isAbsolute } from "node:path";
import { inspectGguf } from "../../memory/gguf-header.ts";
import type { ModelShape } from "../model-server.ts";

/** The GGUF that a llama-server command line names; undefined when it names none. */
export function modelPathIn(args: readonly string[]): string | undefined {
  const at = args.findIndex((arg) => arg === "-m" || arg === "--model");
  const joined = args.find((arg) => arg.startsWith("--model="));
  return at >= 0 ? args[at + 1] : joined?.slice("--model=".length);
}

export interface ModelFile {
  /** Where this machine can read it. */
  readonly path: string;
  readonly fileBytes: number;
  readonly shape: ModelShape | undefined;
}

/** A server on another machine names files that are not here, or are others; one on this machine is believed. */
export async function modelFile(url: string, path: string | undefined): Promise<ModelFile | undefined> {
  if (path === undefined || !isAbsolute(path) || !onThisMachine(url)) return undefined;
  try {
    const { fileBytes, shape } = await inspectGguf(path);
    return { path, fileBytes, shape };
  } catch {
    // It may run in a container, or as somebody whose files we cannot read.
    return undefined;
  }
}

function onThisMachine(url: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);
}
