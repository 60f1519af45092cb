import type { Llama } from "node-llama-cpp";
import { systemClock } from "../clock.ts";
import { ModelError } from "../errors.ts";

export type Library = typeof import("node-llama-cpp");

export interface StartOptions {
  readonly gpu: "auto" | false;
  readonly threads: number | undefined;
}

/** llama.cpp, ready for a model. */
export interface StartedLlama {
  readonly library: Library;
  readonly llama: Llama;
  /** Errors that llama.cpp logged, in order. */
  readonly complaints: readonly string[];
  /** Since the process's start: when its code was there, and when llama.cpp had begun. */
  readonly startedMs: { readonly imported: number; readonly engine: number };
}

let known: { readonly key: string; readonly started: Promise<StartedLlama> } | undefined;

/** The same again, where it was started like this before. @throws ModelError `engine-missing`. */
export function startLlama(options: StartOptions): Promise<StartedLlama> {
  const key = JSON.stringify(options);
  if (known?.key !== key) known = { key, started: start(options) };
  return known.started;
}

async function start({ gpu, threads }: StartOptions): Promise<StartedLlama> {
  const complaints: string[] = [];
  try {
    const library = await import("node-llama-cpp");
    const imported = systemClock.nowMs();
    const llama = await library.getLlama({
      gpu,
      build: "never",
      skipDownload: true,
      progressLogs: false,
      logLevel: library.LlamaLogLevel.error,
      logger: (_, line) => complaints.push(line.trim()),
      ...(threads === undefined ? {} : { maxThreads: threads }),
    });
    return { library, llama, complaints, startedMs: { imported, engine: systemClock.nowMs() } };
  } catch (error) {
    const todo = "Run `npm install` on this machine without --omit=optional.";
    throw new ModelError("engine-missing", `llama.cpp cannot be loaded: ${firstLine(error)}. ${todo}`, {
      cause: error,
    });
  }
}

/** Of an error or a log. */
export function firstLine(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.split("\n")[0]?.replace(/\.$/, "") ?? "";
}
