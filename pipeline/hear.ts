import type { Clock } from "../models/clock.ts";
import { type AudioFrame, frameSamples, type Models, sampleRateHz, type VadStream } from "../models/roles.ts";
import { createFramer } from "./audio/framer.ts";
import { Channel } from "./flow/channel.ts";
import { leaseAfterCrash } from "./flow/comeback.ts";
import type { HearEvent, HearSettings } from "./hear-events.ts";
import { endpointSilenceMs } from "./stages/turn.ts";
import { initialVadState, stepVad, type VadState, vadSettings } from "./stages/vad.ts";
import { Utterance, type UtteranceOptions } from "./utterance.ts";

export interface HearOptions {
  readonly models: Models;
  readonly clock: Clock;
  readonly settings: HearSettings;
  readonly emit: (event: HearEvent) => void;
  readonly log: (line: string) => void;
}

type Input =
  | { readonly type: "frame"; readonly frame: AudioFrame; readonly arrivedMs: number }
  | { readonly type: "commit"; readonly eventId: string | undefined }
  | { readonly type: "clear" }
  | { readonly type: "configure"; readonly settings: HearSettings };

const frameMs = (frameSamples * 1_000) / sampleRateHz;
/** Silence after which the recogniser finishes with what it has. It wants a little of it after the last word. */
const pauseMs = 160;
/** The Realtime API refuses to commit less than this. */
const shortestCommitMs = 100;
const comebackMs = 30_000;
/** Uncommitted audio kept in push-to-talk: five minutes. */
const longestBufferFrames = (5 * 60_000) / frameMs;
/** Nobody says more in one breath; a radio does, and must not be collected for ever. */
const longestUtteranceMs = 30_000;
/** A client may send a file faster than it can be heard, but not without end: ten minutes. */
const longestQueue = (10 * 60_000) / frameMs;

/** Listens for the life of a connection: voice activity, end of turn, transcript. It never waits for a reply. */
export class Hear {
  readonly #options: HearOptions;
  readonly #input = new Channel<Input>();
  readonly #framer = createFramer();
  readonly #lagsMs: number[] = [];
  #settings: HearSettings;
  #vad: VadState = initialVadState;
  #buffer: AudioFrame[] = [];
  #current: Utterance | undefined;
  #count = 0;
  #quietSinceMs = 0;
  #nowMs = 0;
  #isOverfull = false;

  constructor(options: HearOptions) {
    this.#options = options;
    this.#settings = options.settings;
  }

  /** 16 kHz samples as they come. */
  push(samples: Int16Array): void {
    const arrivedMs = this.#options.clock.nowMs();
    for (const frame of this.#framer.push(samples)) {
      if (this.#input.length < longestQueue) this.#input.push({ type: "frame", frame, arrivedMs });
      else if (!this.#isOverfull) this.#emit({ type: "overflow" });
      this.#isOverfull = this.#input.length >= longestQueue;
    }
  }

  /** Ends the utterance now with all audio since the last one. */
  commit(eventId: string | undefined): void {
    this.#input.push({ type: "commit", eventId });
  }

  /** Forgets audio that was not committed. */
  clear(): void {
    this.#input.push({ type: "clear" });
  }

  configure(settings: HearSettings): void {
    this.#input.push({ type: "configure", settings });
  }

  /** The wait for an answer keeps the idle clock from running. */
  stayAwake(): void {
    this.#quietSinceMs = this.#nowMs;
  }

  /** Milliseconds from a frame's arrival to its verdict, since the last call. */
  takeLagsMs(): number[] {
    return this.#lagsMs.splice(0);
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { models, clock } = this.#options;
    using lease = await leaseAfterCrash(models, { role: "vad", clock, withinMs: comebackMs }, signal);
    using stream = lease.engine.open();
    const stop = (): void => this.#input.close();
    signal.addEventListener("abort", stop, { once: true });
    // The client may have gone while the lease was granted.
    if (signal.aborted) stop();
    for await (const input of this.#input) {
      if (signal.aborted) break;
      if (input.type === "frame") await this.#frame(input.frame, stream, signal, input.arrivedMs);
      else if (input.type === "commit") this.#commit(input.eventId, signal);
      else if (input.type === "clear") this.#clear();
      else this.#configure(input.settings);
    }
    this.#current?.drop();
  }

  async #frame(frame: AudioFrame, stream: VadStream, signal: AbortSignal, arrivedMs: number): Promise<void> {
    this.#nowMs = frame.atMs + frameMs;
    const { detection } = this.#settings;
    this.#remember(frame);
    if (detection === null) return;
    const probability = await stream.score(frame).catch((error: unknown) => {
      // The ears are being restarted: a frame without a verdict is silence, and the session goes on.
      if (!signal.aborted) this.#options.log(`vad: ${String(error)}`);
      return 0;
    });
    this.#lagsMs.push(this.#options.clock.nowMs() - arrivedMs);
    if (this.#lagsMs.length > 10_000) this.#lagsMs.splice(0, 5_000);
    const { state, events } = stepVad(this.#vad, { frame, probability }, vadSettings(detection.threshold));
    this.#vad = state;
    const utterance = this.#current;
    utterance?.add(frame);
    for (const event of events) {
      if (event.type === "speech-start") {
        const current = this.#current ?? this.#open(event.atMs - detection.prefixMs, signal);
        current.resume();
        current.speechStartMs = event.atMs;
        current.lastSpeechMs = this.#nowMs;
        if (utterance === undefined)
          this.#emit({ type: "speech-start", utterance: current.number, atMs: current.startMs });
      } else if (event.type === "speech-progress" && this.#current !== undefined) {
        // Up to its last frame of speech: the silence that may yet be its end does not count.
        const lastMs = state.status === "speaking" ? state.lastMs : this.#nowMs;
        this.#current.lastSpeechMs = lastMs;
        const speechMs = lastMs - this.#current.speechStartMs;
        this.#emit({ type: "speech-progress", utterance: this.#current.number, speechMs });
      } else if (event.type === "speech-end" && this.#current !== undefined) {
        this.#current.lastSpeechMs = event.atMs;
      }
    }
    const current = this.#current;
    if (current === undefined) return this.#checkIdle(detection.idleTimeoutMs);
    const silenceMs = this.#nowMs - current.lastSpeechMs;
    if (silenceMs >= pauseMs) current.pause();
    if (silenceMs >= endpointSilenceMs(detection.rule, current.words)) this.#end(current, silenceMs);
    else if (this.#nowMs - current.startMs >= longestUtteranceMs) {
      this.#end(current, silenceMs);
      // Speech that goes on begins anew.
      this.#vad = initialVadState;
    }
  }

  #remember(frame: AudioFrame): void {
    this.#buffer.push(frame);
    const limit = this.#settings.detection === null ? longestBufferFrames : this.#prefixFrames();
    if (this.#buffer.length > limit) this.#buffer.splice(0, this.#buffer.length - limit);
  }

  /** The start of speech is known some frames late; the ring holds those frames too. */
  #prefixFrames(): number {
    return Math.ceil((this.#settings.detection?.prefixMs ?? 0) / frameMs) + 32;
  }

  #open(startMs: number, signal: AbortSignal): Utterance {
    const first = this.#buffer.findIndex((frame) => frame.atMs + frameMs > startMs);
    const preRoll = first === -1 ? [] : this.#buffer.slice(first);
    const { models, clock } = this.#options;
    this.#count += 1;
    const options: UtteranceOptions = {
      number: this.#count,
      startMs: preRoll[0]?.atMs ?? this.#nowMs,
      preRoll,
      models,
      clock,
      onPartial: ({ number }, text) => this.#emit({ type: "partial", utterance: number, text }),
      onFinal: ({ number, lastSpeechMs, startMs: fromMs }, { text, rejected }) =>
        this.#emit({ type: "transcript", utterance: number, text, rejected, audioMs: lastSpeechMs - fromMs }),
      onError: (utterance, message) => {
        // Nothing will come of this utterance; its end must not promise words.
        if (this.#current === utterance) this.#current = undefined;
        this.#emit({ type: "transcript-error", utterance: utterance.number, message, atMs: this.#nowMs });
      },
    };
    this.#current = new Utterance(options, this.#nowMs, signal);
    return this.#current;
  }

  #end(utterance: Utterance, silenceMs: number): void {
    this.#current = undefined;
    this.#buffer = [];
    this.#quietSinceMs = this.#nowMs;
    const { number, startMs } = utterance;
    this.#emit({ type: "utterance-end", utterance: number, startMs, endMs: this.#nowMs, silenceMs });
    utterance.end();
  }

  #commit(eventId: string | undefined, signal: AbortSignal): void {
    const bufferedMs = this.#buffer.length * frameMs;
    if (this.#current === undefined && (this.#settings.detection !== null || bufferedMs < shortestCommitMs)) {
      this.#emit({ type: "commit-empty", eventId });
      return;
    }
    const utterance = this.#current ?? this.#open(0, signal);
    this.#vad = initialVadState;
    this.#end(utterance, 0);
  }

  #clear(): void {
    const dropped = this.#current?.number ?? null;
    this.#current?.drop();
    this.#current = undefined;
    this.#buffer = [];
    this.#vad = initialVadState;
    this.#emit({ type: "buffer-cleared", dropped, atMs: this.#nowMs });
  }

  #configure(settings: HearSettings): void {
    const wasManual = this.#settings.detection === null;
    if (wasManual !== (settings.detection === null)) {
      this.#vad = initialVadState;
      if (this.#current !== undefined) this.#end(this.#current, 0);
    }
    this.#settings = settings;
  }

  #checkIdle(idleTimeoutMs: number | null): void {
    if (idleTimeoutMs === null || this.#nowMs - this.#quietSinceMs < idleTimeoutMs) return;
    this.#emit({ type: "idle-timeout", startMs: this.#quietSinceMs, endMs: this.#nowMs });
    this.#quietSinceMs = this.#nowMs;
  }

  #emit(event: HearEvent): void {
    this.#options.emit(event);
  }
}
