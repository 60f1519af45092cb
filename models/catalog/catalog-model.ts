import type { LanguageRole } from "../roles.ts";

/** A model that anyone may download, with what must be known to plan for it before a byte of it is here. */
export interface CatalogModel {
  /** Also its tag at Ollama: "qwen3:8b". */
  readonly id: string;
  readonly family: string;
  readonly parametersB: number;
  /** Of these, what computes one token, where that is less: its speed. */
  readonly activeB?: number;
  /**
   * How good it is at most, as the size in billions of a plain model of about the same use; experts count for less than all of them.
   * An order to choose by, not a measurement.
   */
  readonly worth: number;
  readonly roles: readonly LanguageRole[];
  readonly licence: string;
  readonly header: HeaderFigures;
  /** The usual one first. */
  readonly files: readonly CatalogFile[];
}

/** How the numbers of a file are packed, in llama.cpp's names. */
export type Quantisation = "Q4_K_M" | "Q6_K" | "Q8_0" | "MXFP4";

/** One GGUF file on Hugging Face. */
export interface CatalogFile {
  readonly quantisation: Quantisation;
  readonly bytes: number;
  /** "Qwen/Qwen3-8B-GGUF" */
  readonly repo: string;
  readonly file: string;
}

/** Of a GGUF header, what decides the sizes of its tensors. */
export interface HeaderFigures {
  /** llama.cpp's name of it. */
  readonly architecture: "qwen2" | "qwen3" | "qwen3moe" | "llama" | "gemma3" | "gpt-oss";
  readonly layers: number;
  readonly width: number;
  /** Width of the feed-forward part; of one expert, where there are experts. */
  readonly feedForward: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headLength: number;
  readonly vocabulary: number;
  /** The output is the embedding again. */
  readonly tied: boolean;
  readonly experts?: { readonly count: number; readonly used: number };
  readonly windowTokens?: number;
  readonly contextTokens: number;
}
