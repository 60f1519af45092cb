import { inspectGguf } from "../../../models/memory/gguf-header.ts";
import type { LoadOptions, ModelShape } from "../../../models/servers/model-server.ts";
import { type RandomModel, writeRandomGguf } from "../../support/random-gguf.ts";

/** Models with the measures of published ones and holes for weights. */
export const gemma3With4B: Partial<RandomModel> = {
  architecture: "gemma3",
  tied: true,
  layers: 34,
  width: 2_560,
  hidden: 10_240,
  heads: 8,
  kvHeads: 4,
  headLength: 256,
  vocabulary: 262_144,
  windowTokens: 1_024,
  weights: "f16",
  contextTokens: 131_072,
  hollow: true,
};

export const qwen3With4B: Partial<RandomModel> = {
  architecture: "qwen3",
  tied: true,
  layers: 36,
  width: 2_560,
  hidden: 9_728,
  heads: 32,
  kvHeads: 8,
  headLength: 128,
  vocabulary: 151_936,
  weights: "q8_0",
  hollow: true,
};

export const plainOptions: LoadOptions = {
  contextTokens: 4_096,
  sequences: 1,
  kvType: "f16",
  batchTokens: 512,
  gpuLayers: "all",
};

/** @throws Error when the header does not tell the shape. */
export async function shapeOfModel(model: Partial<RandomModel>): Promise<{ shape: ModelShape; fileBytes: number }> {
  await using file = await writeRandomGguf(model);
  const { shape, fileBytes } = await inspectGguf(file.path);
  if (shape === undefined) throw new Error("The header does not tell the shape");
  return { shape, fileBytes };
}
