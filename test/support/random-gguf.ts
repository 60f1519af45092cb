import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { FamilyChat } from "./chat-templates.ts";
import { bool, byteNames, f32, ggufHead, i32s, paddedBytes, text, texts, u32 } from "./gguf-writer.ts";
import { WeightSource, type WeightType, weightTypes } from "./random-weights.ts";
import { specialTokens } from "./tiny-gguf.ts";

/** What a model of random weights is like. It runs as fast, and takes as much memory, as a trained one of the same shape. */
export interface RandomModel {
  readonly architecture: "llama" | "qwen3" | "gemma2" | "gemma3" | "mamba" | "lfm2";
  readonly layers: number;
  /** A multiple of 256. */
  readonly width: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headLength: number;
  readonly vocabulary: number;
  /** The output is the input embedding. */
  readonly tied: boolean;
  readonly weights: WeightType;
  readonly contextTokens: number;
  readonly windowTokens: number;
  readonly seed: number;
  /** The weights are a hole in the file, that is, zero: for what only the header decides. */
  readonly hollow: boolean;
  readonly chat: FamilyChat;
}

/** A model file in a temporary folder of its own, which goes with it. */
export interface RandomGguf extends AsyncDisposable {
  readonly path: string;
  readonly fileBytes: number;
}

const chatml: FamilyChat = {
  specials: specialTokens,
  eos: "<|im_end|>",
  template: `{% for message in messages %}<|im_start|>{{ message.role }}
{{ message.content }}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}`,
};

const usual: RandomModel = {
  architecture: "llama",
  layers: 4,
  width: 256,
  hidden: 768,
  heads: 4,
  kvHeads: 2,
  headLength: 64,
  vocabulary: 1_024,
  tied: false,
  weights: "q8_0",
  contextTokens: 32_768,
  windowTokens: 512,
  seed: 1,
  hollow: false,
  chat: chatml,
};

/**
 * Writes such a model: real architecture and tensor names, one token for each byte, made-up words up to the size of the
 * vocabulary, and a chat template, ChatML if no other is given. About a second for each gigabyte.
 */
export async function writeRandomGguf(options: Partial<RandomModel> = {}): Promise<RandomGguf> {
  const model = { ...usual, ...options };
  const tensors = tensorsOf(model).map((tensor) => {
    const { type, bytesOf } = weightTypes[tensor.weights];
    return { ...tensor, type, dataBytes: bytesOf(tensor.sizes.reduce((product, size) => product * size, 1)) };
  });
  const folder = await mkdtemp(join(tmpdir(), "sotto-random-"));
  const path = join(folder, `${model.architecture}.gguf`);
  const file = await open(path, "w");
  try {
    const head = ggufHead(keysOf(model), tensors);
    await file.write(head);
    const fileBytes = tensors.reduce((bytes, tensor) => bytes + paddedBytes(tensor.dataBytes), head.length);
    if (model.hollow) await file.truncate(fileBytes);
    else await writeWeights(file, tensors, model.seed);
    return { path, fileBytes, [Symbol.asyncDispose]: () => rm(dirname(path), { recursive: true, force: true }) };
  } finally {
    await file.close();
  }
}

async function writeWeights(
  file: FileHandle,
  tensors: readonly (RandomTensor & { readonly dataBytes: number })[],
  seed: number,
): Promise<void> {
  const source = new WeightSource(seed);
  for (const { weights, scale, sizes, dataBytes } of tensors) {
    for (const part of source.take(weights, scale ?? 1.5 / Math.sqrt(sizes[0] ?? 1), dataBytes)) await file.write(part);
    await file.write(Buffer.alloc(paddedBytes(dataBytes) - dataBytes));
  }
}

/** A llama of about `bytes` in q8_0, from a few MB up, with the proportions of real ones. */
export function llamaOfBytes(bytes: number): Partial<RandomModel> {
  const vocabulary = bytes < 50_000_000 ? 2_048 : 32_000;
  for (const width of [256, 512, 768, 1_024, 1_536, 2_048, 3_072, 4_096]) {
    const hidden = Math.round((width * 2.75) / 256) * 256;
    const perLayer = (2.5 * width * width + 3 * width * hidden) * 1.0625;
    const embeddings = 2 * vocabulary * width * 1.0625;
    const layers = Math.max(1, Math.round((bytes - embeddings) / perLayer));
    if (layers > 32 && width < 4_096) continue;
    const headLength = Math.min(128, width / 4);
    const heads = width / headLength;
    return { layers, width, hidden, heads, kvHeads: Math.ceil(heads / 4), headLength, vocabulary };
  }
  throw new RangeError(`No llama of ${bytes} bytes`);
}

interface RandomTensor {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly weights: WeightType | "f32";
  readonly scale?: number;
}

function tensorsOf(model: RandomModel): RandomTensor[] {
  const { width, vocabulary, weights } = model;
  const tensors: RandomTensor[] = [
    { name: "token_embd.weight", sizes: [width, vocabulary], weights, scale: 1 },
    model.architecture === "lfm2" ? norm("token_embd_norm", width) : norm("output_norm", width),
  ];
  if (!model.tied) tensors.push({ name: "output.weight", sizes: [width, vocabulary], weights });
  for (let layer = 0; layer < model.layers; layer++) {
    const parts = model.architecture === "mamba" ? mambaLayer(model) : transformerLayer(model, layer);
    tensors.push(...parts.map((part) => ({ ...part, name: `blk.${layer}.${part.name}` })));
  }
  return tensors;
}

function transformerLayer(model: RandomModel, layer: number): RandomTensor[] {
  const { architecture, width, hidden, headLength, weights } = model;
  const [queries, keys] = [model.heads * headLength, model.kvHeads * headLength];
  const matrix = (name: string, columns: number, rows: number): RandomTensor => ({
    name: `${name}.weight`,
    sizes: [columns, rows],
    weights,
  });
  const feedForward = [
    norm("ffn_norm", width),
    matrix("ffn_gate", width, hidden),
    matrix("ffn_up", width, hidden),
    matrix("ffn_down", hidden, width),
  ];
  if (architecture === "lfm2" && !attends(model, layer)) {
    return [
      norm("attn_norm", width),
      { name: "shortconv.conv.weight", sizes: [3, width], weights: "f32", scale: 0.5 },
      matrix("shortconv.in_proj", width, 3 * width),
      matrix("shortconv.out_proj", width, width),
      ...feedForward,
    ];
  }
  const gemma = architecture === "gemma2" || architecture === "gemma3";
  const normed = architecture === "qwen3" || architecture === "gemma3" || architecture === "lfm2";
  return [
    norm("attn_norm", width),
    matrix("attn_q", width, queries),
    matrix("attn_k", width, keys),
    matrix("attn_v", width, keys),
    matrix("attn_output", queries, width),
    ...(normed ? [norm("attn_q_norm", headLength), norm("attn_k_norm", headLength)] : []),
    ...(gemma ? [norm("post_attention_norm", width), norm("post_ffw_norm", width)] : []),
    ...feedForward,
  ];
}

function mambaLayer({ width, weights }: RandomModel): RandomTensor[] {
  const { inner, state, convolution, steps } = mambaSizes(width);
  return [
    norm("attn_norm", width),
    { name: "ssm_in.weight", sizes: [width, 2 * inner], weights },
    { name: "ssm_conv1d.weight", sizes: [convolution, inner], weights: "f32", scale: 0.5 },
    { name: "ssm_conv1d.bias", sizes: [inner], weights: "f32", scale: 0.1 },
    { name: "ssm_x.weight", sizes: [inner, steps + 2 * state], weights },
    { name: "ssm_dt.weight", sizes: [steps, inner], weights },
    { name: "ssm_dt.bias", sizes: [inner], weights: "f32", scale: 0.1 },
    { name: "ssm_a", sizes: [state, inner], weights: "f32", scale: 0 },
    { name: "ssm_d", sizes: [inner], weights: "f32", scale: 1 },
    { name: "ssm_out.weight", sizes: [inner, width], weights },
  ];
}

function mambaSizes(width: number): { inner: number; state: number; convolution: number; steps: number } {
  return { inner: 2 * width, state: 16, convolution: 4, steps: Math.ceil(width / 512) * 32 };
}

/** lfm2: every third layer attends, the others are short convolutions. */
function attends(model: RandomModel, layer: number): boolean {
  return model.architecture !== "lfm2" || layer % 3 === 2;
}

function norm(name: string, size: number): RandomTensor {
  return { name: `${name}.weight`, sizes: [size], weights: "f32", scale: 1 };
}

function keysOf(model: RandomModel): Buffer[] {
  const { architecture, chat } = model;
  const { specials, bos } = chat;
  const eos = specials.indexOf(chat.eos);
  const fillers = Array.from({ length: model.vocabulary }, (_, index) => `Ġw${index}`);
  const tokens = [...specials, ...byteNames(), ...fillers].slice(0, model.vocabulary);
  const keys = [
    text("general.architecture", architecture),
    text("general.name", `random ${architecture}`),
    u32(`${architecture}.context_length`, model.contextTokens),
    u32(`${architecture}.embedding_length`, model.width),
    u32(`${architecture}.block_count`, model.layers),
    u32(`${architecture}.vocab_size`, tokens.length),
    f32(`${architecture}.attention.layer_norm_rms_epsilon`, 1e-5),
    ...(architecture === "mamba" ? mambaKeys(model) : attentionKeys(model)),
    text("tokenizer.ggml.model", "gpt2"),
    text("tokenizer.ggml.pre", "qwen2"),
    texts("tokenizer.ggml.tokens", tokens),
    i32s(
      "tokenizer.ggml.token_type",
      tokens.map((_, index) => (index < specials.length ? 3 : 1)),
    ),
    texts("tokenizer.ggml.merges", []),
    u32("tokenizer.ggml.bos_token_id", bos === undefined ? 0 : specials.indexOf(bos)),
    u32("tokenizer.ggml.eos_token_id", eos),
    u32("tokenizer.ggml.eot_token_id", chat.eot === undefined ? eos : specials.indexOf(chat.eot)),
    bool("tokenizer.ggml.add_bos_token", bos !== undefined),
    bool("tokenizer.ggml.add_space_prefix", false),
    text(chat.key ?? "tokenizer.chat_template", chat.template),
  ];
  return keys;
}

function attentionKeys(model: RandomModel): Buffer[] {
  const { architecture } = model;
  const name = (key: string): string => `${architecture}.${key}`;
  const kvHeads = Array.from({ length: model.layers }, (_, layer) => (attends(model, layer) ? model.kvHeads : 0));
  return [
    u32(name("feed_forward_length"), model.hidden),
    u32(name("attention.head_count"), model.heads),
    architecture === "lfm2"
      ? i32s(name("attention.head_count_kv"), kvHeads)
      : u32(name("attention.head_count_kv"), model.kvHeads),
    u32(name("attention.key_length"), model.headLength),
    u32(name("attention.value_length"), model.headLength),
    u32(name("rope.dimension_count"), model.headLength),
    f32(name("rope.freq_base"), 10_000),
    ...(architecture.startsWith("gemma") ? [u32(name("attention.sliding_window"), model.windowTokens)] : []),
    ...(architecture === "lfm2" ? [u32(name("shortconv.l_cache"), 3)] : []),
  ];
}

function mambaKeys({ width }: RandomModel): Buffer[] {
  const { inner, state, convolution, steps } = mambaSizes(width);
  return [
    u32("mamba.ssm.conv_kernel", convolution),
    u32("mamba.ssm.inner_size", inner),
    u32("mamba.ssm.state_size", state),
    u32("mamba.ssm.time_step_rank", steps),
  ];
}
