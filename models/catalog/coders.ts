import type { CatalogModel, HeaderFigures } from "./catalog-model.ts";

/** Of all: config.json of Qwen/Qwen2.5-… on Hugging Face. */
const qwen = {
  architecture: "qwen2",
  headLength: 128,
  vocabulary: 152_064,
  tied: false,
  contextTokens: 32_768,
} as const satisfies Partial<HeaderFigures>;
/** Of both: params.json of mistralai's 24B models. */
const mistral = {
  architecture: "llama",
  layers: 40,
  width: 5_120,
  feedForward: 32_768,
  heads: 32,
  kvHeads: 8,
  headLength: 128,
  vocabulary: 131_072,
  tied: false,
} as const satisfies Partial<HeaderFigures>;
const licence = "Apache-2.0";

/**
 * Models of Qwen2.5-Coder and Mistral. Codestral 22B is left out: its licence forbids use in production, and no length of its file
 * could be verified.
 */
export const coderModels: readonly CatalogModel[] = [
  {
    id: "qwen2.5-coder:7b",
    family: "qwen2.5-coder",
    parametersB: 7.6,
    worth: 7.6,
    roles: ["coder"],
    licence,
    header: { ...qwen, layers: 28, width: 3_584, feedForward: 18_944, heads: 28, kvHeads: 4 },
    files: [
      {
        quantisation: "Q4_K_M",
        bytes: 4_683_073_536,
        repo: "Qwen/Qwen2.5-Coder-7B-Instruct-GGUF",
        file: "qwen2.5-coder-7b-instruct-q4_k_m.gguf",
      },
    ],
  },
  {
    id: "qwen2.5-coder:14b",
    family: "qwen2.5-coder",
    parametersB: 14.8,
    worth: 15,
    roles: ["coder"],
    licence,
    header: { ...qwen, layers: 48, width: 5_120, feedForward: 13_824, heads: 40, kvHeads: 8 },
    files: [
      {
        quantisation: "Q4_K_M",
        bytes: 8_988_110_272,
        repo: "Qwen/Qwen2.5-Coder-14B-Instruct-GGUF",
        file: "qwen2.5-coder-14b-instruct-q4_k_m.gguf",
      },
    ],
  },
  {
    id: "devstral:24b",
    family: "mistral",
    parametersB: 23.6,
    worth: 24,
    roles: ["coder"],
    licence,
    header: { ...mistral, contextTokens: 131_072 },
    files: [
      {
        quantisation: "Q4_K_M",
        bytes: 14_333_916_224,
        repo: "unsloth/Devstral-Small-2505-GGUF",
        file: "Devstral-Small-2505-Q4_K_M.gguf",
      },
    ],
  },
  {
    id: "mistral-small:24b",
    family: "mistral",
    parametersB: 23.6,
    worth: 23.6,
    roles: ["director"],
    licence,
    header: { ...mistral, contextTokens: 32_768 },
    files: [
      {
        quantisation: "Q4_K_M",
        bytes: 14_333_908_672,
        repo: "bartowski/Mistral-Small-24B-Instruct-2501-GGUF",
        file: "Mistral-Small-24B-Instruct-2501-Q4_K_M.gguf",
      },
      {
        quantisation: "Q8_0",
        bytes: 25_054_779_072,
        repo: "bartowski/Mistral-Small-24B-Instruct-2501-GGUF",
        file: "Mistral-Small-24B-Instruct-2501-Q8_0.gguf",
      },
    ],
  },
  {
    id: "qwen2.5-coder:32b",
    family: "qwen2.5-coder",
    parametersB: 32.8,
    worth: 32.8,
    roles: ["coder"],
    licence,
    header: { ...qwen, layers: 64, width: 5_120, feedForward: 27_648, heads: 40, kvHeads: 8 },
    files: [
      {
        quantisation: "Q4_K_M",
        bytes: 19_851_335_872,
        repo: "Qwen/Qwen2.5-Coder-32B-Instruct-GGUF",
        file: "qwen2.5-coder-32b-instruct-q4_k_m.gguf",
      },
    ],
  },
];
