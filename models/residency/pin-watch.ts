import type { Clock } from "../clock.ts";
import type { ReplyRequest, Writer } from "../roles.ts";
import { felt, noPulse, type PinPulse } from "./pin-probe.ts";
import type { ResidencyState } from "./residency-state.ts";

/** A pinned model that nobody uses at the moment. */
export interface IdlePin {
  readonly model: string;
  /** Numbers its load: another one may be faster or slower. */
  readonly load: number;
  readonly writer: Writer;
}

export interface PinWatchOptions {
  /** None while a voice turn is held, anything is used or loaded: then nothing may disturb, and nothing would be learnt. */
  readonly idle: () => readonly IdlePin[];
  /** Calls back at every change of what `idle` goes by. */
  readonly watch: (listener: () => void) => Disposable;
  readonly report: (model: string, finding: { readonly isSlow: boolean }) => void;
  readonly clock: Clock;
}

const everyMs = 15_000;
/** Whatever takes longer is slow, however long. */
const limitMs = 20_000;
/** The shortest question there is; as a conversation of its own it takes nothing from anybody's cache inside Sotto. */
const probe: ReplyRequest = {
  conversation: "sotto-pin-probe",
  messages: [{ from: "user", text: "Hi" }],
  tools: [],
  toolChoice: "none",
  maxTokens: 1,
};

/** Asks pinned models for one token now and then, while nobody else does, and tells when they have become slow. */
export class PinWatch implements Disposable {
  readonly #options: PinWatchOptions;
  readonly #life = new AbortController();
  readonly #pulses = new Map<string, { readonly load: number; readonly pulse: PinPulse }>();

  constructor(options: PinWatchOptions) {
    this.#options = options;
    this.#run(this.#life.signal).catch(() => undefined);
  }

  [Symbol.dispose](): void {
    this.#life.abort();
  }

  async #run(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#options.clock.sleep(everyMs, signal);
      for (const pin of this.#options.idle()) await this.#feel(pin, signal);
    }
  }

  async #feel(pin: IdlePin, signal: AbortSignal): Promise<void> {
    const firstTokenMs = await this.#firstTokenMs(pin, signal);
    if (firstTokenMs === undefined) return;
    const { pulse, finding } = felt(this.#pulseOf(pin), firstTokenMs);
    this.#pulses.set(pin.model, { load: pin.load, pulse });
    if (finding !== null) this.#options.report(pin.model, { isSlow: finding === "slow" });
  }

  /** Of another load only that it was slow still counts: it is told when that is over. */
  #pulseOf({ model, load }: IdlePin): PinPulse {
    const known = this.#pulses.get(model);
    if (known?.load === load) return known.pulse;
    return { ...noPulse, isBroken: known?.pulse.isBroken ?? false };
  }

  /** Undefined when it was disturbed: by somebody who wants to talk, or by a fault that others tell of. */
  async #firstTokenMs({ load, writer }: IdlePin, signal: AbortSignal): Promise<number | undefined> {
    const { clock, idle, watch } = this.#options;
    const attempt = new AbortController();
    const stop = (): void => attempt.abort();
    signal.addEventListener("abort", stop, { once: true });
    using _watching = watch(() => {
      if (idle().every((pin) => pin.load !== load)) stop();
    });
    const beganMs = clock.nowMs();
    let isLate = false;
    void clock.sleep(limitMs, attempt.signal).then(
      () => {
        isLate = true;
        stop();
      },
      () => undefined,
    );
    try {
      for await (const _part of writer.reply(probe, attempt.signal)) break;
      if (!attempt.signal.aborted) return clock.nowMs() - beganMs;
    } catch {
      // An abort, or a fault that the model's server tells of.
    } finally {
      stop();
      signal.removeEventListener("abort", stop);
    }
    return isLate ? limitMs : undefined;
  }
}

/** Loads of pinned models that nobody uses, in a moment when nothing else is used, loaded or said. */
export function idlePinned(state: ResidencyState): readonly { readonly model: string; readonly load: number }[] {
  const { residents, models, turns, move } = state;
  const isQuiet = residents.every((it) => it.status === "ready" && it.leases.length === 0);
  if (!isQuiet || turns.length > 0 || move !== null) return [];
  return residents.filter(({ model }) => models.some(({ id, pinned }) => id === model && pinned));
}
