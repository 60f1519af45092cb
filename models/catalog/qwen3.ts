import type { CatalogModel, HeaderFigures } from "./catalog-model.ts";

/** Of all: config.json of Qwen/Qwen3-… on Hugging Face. */
const common = {
  architecture: "qwen3",
  kvHeads: 8,
  headLength: 128,
  vocabulary: 151_936,
  contextTokens: 40_960,
} as const satisfies Partial<HeaderFigures>;
const experts = {
  ...common,
  architecture: "qwen3moe",
  layers: 48,
  width: 2_048,
  feedForward: 768,
  heads: 32,
  kvHeads: 4,
  tied: false,
  experts: { count: 128, used: 8 },
} as const satisfies HeaderFigures;
const licence = "Apache-2.0";

/** Sizes are the lengths that Hugging Face gives for these files (`x-linked-size`). */
export const qwen3Models: readonly CatalogModel[] = [
  {
    id: "qwen3:0.6b",
    family: "qwen3",
    parametersB: 0.6,
    worth: 0.6,
    roles: ["voice"],
    licence,
    header: { ...common, layers: 28, width: 1_024, feedForward: 3_072, heads: 16, tied: true },
    files: [{ quantisation: "Q8_0", bytes: 639_446_688, repo: "Qwen/Qwen3-0.6B-GGUF", file: "Qwen3-0.6B-Q8_0.gguf" }],
  },
  {
    id: "qwen3:1.7b",
    family: "qwen3",
    parametersB: 1.7,
    worth: 1.7,
    roles: ["voice", "director"],
    licence,
    header: { ...common, layers: 28, width: 2_048, feedForward: 6_144, heads: 16, tied: true },
    files: [{ quantisation: "Q8_0", bytes: 1_834_426_016, repo: "Qwen/Qwen3-1.7B-GGUF", file: "Qwen3-1.7B-Q8_0.gguf" }],
  },
  {
    id: "qwen3:4b",
    family: "qwen3",
    parametersB: 4,
    worth: 4,
    roles: ["voice", "director", "coder"],
    licence,
    header: { ...common, layers: 36, width: 2_560, feedForward: 9_728, heads: 32, tied: true },
    files: [{ quantisation: "Q4_K_M", bytes: 2_497_280_256, repo: "Qwen/Qwen3-4B-GGUF", file: "Qwen3-4B-Q4_K_M.gguf" }],
  },
  {
    id: "qwen3:8b",
    family: "qwen3",
    parametersB: 8.2,
    worth: 8.2,
    roles: ["voice", "director"],
    licence,
    header: { ...common, layers: 36, width: 4_096, feedForward: 12_288, heads: 32, tied: false },
    files: [{ quantisation: "Q4_K_M", bytes: 5_027_783_488, repo: "Qwen/Qwen3-8B-GGUF", file: "Qwen3-8B-Q4_K_M.gguf" }],
  },
  {
    id: "qwen3:14b",
    family: "qwen3",
    parametersB: 14.8,
    worth: 14.8,
    roles: ["director"],
    licence,
    header: { ...common, layers: 40, width: 5_120, feedForward: 17_408, heads: 40, tied: false },
    files: [
      { quantisation: "Q4_K_M", bytes: 9_001_752_960, repo: "Qwen/Qwen3-14B-GGUF", file: "Qwen3-14B-Q4_K_M.gguf" },
    ],
  },
  {
    id: "qwen3:30b-a3b",
    family: "qwen3",
    parametersB: 30.5,
    activeB: 3.3,
    worth: 28,
    roles: ["director"],
    licence,
    header: experts,
    files: [
      {
        quantisation: "Q4_K_M",
        bytes: 18_556_685_824,
        repo: "Qwen/Qwen3-30B-A3B-GGUF",
        file: "Qwen3-30B-A3B-Q4_K_M.gguf",
      },
    ],
  },
  {
    id: "qwen3-coder:30b",
    family: "qwen3",
    parametersB: 30.5,
    activeB: 3.3,
    worth: 30,
    roles: ["coder"],
    licence,
    header: { ...experts, contextTokens: 262_144 },
    files: [
      {
        quantisation: "Q4_K_M",
        bytes: 18_556_689_568,
        repo: "unsloth/Qwen3-Coder-30B-A3B-Instruct-GGUF",
        file: "Qwen3-Coder-30B-A3B-Instruct-Q4_K_M.gguf",
      },
      {
        quantisation: "Q6_K",
        bytes: 25_092_535_456,
        repo: "unsloth/Qwen3-Coder-30B-A3B-Instruct-GGUF",
        file: "Qwen3-Coder-30B-A3B-Instruct-Q6_K.gguf",
      },
    ],
  },
  {
    id: "qwen3:32b",
    family: "qwen3",
    parametersB: 32.8,
    worth: 32.8,
    roles: ["director"],
    licence,
    header: { ...common, layers: 64, width: 5_120, feedForward: 25_600, heads: 64, tied: false },
    files: [
      { quantisation: "Q4_K_M", bytes: 19_762_149_024, repo: "Qwen/Qwen3-32B-GGUF", file: "Qwen3-32B-Q4_K_M.gguf" },
    ],
  },
];
