import type { CatalogModel } from "./catalog-model.ts";
import { coderModels } from "./coders.ts";
import { llamaAndGemmaModels } from "./llama-and-gemma.ts";
import { qwen3Models } from "./qwen3.ts";

/** config.json of openai/gpt-oss-20b; every other layer looks back 128 tokens. */
const gptOss: CatalogModel = {
  id: "gpt-oss:20b",
  family: "gpt-oss",
  parametersB: 20.9,
  activeB: 3.6,
  worth: 20,
  roles: ["director", "coder"],
  licence: "Apache-2.0",
  header: {
    architecture: "gpt-oss",
    layers: 24,
    width: 2_880,
    feedForward: 2_880,
    heads: 64,
    kvHeads: 8,
    headLength: 64,
    vocabulary: 201_088,
    tied: false,
    experts: { count: 32, used: 4 },
    windowTokens: 128,
    contextTokens: 131_072,
  },
  files: [
    { quantisation: "MXFP4", bytes: 12_109_566_624, repo: "ggml-org/gpt-oss-20b-GGUF", file: "gpt-oss-20b-MXFP4.gguf" },
  ],
};

/** Models to choose from, the smaller first. */
export const catalog: readonly CatalogModel[] = [
  ...qwen3Models,
  ...coderModels,
  ...llamaAndGemmaModels,
  gptOss,
].toSorted((a, b) => a.parametersB - b.parametersB);
