import { AsyncLocalStorage } from "node:async_hooks";
import { stat } from "node:fs/promises";
import type { Llama, LlamaModel, LlamaModelOptions } from "node-llama-cpp";
import { type GgufHeader, inspectGguf } from "../memory/gguf-header.ts";
import type { EngineOptions } from "./language-messages.ts";
import { type Library, type StartedLlama, type StartOptions, startLlama } from "./llama-library.ts";

/**
 * A load that has come as far as it can without the memory for it: llama.cpp runs, the header is checked, and node-llama-cpp has read
 * the vocabulary (200 ms for 32,000 words in a fresh process). It waits there until `go`.
 */
export class LoadAhead {
  readonly path: string;
  readonly header: GgufHeader;
  readonly started: StartedLlama;
  readonly #key: string;
  readonly #identity: string;
  readonly #gate: Gate;
  readonly #model: Promise<LlamaModel>;

  /** @throws ModelError `bad-model`, `engine-missing`. */
  static async begin(path: string, options: EngineOptions): Promise<LoadAhead> {
    const identity = await identityOf(path);
    const header = await inspectGguf(path);
    const started = await startLlama(startOptions(header, options));
    return new LoadAhead({ path, options, identity, header, started });
  }

  private constructor(parts: {
    readonly path: string;
    readonly options: EngineOptions;
    readonly identity: string;
    readonly header: GgufHeader;
    readonly started: StartedLlama;
  }) {
    const { path, options, started } = parts;
    this.path = path;
    this.header = parts.header;
    this.started = started;
    this.#key = keyOf(path, options);
    this.#identity = parts.identity;
    this.#gate = new Gate();
    guard(started.library);
    this.#model = this.#gate.hold(() => started.llama.loadModel({ modelPath: path, ...layersOnGpu(options) }));
    this.#model.catch(() => undefined);
  }

  /** Resolves when it can come no further before `go`. */
  async waits(): Promise<void> {
    await this.#gate.reached;
  }

  /** False when it was begun for another file, in another way, or the file is not what it was. */
  async isFor(path: string, options: EngineOptions): Promise<boolean> {
    return keyOf(path, options) === this.#key && (await identityOf(path)) === this.#identity;
  }

  /** Resolves when the weights are in memory. */
  async go(): Promise<LlamaModel> {
    this.#gate.open();
    return await this.#model;
  }

  /** Resolves when nothing of it goes on. */
  async abandon(): Promise<void> {
    this.#gate.refuse();
    await this.#model.catch(() => undefined);
  }
}

class Gate {
  static readonly #mine = new AsyncLocalStorage<Gate>();
  readonly reached: Promise<void>;
  readonly opened: Promise<void>;
  #isOpen = false;
  reach: () => void = () => undefined;
  open: () => void = () => undefined;
  refuse: () => void = () => undefined;

  constructor() {
    this.reached = new Promise((resolve) => {
      this.reach = resolve;
    });
    this.opened = new Promise((resolve, reject) => {
      this.open = () => {
        this.#isOpen = true;
        resolve();
      };
      this.refuse = () => reject(new Error("It was not wanted after all"));
    });
    this.opened.catch(() => undefined);
  }

  /** Resolves when the gate of whatever runs this is open; at once where there is none. */
  static async passed(): Promise<void> {
    const mine = Gate.#mine.getStore();
    mine?.reach();
    await mine?.opened;
  }

  /** @returns what `load` returns; a load that took no notice of its gate ends the process, and gives its memory back with it. */
  async hold<T>(load: () => Promise<T>): Promise<T> {
    const loaded = await Gate.#mine.run(this, load);
    if (!this.#isOpen) process.exit(1);
    return loaded;
  }
}

const guarded = new WeakSet<Library>();

/**
 * Between reading a header and taking memory, node-llama-cpp makes its `GgufInsights`: there a load waits for its gate.
 * On the CPU they would then load the model twice more without its weights, vocabulary and all, to see what it will take. The budgeter
 * knows; node-llama-cpp's own formulas are enough for its last look at what is free.
 */
function guard(library: Library): void {
  if (guarded.has(library)) return;
  guarded.add(library);
  const { GgufInsights } = library;
  const from = GgufInsights.from.bind(GgufInsights);
  GgufInsights.from = async (info, llama?: Llama) => {
    const insights = await from(info, llama);
    await Gate.passed();
    if (llama?.gpu !== false) return insights;
    insights.estimateModelResourceRequirementsV2 = async (wanted) => insights.estimateModelResourceRequirements(wanted);
    insights.estimateContextResourceRequirementsV2 = async ({ flashAttention, ...wanted }) =>
      insights.estimateContextResourceRequirements({ ...wanted, flashAttention: flashAttention !== false });
    return insights;
  };
}

const smallModelBytes = 100_000_000;

/** It is done with a step before a second thread has woken up. */
export function isSmall({ fileBytes }: GgufHeader): boolean {
  return fileBytes < smallModelBytes;
}

function startOptions(header: GgufHeader, { gpu, threads }: EngineOptions): StartOptions {
  const small = isSmall(header);
  return { gpu: gpu ?? (small ? false : "auto"), threads: threads ?? (small ? 1 : undefined) };
}

/** A file that was replaced meanwhile must not be loaded by its old header. */
async function identityOf(path: string): Promise<string> {
  return await stat(path, { bigint: true }).then(
    ({ dev, ino, size, mtimeNs }) => [dev, ino, size, mtimeNs].join(" "),
    () => "missing",
  );
}

function keyOf(path: string, options: EngineOptions): string {
  return JSON.stringify([path, Object.entries(options).toSorted()]);
}

function layersOnGpu({ gpuLayers }: EngineOptions): Pick<LlamaModelOptions, "gpuLayers"> {
  return gpuLayers === undefined ? {} : { gpuLayers: gpuLayers === "all" ? "max" : gpuLayers };
}
