import type { Clock } from "../clock.ts";
import { ModelError } from "../errors.ts";
import { hostEntry } from "../host/entries.ts";
import { type HostCall, HostProcess } from "../host/host-process.ts";
import type { AudioFrame, Stt, Transcript, Vad, VadStream } from "../roles.ts";
import { type EarsInfo, earsInfo, probability, transcript } from "./ears-messages.ts";
import { type EarsOptions, packOptions } from "./ears-options.ts";

const readyTimeoutMs = 20_000;

/** The ears' process as the service sees it: voice activity detection and the starter's speech recognition. */
export class Ears implements AsyncDisposable {
  readonly vad: Vad;
  readonly stt: Stt;
  readonly #host: HostProcess;

  constructor(options: EarsOptions & { readonly clock: Clock; readonly log: (line: string) => void }) {
    this.#host = new HostProcess({
      name: "ears",
      entry: hostEntry("ears-host"),
      args: [packOptions({ grammar: options.grammar, maxDecoders: options.maxDecoders })],
      clock: options.clock,
      log: options.log,
      readyTimeoutMs,
    });
    this.vad = { open: () => new HostVadStream(this.#host) };
    this.stt = { transcribe: (frames, signal) => transcribe(this.#host, frames, signal) };
  }

  /** Resolves when the ears hear. @throws ModelError when they never will. */
  async ready(signal?: AbortSignal): Promise<EarsInfo> {
    return earsInfo.parse(await this.#host.ready(signal));
  }

  get status(): HostProcess["status"] {
    return this.#host.status;
  }

  get pid(): number | undefined {
    return this.#host.pid;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#host[Symbol.asyncDispose]();
  }
}

/** A stream of frames to the process. When the process dies, scores fail until it is back; then the stream goes on with a fresh state. */
class HostVadStream implements VadStream {
  readonly #host: HostProcess;
  readonly #closed = new AbortController();
  #line: VadLine | undefined;

  constructor(host: HostProcess) {
    this.#host = host;
  }

  async score(frame: AudioFrame): Promise<number> {
    if (this.#closed.signal.aborted) throw new ModelError("engine-failed", "This stream is closed");
    if (this.#line === undefined || this.#line.isBroken) this.#line = new VadLine(this.#host, this.#closed.signal);
    return this.#line.score(frame.samples);
  }

  [Symbol.dispose](): void {
    this.#closed.abort();
  }
}

/** One `vad` call: answers come in the order of the frames. */
class VadLine {
  readonly #call: HostCall;
  readonly #waiting: { readonly resolve: (probability: number) => void; readonly reject: (error: unknown) => void }[] =
    [];
  isBroken = false;

  constructor(host: HostProcess, signal: AbortSignal) {
    this.#call = host.call("vad", null, signal);
    this.#read().catch((error: unknown) => {
      this.isBroken = true;
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
  }

  score(samples: Int16Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#call.input(samples);
    });
  }

  async #read(): Promise<void> {
    for await (const part of this.#call.parts()) this.#waiting.shift()?.resolve(probability.parse(part));
    throw new ModelError("host-exited", "The stream to the ears ended");
  }
}

async function* transcribe(
  host: HostProcess,
  frames: AsyncIterable<AudioFrame>,
  signal: AbortSignal,
): AsyncGenerator<Transcript, void, void> {
  signal.throwIfAborted();
  const call = new AbortController();
  const abort = (): void => call.abort(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    const utterance = host.call("transcribe", null, call.signal);
    send(frames, utterance, call.signal).catch((error: unknown) => call.abort(error));
    for await (const part of utterance.parts()) yield transcript.parse(part);
  } finally {
    signal.removeEventListener("abort", abort);
    // Whoever stops listening early wants no more work done.
    call.abort();
  }
}

async function send(frames: AsyncIterable<AudioFrame>, utterance: HostCall, signal: AbortSignal): Promise<void> {
  for await (const frame of frames) {
    if (signal.aborted) return;
    utterance.input(frame.samples);
  }
  utterance.inputEnd();
}
