import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { footprint, kvBytesPerToken, type Target } from "../../../models/memory/footprint.ts";
import type { LoadOptions, ModelShape } from "../../../models/servers/model-server.ts";
import { gemma3With4B, plainOptions, qwen3With4B, shapeOfModel } from "./published-models.ts";

const mib = 1024 * 1024;
const oneGpu: Target = { hostPool: "ram", gpus: [{ pool: "gpu0", part: 1, kind: "discrete" }], runner: "server" };
const cpu: Target = { hostPool: "ram", gpus: [], runner: "embedded" };
let gemma: ModelShape;
let qwen: ModelShape;

beforeAll(async () => {
  gemma = (await shapeOfModel(gemma3With4B)).shape;
  qwen = (await shapeOfModel(qwen3With4B)).shape;
});

describe("the footprint of a model", () => {
  // Printed by llama.cpp: https://github.com/ggml-org/llama.cpp/pull/22171
  test("is what llama.cpp prints for gemma-3-4b in 16 bits with 32k of context", () => {
    const { gpu, host } = footprint(gemma, { ...plainOptions, contextTokens: 32_768 }, oneGpu);
    expect(Math.round(gpu.weightsBytes / mib)).toBe(7_401);
    expect(gpu.kvBytes / mib).toBe(814);
    expect(Math.round(gpu.computeBytes / mib)).toBe(517);
    expect(host.weightsBytes / mib).toBe(1_280);
    expect(gpu.overheadBytes / mib).toBe(457);
  });

  test.each([
    [512, 302],
    [1_024, 604],
    [2_048, 1_207],
  ])("has the compute buffer that Qwen3-4B has with batches of %i: %i MiB", (batchTokens, computeMib) => {
    const { gpu } = footprint(qwen, { ...plainOptions, batchTokens }, oneGpu);
    expect(Math.round(gpu.computeBytes / mib)).toBe(computeMib);
  });

  test("counts the keys and values of Qwen3-4B as llama.cpp does", () => {
    expect(kvBytesPerToken(qwen, "f16")).toBe(147_456);
    expect(footprint(qwen, plainOptions, oneGpu).gpu.kvBytes).toBe(4_096 * 147_456);
    expect(footprint(qwen, { ...plainOptions, kvType: "q8_0" }, oneGpu).gpu.kvBytes).toBe((4_096 * 147_456 * 17) / 32);
  });

  test("computes one token more at a time where a process of ours slides a window", () => {
    // 5 layers see 4096 tokens; 29 see 1024 + 513, padded to 1792.
    expect(footprint(gemma, plainOptions, cpu).host.kvBytes).toBe((5 * 4_096 + 29 * 1_792) * 4_096);
  });

  // Context and compute buffers of node-llama-cpp 3.22.1 on a CPU, by its own account (`getMemoryBreakdown`).
  test.each([
    ["gemma-3-4b", gemma3With4B, { contextTokens: 32_768 }, 1_437_630_496],
    ["gemma-3-4b, four conversations", gemma3With4B, { sequences: 4 }, 1_740_699_680],
    ["Qwen3-4B", qwen3With4B, {}, 925_632_512],
    ["Qwen3-4B, batches of 2048", qwen3With4B, { contextTokens: 8_192, batchTokens: 2_048 }, 2_494_570_496],
    ["a tiny llama", { hollow: true }, { contextTokens: 2_048 }, 13_121_536],
    ["a tiny llama, long context", { hollow: true }, { contextTokens: 16_384 }, 57_161_728],
    ["a tiny mamba", { architecture: "mamba" as const, tied: true, hollow: true }, { sequences: 4 }, 7_622_688],
  ])("on the CPU is what llama.cpp takes, or up to a tenth more: %s", async (_, model, some, bytes) => {
    const { shape } = await shapeOfModel(model);
    const { host } = footprint(shape, { ...plainOptions, ...some }, cpu);
    const estimate = host.kvBytes + host.recurrentBytes + host.computeBytes;
    expect(estimate / bytes).toBeGreaterThanOrEqual(1);
    expect(estimate / bytes).toBeLessThan(1.1);
  });

  test("of the CPU alone is all in the system's memory", () => {
    expect(footprint(qwen, plainOptions, cpu).shares).toEqual([{ pool: "ram", bytes: expect.any(Number) }]);
    expect(footprint(qwen, plainOptions, cpu).host.weightsBytes).toBe(
      qwen.embeddingBytes + qwen.otherBytes + qwen.layerBytes.reduce((a, b) => a + b, 0),
    );
  });

  test("of a part of the layers is divided: the output and the last layers on the GPU", () => {
    const { gpu, host } = footprint(qwen, { ...plainOptions, gpuLayers: 11 }, oneGpu);
    const last = qwen.layerBytes.slice(-10).reduce((a, b) => a + b, 0);
    expect(gpu.weightsBytes).toBe(last + qwen.embeddingBytes + qwen.otherBytes);
    expect(gpu.kvBytes).toBe((4_096 * 147_456 * 10) / 36);
    expect(host.kvBytes).toBe((4_096 * 147_456 * 26) / 36);
  });

  test("of no layers leaves the GPU alone", () => {
    expect(footprint(qwen, { ...plainOptions, gpuLayers: 0 }, oneGpu).shares.map((share) => share.pool)).toEqual([
      "ram",
    ]);
  });

  test("on two GPUs is divided by their parts, with a buffer and an overhead on each", () => {
    const gpus = [
      { pool: "gpu0", part: 0.75, kind: "discrete" as const },
      { pool: "gpu1", part: 0.25, kind: "discrete" as const },
    ];
    const { gpu, shares } = footprint(qwen, plainOptions, { ...oneGpu, gpus });
    const each = footprint(qwen, plainOptions, oneGpu).gpu.computeBytes + 457 * mib;
    const of = (pool: string): number => shares.find((share) => share.pool === pool)?.bytes ?? 0;
    expect(of("gpu0") - each).toBe(Math.ceil((gpu.weightsBytes + gpu.kvBytes) * 0.75));
    expect(of("gpu1") - each).toBe(Math.ceil((gpu.weightsBytes + gpu.kvBytes) * 0.25));
  });

  test("in one memory for all is one share, and a tied embedding is counted once", () => {
    const unified: Target = { hostPool: "gpu0", gpus: [{ pool: "gpu0", part: 1, kind: "metal" }], runner: "server" };
    const { shares, gpu, host } = footprint(qwen, plainOptions, unified);
    expect(shares).toHaveLength(1);
    expect(gpu.weightsBytes + host.weightsBytes).toBe(footprint(qwen, plainOptions, cpu).host.weightsBytes);
  });
});

describe("more never takes less", () => {
  const options = fc.record({
    contextTokens: fc.integer({ min: 1, max: 200_000 }),
    sequences: fc.integer({ min: 1, max: 16 }),
    kvType: fc.constantFrom<LoadOptions["kvType"]>("f16", "q8_0", "q4_0"),
    batchTokens: fc.integer({ min: 32, max: 4_096 }),
    gpuLayers: fc.oneof(fc.constant<"all">("all"), fc.integer({ min: 0, max: 40 })),
  });
  const targets = fc.constantFrom(oneGpu, cpu, { ...oneGpu, runner: "embedded" as const });
  const shapes = fc.boolean().map((slides) => (slides ? gemma : qwen));

  test.each([
    ["context", (one: LoadOptions, more: number) => ({ ...one, contextTokens: one.contextTokens + more })],
    ["conversations", (one: LoadOptions, more: number) => ({ ...one, sequences: one.sequences + more })],
    ["batch", (one: LoadOptions, more: number) => ({ ...one, batchTokens: one.batchTokens + more })],
  ])("%s", (_, grow) => {
    fc.assert(
      fc.property(shapes, options, targets, fc.nat(10_000), (shape, one, target, more) => {
        const before = footprint(shape, one, target);
        const after = footprint(shape, grow(one, more), target);
        for (const { pool, bytes } of before.shares) {
          expect(after.shares.find((share) => share.pool === pool)?.bytes).toBeGreaterThanOrEqual(bytes);
        }
      }),
    );
  });

  test("layers on the GPU, seen from the GPU; and fewer, seen from the system", () => {
    fc.assert(
      fc.property(shapes, options, fc.nat(40), fc.nat(40), (shape, one, few, more) => {
        const before = footprint(shape, { ...one, gpuLayers: few }, oneGpu);
        const after = footprint(shape, { ...one, gpuLayers: few + more }, oneGpu);
        expect(after.gpu.weightsBytes + after.gpu.kvBytes).toBeGreaterThanOrEqual(
          before.gpu.weightsBytes + before.gpu.kvBytes,
        );
        expect(after.host.kvBytes).toBeLessThanOrEqual(before.host.kvBytes);
      }),
    );
  });

  test("finer numbers in the cache", () => {
    fc.assert(
      fc.property(shapes, options, targets, (shape, one, target) => {
        const of = (kvType: LoadOptions["kvType"]): number => footprint(shape, { ...one, kvType }, target).totalBytes;
        expect(of("q4_0")).toBeLessThanOrEqual(of("q8_0"));
        expect(of("q8_0")).toBeLessThanOrEqual(of("f16"));
      }),
    );
  });
});
