import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Metadata, shapeOf, type TensorSize } from "../../../models/memory/model-shape.ts";
import { shapeFromShow } from "../../../models/memory/ollama-shape.ts";
import { slidingLayers } from "../../../models/memory/sliding-window.ts";
import { shapeOfModel } from "./published-models.ts";

function tensor(name: string, ...sizes: number[]): TensorSize {
  return { name, sizes, bytes: 2 * sizes.reduce((a, b) => a * b, 1) };
}

function model(architecture: string, keys: Record<string, number | readonly number[]>, layers: TensorSize[][]) {
  const metadata: Metadata = new Map<string, number | string | readonly number[]>([
    ["general.architecture", architecture],
    [`${architecture}.block_count`, layers.length],
    [`${architecture}.embedding_length`, 64],
    ...Object.entries(keys).map(([key, value]) => [`${architecture}.${key}`, value] as const),
  ]);
  const tensors = layers.flatMap((parts, layer) =>
    parts.map((part) => ({ ...part, name: `blk.${layer}.${part.name}` })),
  );
  return shapeOf(metadata, [tensor("token_embd.weight", 64, 1_000), ...tensors]);
}

const attention = [tensor("attn_k.weight", 64, 32), tensor("attn_v.weight", 64, 32)];

describe("the shape of a model", () => {
  test("comes from a real header", async () => {
    const { shape } = await shapeOfModel({
      architecture: "gemma3",
      tied: true,
      layers: 6,
      windowTokens: 128,
      hollow: true,
    });
    expect(shape).toMatchObject({
      architecture: "gemma3",
      sliding: [true, true, true, true, true, false],
      windowTokens: 128,
      outputBytes: 0,
      vocabularySize: 1_024,
      feedForwardLength: 768,
      recurrentBytes: 0,
    });
    // 1024 rows of 256 numbers in q8_0.
    expect(shape.embeddingBytes).toBe((1_024 * 256 * 34) / 32);
  });

  test("has layers without attention where they are recurrent", async () => {
    const { shape } = await shapeOfModel({ architecture: "lfm2", tied: true, layers: 6, hollow: true });
    expect(shape.kvHeads).toEqual([0, 0, 2, 0, 0, 2]);
    // 4 layers of two past inputs.
    expect(shape.recurrentBytes).toBe(4 * 4 * 256 * 2);
    const mamba = await shapeOfModel({ architecture: "mamba", tied: true, layers: 3, hollow: true });
    expect(mamba.shape.kvHeads).toEqual([0, 0, 0]);
    expect(mamba.shape.recurrentBytes).toBe(3 * 4 * (3 * 512 + 16 * 512));
  });

  test("has an output of its own where it is not tied", async () => {
    const { shape } = await shapeOfModel({ tied: false, hollow: true });
    expect(shape.outputBytes).toBe(shape.embeddingBytes);
  });

  test("takes heads per layer from the array, else from the size of the matrix", () => {
    const layers = [attention, [tensor("attn_k.weight", 64, 16)]];
    const keys = { "attention.head_count": 4, "attention.key_length": 16, "attention.value_length": 16 };
    expect(model("deci", { ...keys, "attention.head_count_kv": [2, 1] }, layers)?.kvHeads).toEqual([2, 1]);
    expect(model("deci", keys, layers)?.kvHeads).toEqual([2, 1]);
  });

  test("tells linear layers from attention where both have one matrix for queries, keys and values", () => {
    const linear = [tensor("attn_qkv.weight", 64, 96), tensor("ssm_conv1d.weight", 4, 96)];
    const keys = { "attention.head_count": 2, "attention.head_count_kv": 1, "ssm.conv_kernel": 4, "ssm.inner_size": 8 };
    expect(model("qwen35", keys, [linear, linear, attention])?.kvHeads).toEqual([0, 0, 1]);
    expect(model("phi3", keys, [[tensor("attn_qkv.weight", 64, 96)]])?.kvHeads).toEqual([1]);
  });

  test("gives gemma4 its own lengths on sliding layers, and none to layers that share", () => {
    const keys = {
      "attention.head_count": 4,
      "attention.head_count_kv": 1,
      "attention.key_length": 32,
      "attention.value_length": 32,
      "attention.key_length_swa": 16,
      "attention.value_length_swa": 16,
      "attention.sliding_window": 512,
      "attention.sliding_window_pattern": [1, 0, 1],
      "attention.shared_kv_layers": 1,
    };
    expect(model("gemma4", keys, [attention, attention, attention])).toMatchObject({
      keyLength: [16, 32, 16],
      valueLength: [16, 32, 16],
      sliding: [true, false, true],
      sharedKv: [false, false, true],
    });
    // Ollama leaves the array out; the length of the keys' norm tells the same.
    const { "attention.sliding_window_pattern": _, ...rest } = keys;
    const normed = (length: number): TensorSize[] => [...attention, tensor("attn_k_norm.weight", length)];
    expect(model("gemma4", rest, [normed(16), normed(32), normed(16)])?.sliding).toEqual([true, false, true]);
  });

  test("keeps no values for latent attention, and nothing for layers that guess further tokens", () => {
    const latent = { "attention.key_length": 576, "attention.key_length_mla": 192, "attention.value_length_mla": 128 };
    const keys = { "attention.head_count": 8, "attention.head_count_kv": 1, nextn_predict_layers: 1, ...latent };
    const layer = [tensor("attn_kv_a_mqa.weight", 64, 576)];
    expect(model("deepseek2", keys, [layer, layer])).toMatchObject({
      kvHeads: [1, 0],
      keyLength: [576, 576],
      valueLength: [0, 0],
    });
  });

  test("is unknown when the header says too little", () => {
    expect(shapeOf(new Map(), [])).toBeUndefined();
    expect(model("llama", { block_count: 0 }, [attention])).toBeUndefined();
    expect(model("llama", { block_count: 4_000_000_000 }, [attention])).toBeUndefined();
  });

  test("is read or unknown from any numbers, never anything else", () => {
    const value = fc.oneof(fc.double(), fc.integer(), fc.array(fc.double(), { maxLength: 4 }));
    const keys = fc.dictionary(fc.constantFrom(...keyNames), value);
    fc.assert(
      fc.property(keys, (numbers) => {
        const shape = model("gemma3", numbers, [attention, attention]);
        if (shape === undefined) return;
        for (const list of [shape.kvHeads, shape.keyLength, shape.valueLength, shape.sliding, shape.layerBytes]) {
          expect(list).toHaveLength(shape.layers);
        }
        expect([...shape.kvHeads, ...shape.keyLength, shape.recurrentBytes].every((one) => one >= 0)).toBe(true);
      }),
    );
  });
});

const keyNames = [
  "block_count",
  "embedding_length",
  "attention.head_count",
  "attention.head_count_kv",
  "attention.key_length",
  "attention.value_length",
  "attention.sliding_window",
  "attention.sliding_window_pattern",
  "attention.shared_kv_layers",
  "nextn_predict_layers",
  "ssm.conv_kernel",
  "ssm.inner_size",
];

describe("Ollama's reply", () => {
  const reply = {
    model_info: {
      "general.architecture": "llama",
      "llama.block_count": 1,
      "llama.embedding_length": 64,
      "llama.attention.head_count": 4,
      "llama.attention.head_count_kv": null,
      "tokenizer.ggml.tokens": null,
    },
    tensors: [
      { name: "token_embd.weight", type: "Q4_K", shape: [64, 1_000] },
      { name: "blk.0.attn_k.weight", type: "F16", shape: [64, 32] },
    ],
    capabilities: ["completion"],
  };

  test("gives the same as a header", () => {
    expect(shapeFromShow(reply)).toMatchObject({
      layers: 1,
      vocabularySize: 1_000,
      embeddingBytes: (64_000 / 256) * 144,
      layerBytes: [4_096],
      kvHeads: [2],
      keyLength: [16],
    });
  });

  test("gives nothing when it is not as we know it", () => {
    expect(shapeFromShow({ ...reply, tensors: undefined })).toBeUndefined();
    expect(shapeFromShow({ ...reply, tensors: [{ name: "x", type: "Q9_Z", shape: [1] }] })).toBeUndefined();
    expect(shapeFromShow("no")).toBeUndefined();
  });
});

describe("layers that look back only a window", () => {
  const of = (architecture: string, windowTokens: number | undefined, pattern?: number | readonly number[]): string =>
    slidingLayers({ architecture, layers: 8, windowTokens, pattern })
      .sliding.map((slides) => (slides ? "s" : "."))
      .join("");

  test.each([
    ["gemma2", 4_096, "s.s.s.s."],
    ["gemma2", undefined, "s.s.s.s."],
    ["gemma3", 512, "sssss.ss"],
    ["gemma3", undefined, "........"],
    ["gemma3n", 512, "ssss.sss"],
    ["gpt-oss", 128, "s.s.s.s."],
    ["cohere2", 4_096, "sss.sss."],
    ["olmo2", 4_096, "sss.sss."],
    ["llama4", undefined, "sss.sss."],
    ["llama4", 0, "........"],
    ["smallthinker", 1, ".sss.sss"],
    ["phi3", 2_048, "........"],
    ["qwen2", 32_768, "........"],
  ])("%s with a window of %s", (architecture, windowTokens, expected) => {
    expect(of(architecture, windowTokens)).toBe(expected);
  });

  test("follow what the file says, where it says it", () => {
    expect(of("gemma3", 512, 2)).toBe("s.s.s.s.");
    expect(of("gemma4", 512, [1, 1, 1, 0, 1, 1, 1, 0])).toBe("sss.sss.");
    expect(of("phi3", 512, [1, 1, 1, 1, 1, 1, 1, 1])).toBe("........");
  });

  test("have the window that llama.cpp takes", () => {
    const window = (architecture: string, windowTokens: number | undefined): number | undefined =>
      slidingLayers({ architecture, layers: 4, windowTokens, pattern: undefined }).windowTokens;
    expect(window("llama4", 100)).toBe(8_192);
    expect(window("gemma2", undefined)).toBe(4_096);
    expect(window("gemma3", 1_024)).toBe(1_024);
    expect(window("phi3", 2_048)).toBeUndefined();
  });
});
