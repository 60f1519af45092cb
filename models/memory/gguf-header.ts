import { open } from "node:fs/promises";
import { ModelError } from "../errors.ts";
import type { ModelShape } from "../servers/model-server.ts";
import { headerLimitBytes, type RawHeader, readHeader, TruncatedHeader } from "./gguf-reader.ts";
import { shapeOf } from "./model-shape.ts";

/** llama.cpp's own limit. */
const mostLayers = 512;
const mostWide = 1_000_000;

/** What a GGUF file says about itself, as far as we need it before anything native sees the file. */
export interface GgufHeader {
  readonly name: string | undefined;
  readonly architecture: string;
  /** The model says that it was trained on ChatML conversations. */
  readonly chatml: boolean;
  /** Tokens the model was trained to look back on; undefined when the file does not say. */
  readonly trainedContextTokens: number | undefined;
  /** Bytes of KV cache for each token at 16 bits; undefined when the file does not say. */
  readonly kvBytesPerToken: number | undefined;
  readonly fileBytes: number;
  /** For `footprint`; undefined when the file does not say enough, or is one part of several. */
  readonly shape: ModelShape | undefined;
}

/**
 * Reads the header of a model file, never more than `headerLimitBytes` of it. llama.cpp may abort the process on a damaged
 * file; this finds most damage first.
 * @throws ModelError `bad-model` with the path and what to do.
 */
export async function inspectGguf(path: string): Promise<GgufHeader> {
  const file = await open(path).catch((error: unknown) => {
    throw bad(path, `cannot be opened (${error instanceof Error ? error.message : String(error)})`, "Check the path.");
  });
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw bad(path, "is not a file", "Give the path of one .gguf file.");
    const fileBytes = stat.size;
    let wantedBytes = Math.min(fileBytes, 1 << 20);
    for (;;) {
      const bytes = Buffer.alloc(wantedBytes);
      const { bytesRead } = await file.read(bytes, 0, wantedBytes, 0);
      try {
        const header = readHeader(bytes.subarray(0, bytesRead));
        if (header.endBytes > fileBytes) {
          throw bad(path, `has ${fileBytes} of ${header.endBytes} bytes`, "Fetch it again: it was cut short.");
        }
        const described = describe(header.values);
        const wrong = impossible(header.values, described.architecture);
        if (wrong !== undefined) throw bad(path, `has an impossible ${wrong}`, "Fetch it again.");
        return { ...described, fileBytes, shape: shapeOfHeader(header) };
      } catch (error) {
        if (!(error instanceof TruncatedHeader)) throw error instanceof ModelError ? error : unreadable(path, error);
        if (wantedBytes >= fileBytes) throw bad(path, "ends inside its header", "Fetch it again: it was cut short.");
        if (wantedBytes >= headerLimitBytes) throw bad(path, "has an impossible header", "Fetch it again.");
        wantedBytes = Math.min(fileBytes, wantedBytes * 4, headerLimitBytes);
      }
    }
  } finally {
    await file.close();
  }
}

function describe(values: ReadonlyMap<string, number | string>): Omit<GgufHeader, "fileBytes" | "shape"> {
  const text = (key: string): string | undefined => {
    const value = values.get(key);
    return typeof value === "string" ? value : undefined;
  };
  const architecture = text("general.architecture") ?? "unknown";
  const count = (key: string): number | undefined => {
    const value = values.get(`${architecture}.${key}`);
    return typeof value === "number" && value > 0 ? value : undefined;
  };
  const layers = count("block_count");
  const heads = count("attention.head_count");
  const width = count("embedding_length");
  const kvHeads = count("attention.head_count_kv") ?? heads;
  const keyLength = count("attention.key_length") ?? (width && heads ? width / heads : undefined);
  const known = layers !== undefined && kvHeads !== undefined && keyLength !== undefined;
  return {
    name: text("general.name"),
    architecture,
    chatml: text("tokenizer.chat_template")?.includes("<|im_start|>") ?? false,
    trainedContextTokens: count("context_length"),
    kvBytesPerToken: known
      ? layers * kvHeads * (keyLength + (count("attention.value_length") ?? keyLength)) * 2
      : undefined,
  };
}

function shapeOfHeader({ values, arrays, tensors }: RawHeader): ModelShape | undefined {
  if (Number(values.get("split.count") ?? 1) > 1) return;
  const sized: { name: string; sizes: readonly number[]; bytes: number }[] = [];
  for (const { name, sizes, bytes } of tensors) {
    if (bytes === undefined) return;
    sized.push({ name, sizes, bytes });
  }
  return shapeOf(new Map<string, number | string | readonly number[]>([...values, ...arrays]), sized);
}

/** Numbers that llama.cpp asserts on, that is, ends the process for. */
function impossible(values: ReadonlyMap<string, number | string>, architecture: string): string | undefined {
  for (const [name, most] of [
    ["block_count", mostLayers],
    ["attention.head_count", mostWide],
    ["embedding_length", mostWide],
  ] as const) {
    const value = values.get(`${architecture}.${name}`);
    if (typeof value === "number" && !(value >= 1 && value <= most)) return `${name} (${value})`;
  }
}

function unreadable(path: string, error: unknown): ModelError {
  return bad(path, error instanceof Error ? error.message : String(error), "It must be a whole GGUF file.");
}

function bad(path: string, what: string, todo: string): ModelError {
  return new ModelError("bad-model", `The model file ${path} ${what}. ${todo}`);
}
