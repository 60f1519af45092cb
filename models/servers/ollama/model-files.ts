import { access, constants, readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { fullName } from "./frozen-options.ts";

/** The weights of an installed model. */
export interface Weights {
  /** "sha256:…". Two names with the same one share a file, and in Ollama also a place in memory. */
  readonly blob: string;
  /** Where this machine can read it. */
  readonly path: string | undefined;
  readonly bytes: number | undefined;
}

/** Where this machine's Ollama keeps its models when it was started by the same user. */
export function modelsFolder(environment: Readonly<Record<string, string | undefined>>): string {
  return environment["OLLAMA_MODELS"] ?? join(homedir(), ".ollama", "models");
}

const blobName = /sha256[-:]([0-9a-f]{64})/;

/**
 * A model's weights, from the Modelfile that `/api/show` gives (its `FROM` names the file, wherever the server runs) or, when that does
 * not say, from the manifest under `folder`. Undefined when neither knows.
 */
export async function weightsOf(model: string, modelfile: string, folder: string): Promise<Weights | undefined> {
  const from = /^FROM +(\S.*)$/m.exec(modelfile)?.[1]?.trim() ?? "";
  const sum = blobName.exec(from)?.[1] ?? (await manifestSum(model, folder));
  if (sum === undefined) return undefined;
  for (const path of [from, join(folder, "blobs", `sha256-${sum}`)]) {
    const bytes = await readableBytes(path);
    if (bytes !== undefined) return { blob: `sha256:${sum}`, path, bytes };
  }
  return { blob: `sha256:${sum}`, path: undefined, bytes: undefined };
}

/** The file of an installed model, from its manifest alone; undefined when it is not there or may not be read. */
export async function installedFile(model: string, folder: string): Promise<string | undefined> {
  return (await weightsOf(model, "", folder))?.path;
}

const manifest = z.object({ layers: z.array(z.object({ mediaType: z.string(), digest: z.string() })) });

async function manifestSum(model: string, folder: string): Promise<string | undefined> {
  try {
    const text = await readFile(join(folder, "manifests", manifestPath(model)), "utf8");
    const { layers } = manifest.parse(JSON.parse(text));
    const weights = layers.find((layer) => layer.mediaType === "application/vnd.ollama.image.model");
    return blobName.exec(weights?.digest ?? "")?.[1];
  } catch {
    // Another user's, another machine's, or not there: then the server's own word must do.
    return undefined;
  }
}

/** "qwen3:4b" is registry.ollama.ai/library/qwen3/4b; "hf.co/a/b:q4" is hf.co/a/b/q4. */
function manifestPath(model: string): string {
  const name = fullName(model);
  const colon = name.lastIndexOf(":");
  const parts = name.slice(0, colon).split("/");
  const host = parts.length > 2 ? [] : ["registry.ollama.ai"];
  const owner = parts.length > 1 ? [] : ["library"];
  return join(...host, ...owner, ...parts, name.slice(colon + 1));
}

async function readableBytes(path: string): Promise<number | undefined> {
  if (!blobName.test(path)) return undefined;
  try {
    await access(path, constants.R_OK);
    return (await stat(path)).size;
  } catch {
    return undefined;
  }
}
