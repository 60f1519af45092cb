import type { CatalogModel, HeaderFigures } from "./catalog-model.ts";

/** Of all: config.json of meta-llama's models on Hugging Face. */
const llama = {
  architecture: "llama",
  kvHeads: 8,
  vocabulary: 128_256,
  contextTokens: 131_072,
} as const satisfies Partial<HeaderFigures>;
/** Of all: config.json of google/gemma-3-…-it; in a window of these tokens look five layers of six. */
const gemma = {
  architecture: "gemma3",
  vocabulary: 262_144,
  tied: true,
  windowTokens: 1_024,
  contextTokens: 131_072,
} as const satisfies Partial<HeaderFigures>;
const gemmaLicence = "Gemma Terms of Use";

/** Of Gemma the text model alone; Ollama's tags of 4b and above hold their eyes too (0.85 GB). */
export const llamaAndGemmaModels: readonly CatalogModel[] = [
  {
    id: "gemma3:1b",
    family: "gemma3",
    parametersB: 1,
    worth: 1,
    roles: ["voice"],
    licence: gemmaLicence,
    header: {
      ...gemma,
      layers: 26,
      width: 1_152,
      feedForward: 6_912,
      heads: 4,
      kvHeads: 1,
      headLength: 256,
      windowTokens: 512,
      contextTokens: 32_768,
    },
    files: [
      {
        quantisation: "Q4_K_M",
        bytes: 806_058_240,
        repo: "ggml-org/gemma-3-1b-it-GGUF",
        file: "gemma-3-1b-it-Q4_K_M.gguf",
      },
      {
        quantisation: "Q8_0",
        bytes: 1_069_306_368,
        repo: "ggml-org/gemma-3-1b-it-GGUF",
        file: "gemma-3-1b-it-Q8_0.gguf",
      },
    ],
  },
  {
    id: "llama3.2:1b",
    family: "llama3",
    parametersB: 1.2,
    worth: 1.1,
    roles: ["voice"],
    licence: "Llama 3.2 Community License",
    header: { ...llama, layers: 16, width: 2_048, feedForward: 8_192, heads: 32, headLength: 64, tied: true },
    files: [
      {
        quantisation: "Q4_K_M",
        bytes: 807_694_464,
        repo: "bartowski/Llama-3.2-1B-Instruct-GGUF",
        file: "Llama-3.2-1B-Instruct-Q4_K_M.gguf",
      },
    ],
  },
  {
    id: "llama3.2:3b",
    family: "llama3",
    parametersB: 3.2,
    worth: 3,
    roles: ["voice", "director"],
    licence: "Llama 3.2 Community License",
    header: { ...llama, layers: 28, width: 3_072, feedForward: 8_192, heads: 24, headLength: 128, tied: true },
    files: [
      {
        quantisation: "Q4_K_M",
        bytes: 2_019_377_696,
        repo: "bartowski/Llama-3.2-3B-Instruct-GGUF",
        file: "Llama-3.2-3B-Instruct-Q4_K_M.gguf",
      },
    ],
  },
  {
    id: "gemma3:4b",
    family: "gemma3",
    parametersB: 3.9,
    worth: 3.9,
    roles: ["voice", "director"],
    licence: gemmaLicence,
    header: { ...gemma, layers: 34, width: 2_560, feedForward: 10_240, heads: 8, kvHeads: 4, headLength: 256 },
    files: [
      {
        quantisation: "Q4_K_M",
        bytes: 2_489_757_856,
        repo: "ggml-org/gemma-3-4b-it-GGUF",
        file: "gemma-3-4b-it-Q4_K_M.gguf",
      },
    ],
  },
  {
    id: "llama3.1:8b",
    family: "llama3",
    parametersB: 8,
    worth: 8,
    roles: ["voice", "director"],
    licence: "Llama 3.1 Community License",
    header: { ...llama, layers: 32, width: 4_096, feedForward: 14_336, heads: 32, headLength: 128, tied: false },
    files: [
      {
        quantisation: "Q4_K_M",
        bytes: 4_920_739_232,
        repo: "bartowski/Meta-Llama-3.1-8B-Instruct-GGUF",
        file: "Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf",
      },
    ],
  },
  {
    id: "gemma3:12b",
    family: "gemma3",
    parametersB: 11.8,
    worth: 12,
    roles: ["director"],
    licence: gemmaLicence,
    header: { ...gemma, layers: 48, width: 3_840, feedForward: 15_360, heads: 16, kvHeads: 8, headLength: 256 },
    files: [
      {
        quantisation: "Q4_K_M",
        bytes: 7_300_574_976,
        repo: "ggml-org/gemma-3-12b-it-GGUF",
        file: "gemma-3-12b-it-Q4_K_M.gguf",
      },
    ],
  },
  {
    id: "gemma3:27b",
    family: "gemma3",
    parametersB: 27,
    worth: 27,
    roles: ["director"],
    licence: gemmaLicence,
    header: { ...gemma, layers: 62, width: 5_376, feedForward: 21_504, heads: 32, kvHeads: 16, headLength: 128 },
    files: [
      {
        quantisation: "Q4_K_M",
        bytes: 16_546_404_736,
        repo: "ggml-org/gemma-3-27b-it-GGUF",
        file: "gemma-3-27b-it-Q4_K_M.gguf",
      },
    ],
  },
  {
    id: "llama3.3:70b",
    family: "llama3",
    parametersB: 70.6,
    worth: 70,
    roles: ["director"],
    licence: "Llama 3.3 Community License",
    header: { ...llama, layers: 80, width: 8_192, feedForward: 28_672, heads: 64, headLength: 128, tied: false },
    files: [
      {
        quantisation: "Q4_K_M",
        bytes: 42_520_398_816,
        repo: "bartowski/Llama-3.3-70B-Instruct-GGUF",
        file: "Llama-3.3-70B-Instruct-Q4_K_M.gguf",
      },
    ],
  },
];
