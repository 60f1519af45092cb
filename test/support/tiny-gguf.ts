import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aligned, bool, byteNames, f32, ggufHead, half, i32s, text, texts, u32 } from "./gguf-writer.ts";

export interface TinyModel {
  /** Width of the model; a multiple of 32. */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly contextTokens: number;
  readonly seed: number;
}

const small: TinyModel = { width: 64, layers: 2, heads: 2, contextTokens: 512, seed: 1 };
/** Tokens 0 to 4; byte b is token 5 + b. */
export const specialTokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<tool_call>", "</tool_call>"];

/** Writes a llama-architecture model with random weights and one token for each byte into a new temporary folder. */
export async function writeTinyGguf(options: Partial<TinyModel> = {}): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "sotto-gguf-")), "tiny.gguf");
  await writeFile(path, tinyGguf(options));
  return path;
}

/** The bytes of such a model. The same options give the same bytes. */
export function tinyGguf(options: Partial<TinyModel> = {}): Buffer {
  const model = { ...small, ...options };
  const hidden = model.width * 2;
  const tokens = [...specialTokens, ...byteNames()];
  const keys = [
    text("general.architecture", "llama"),
    text("general.name", "tiny"),
    u32("general.file_type", 1),
    u32("llama.context_length", model.contextTokens),
    u32("llama.embedding_length", model.width),
    u32("llama.block_count", model.layers),
    u32("llama.feed_forward_length", hidden),
    u32("llama.attention.head_count", model.heads),
    u32("llama.attention.head_count_kv", model.heads),
    f32("llama.attention.layer_norm_rms_epsilon", 1e-5),
    u32("llama.rope.dimension_count", model.width / model.heads),
    f32("llama.rope.freq_base", 10_000),
    u32("llama.vocab_size", tokens.length),
    text("tokenizer.ggml.model", "gpt2"),
    text("tokenizer.ggml.pre", "qwen2"),
    texts("tokenizer.ggml.tokens", tokens),
    i32s("tokenizer.ggml.token_type", tokens.map(tokenType)),
    texts("tokenizer.ggml.merges", []),
    u32("tokenizer.ggml.bos_token_id", 0),
    u32("tokenizer.ggml.eos_token_id", 2),
    u32("tokenizer.ggml.eot_token_id", 2),
    bool("tokenizer.ggml.add_bos_token", false),
    bool("tokenizer.ggml.add_space_prefix", false),
  ];
  const random = normal(model.seed);
  const tensors = [
    matrix("token_embd.weight", model.width, tokens.length, random, 1),
    ones("output_norm.weight", model.width),
    // Not tied to the embedding, or the model would only ever repeat the last byte.
    matrix("output.weight", model.width, tokens.length, random, 0.4),
  ];
  for (let layer = 0; layer < model.layers; layer++) {
    const name = (part: string): string => `blk.${layer}.${part}.weight`;
    tensors.push(ones(name("attn_norm"), model.width), ones(name("ffn_norm"), model.width));
    for (const part of ["attn_q", "attn_k", "attn_v", "attn_output"]) {
      tensors.push(matrix(name(part), model.width, model.width, random, 1.5 / Math.sqrt(model.width)));
    }
    for (const part of ["ffn_gate", "ffn_up"]) {
      tensors.push(matrix(name(part), model.width, hidden, random, 1.5 / Math.sqrt(model.width)));
    }
    tensors.push(matrix(name("ffn_down"), hidden, model.width, random, 1.5 / Math.sqrt(hidden)));
  }
  const infos = tensors.map((tensor) => ({ ...tensor, dataBytes: tensor.data.length }));
  return Buffer.concat([ggufHead(keys, infos), ...tensors.map((tensor) => aligned(tensor.data))]);
}

interface Tensor {
  readonly name: string;
  readonly sizes: readonly number[];
  /** 0 is 32-bit, 1 is 16-bit floating point. */
  readonly type: number;
  readonly data: Buffer;
}

function ones(name: string, size: number): Tensor {
  return { name, sizes: [size], type: 0, data: Buffer.from(new Float32Array(size).fill(1).buffer) };
}

function matrix(name: string, columns: number, rows: number, random: () => number, scale: number): Tensor {
  const data = Buffer.alloc(columns * rows * 2);
  for (let i = 0; i < columns * rows; i++) data.writeUInt16LE(half(random() * scale), i * 2);
  return { name, sizes: [columns, rows], type: 1, data };
}

/** Standard normal numbers, the same for the same seed. */
function normal(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state + 1) / 4_294_967_297;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** 3 control, 4 user-defined, 1 normal. */
function tokenType(token: string, index: number): number {
  return index >= specialTokens.length ? 1 : token.includes("tool_call") ? 4 : 3;
}
