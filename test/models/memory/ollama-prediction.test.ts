import { beforeAll, describe, expect, test } from "vitest";
import {
  ollamaPlacement,
  ollamaPredictedBytes,
  ollamaWantsFree,
  wouldOllamaEvict,
} from "../../../models/memory/ollama-prediction.ts";
import { gemma3With4B, plainOptions, qwen3With4B, shapeOfModel } from "./published-models.ts";

const gib = 1024 ** 3;
let gemma: Awaited<ReturnType<typeof shapeOfModel>>;
let qwen: Awaited<ReturnType<typeof shapeOfModel>>;

beforeAll(async () => {
  gemma = await shapeOfModel(gemma3With4B);
  qwen = await shapeOfModel(qwen3With4B);
});

describe("what Ollama thinks a model takes", () => {
  test("is 5.31 GiB of cache for gemma-3-4b with 32k, where it is 0.79", () => {
    const options = { ...plainOptions, contextTokens: 32_768 };
    expect(ollamaPredictedBytes(0, gemma.shape, options) / gib).toBeCloseTo(5.31, 2);
  });

  test("is 92,160 bytes a token for Qwen3-4B, where it is 147,456", () => {
    expect(ollamaPredictedBytes(0, qwen.shape, { ...plainOptions, contextTokens: 1 })).toBe(92_160);
  });

  test("grows with the conversations, and starts at the file's length", () => {
    const two = { ...plainOptions, contextTokens: 10, sequences: 2 };
    expect(ollamaPredictedBytes(7, qwen.shape, two)).toBe(7 + 20 * 92_160);
  });
});

describe("Ollama puts another model out", () => {
  const load = (): Parameters<typeof wouldOllamaEvict>[0] => ({
    ...qwen,
    options: { ...plainOptions, contextTokens: 1 },
    otherModels: 1,
    freeGpuBytes: 0,
  });
  const needed = (): number => qwen.fileBytes + 92_160;

  test("when it thinks that the new one takes more than 80 % of what is free", () => {
    const least = Math.ceil(needed() / 0.8);
    expect(wouldOllamaEvict({ ...load(), freeGpuBytes: least })).toBe(false);
    expect(wouldOllamaEvict({ ...load(), freeGpuBytes: least - 2 })).toBe(true);
  });

  test("sooner for large batches", () => {
    const freeGpuBytes = Math.ceil(needed() / 0.8) + 768 * 1024 * 1024;
    const withBatch = (batchTokens: number): boolean =>
      wouldOllamaEvict({ ...load(), freeGpuBytes, options: { ...plainOptions, contextTokens: 1, batchTokens } });
    expect(withBatch(512)).toBe(false);
    expect(withBatch(1_024)).toBe(true);
    expect(withBatch(2_048)).toBe(true);
  });

  test("never without a GPU, when it holds no other, or when told how many layers go there", () => {
    expect(wouldOllamaEvict({ ...load(), freeGpuBytes: undefined })).toBe(false);
    expect(wouldOllamaEvict({ ...load(), otherModels: 0 })).toBe(false);
    expect(wouldOllamaEvict({ ...load(), options: { ...plainOptions, gpuLayers: qwen.shape.layers } })).toBe(false);
    expect(wouldOllamaEvict({ ...load(), options: { ...plainOptions, gpuLayers: qwen.shape.layers + 1 } })).toBe(true);
  });
});

describe("of several GPUs Ollama loads a model into", () => {
  const free = new Map([
    ["gpu0", 10 * gib],
    ["gpu1", 20 * gib],
    ["gpu2", 8 * gib],
  ]);
  test.each<[string, number | undefined, { spreads?: boolean }, readonly string[]]>([
    ["the emptiest, though a fuller one would do", 5 * gib, {}, ["gpu1"]],
    ["the emptiest up to four fifths of what is free there", 16 * gib, {}, ["gpu1"]],
    ["all of them beyond that", 16 * gib + 1, {}, ["gpu1", "gpu0", "gpu2"]],
    ["all of them when its sum is not known", undefined, {}, ["gpu1", "gpu0", "gpu2"]],
    ["all of them when it was told to", gib, { spreads: true }, ["gpu1", "gpu0", "gpu2"]],
  ])("%s", (_, predicted, options, expected) => {
    expect(ollamaPlacement(free, predicted, options)).toEqual(expected);
  });

  test("one that has what it wants free, to the byte", () => {
    const wants = ollamaWantsFree(qwen.fileBytes, qwen.shape, plainOptions);
    const predicted = ollamaPredictedBytes(qwen.fileBytes, qwen.shape, plainOptions);
    const on = (bytes: number) =>
      ollamaPlacement(
        new Map([
          ["gpu0", bytes],
          ["gpu1", 0],
        ]),
        predicted,
      );
    expect(on(wants)).toEqual(["gpu0"]);
    expect(on(wants - 2)).toEqual(["gpu0", "gpu1"]);
  });
});
