import type { TensorSize } from "../memory/model-shape.ts";
import { tensorBytes, tensorType } from "../memory/tensor-types.ts";
import type { HeaderFigures, Quantisation } from "./catalog-model.ts";

/** A tensor's place in the rules by which llama.cpp picks its type. */
type Kind = "plain" | "output" | "value" | "down" | "experts" | "full";

interface Tensor {
  readonly name: string;
  /** Columns first. */
  readonly sizes: readonly number[];
  readonly kind: Kind;
  /** Where llama.cpp spends more bits. */
  readonly important: boolean;
}

/** The tensors of a file with these figures, as llama.cpp's quantiser writes it (`llama_tensor_get_type` in src/llama-quant.cpp). */
export function quantisedTensors(header: HeaderFigures, quantisation: Quantisation): readonly TensorSize[] {
  return tensorsOf(header).map(({ name, sizes, kind, important }) => {
    const type = tensorType(typeName(quantisation, kind, important, sizes[0] ?? 0));
    if (type === undefined) throw new TypeError(`No such tensor type: ${quantisation}`);
    return { name, sizes, bytes: tensorBytes(sizes, type) };
  });
}

function typeName(quantisation: Quantisation, kind: Kind, important: boolean, columns: number): string {
  if (kind === "full") return "F32";
  if (quantisation === "Q8_0") return "Q8_0";
  // OpenAI's own files keep everything but the experts in more bits: Q8_0 in ggml-org's.
  if (quantisation === "MXFP4") return kind === "experts" ? "MXFP4" : "Q8_0";
  const better = kind === "output" || ((kind === "value" || kind === "down") && important);
  const name = quantisation === "Q6_K" || better ? "Q6_K" : "Q4_K";
  if (columns % 256 === 0) return name;
  // Such rows do not fill whole blocks; the quantiser falls back.
  return name === "Q6_K" ? "Q8_0" : "Q5_0";
}

function tensorsOf(header: HeaderFigures): readonly Tensor[] {
  const { layers, width, vocabulary, tied } = header;
  const all = [
    tensor("token_embd.weight", [width, vocabulary], tied ? "output" : "plain"),
    tensor("output_norm.weight", [width], "full"),
    ...(tied ? [] : [tensor("output.weight", [width, vocabulary], "output")]),
  ];
  for (let layer = 0; layer < layers; layer += 1) all.push(...layerTensors(header, layer));
  return all;
}

function layerTensors(header: HeaderFigures, layer: number): readonly Tensor[] {
  const { architecture, layers, width, heads, kvHeads, headLength, feedForward, experts } = header;
  const [q, kv] = [heads * headLength, kvHeads * headLength];
  const important = moreBits(layer, layers);
  const own = (part: string, sizes: readonly number[], kind: Kind): Tensor =>
    tensor(`blk.${layer}.${part}`, sizes, kind, important);
  const named = (parts: readonly string[], size: number): readonly Tensor[] =>
    parts.map((part) => own(part, [size], "full"));
  const wide = experts === undefined ? [] : [experts.count];
  const suffix = experts === undefined ? "weight" : "exps.weight";
  const join = experts === undefined ? "." : "_";
  const inside: Kind = experts !== undefined && architecture === "gpt-oss" ? "experts" : "plain";
  return [
    own("attn_q.weight", [width, q], "plain"),
    own("attn_k.weight", [width, kv], "plain"),
    own("attn_v.weight", [width, kv], "value"),
    own("attn_output.weight", [q, width], "plain"),
    own(`ffn_gate${join}${suffix}`, [width, feedForward, ...wide], inside),
    own(`ffn_up${join}${suffix}`, [width, feedForward, ...wide], inside),
    own(`ffn_down${join}${suffix}`, [feedForward, width, ...wide], inside === "experts" ? inside : "down"),
    ...named(["attn_norm.weight", "ffn_norm.weight"], width),
    ...(experts === undefined ? [] : [own("ffn_gate_inp.weight", [width, experts.count], "full")]),
    ...(/^(qwen3|gemma3)/.test(architecture) ? named(["attn_q_norm.weight", "attn_k_norm.weight"], headLength) : []),
    ...(architecture === "gemma3" ? named(["post_attention_norm.weight", "post_ffw_norm.weight"], width) : []),
    ...(/^(qwen2|gpt-oss)$/.test(architecture) ? named(["attn_k.bias", "attn_v.bias"], kv) : []),
    ...(/^(qwen2|gpt-oss)$/.test(architecture) ? named(["attn_q.bias"], q) : []),
  ];
}

function tensor(name: string, sizes: readonly number[], kind: Kind, important = false): Tensor {
  return { name, sizes, kind, important };
}

/** The first and last eighth of the layers, and every third between: `use_more_bits`. */
function moreBits(layer: number, layers: number): boolean {
  const eighth = Math.floor(layers / 8);
  return layer < eighth || layer >= Math.floor((7 * layers) / 8) || (layer - eighth) % 3 === 2;
}
