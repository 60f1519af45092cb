import type { Clock } from "../../models/clock.ts";
import { sampleRateHz } from "../../models/roles.ts";
import type { WordTime } from "../word-times.ts";

/** What goes out: a clause is announced, then its sound follows. */
export type Played =
  | { readonly type: "clause"; readonly shown: string; readonly spoken: boolean }
  | {
      readonly type: "audio";
      readonly samples: Int16Array;
      readonly clauseSamples: number | null;
      /** When the clause's first words are heard, as far as that is known. */
      readonly words: readonly WordTime[];
    };

export interface PlayoutOptions {
  readonly clock: Clock;
  /** How far sending may run ahead of playing. Long enough for the network's jitter, short enough that a barge-in wastes little. */
  readonly leadMs: number;
  readonly mark: (mark: "first-audio") => void;
}

interface Clause {
  readonly shown: string;
  readonly spoken: boolean;
  readonly audio: AsyncIterable<Int16Array>;
  /** Length of the whole sound, null until it is known. */
  readonly samples: () => number | null;
  readonly words: () => readonly WordTime[];
}

/** Hands sound out at the pace of playing, so that what was sent is never far from what was heard. */
export async function* playout(
  clauses: AsyncIterable<Clause>,
  { clock, leadMs, mark }: PlayoutOptions,
  signal: AbortSignal,
): AsyncGenerator<Played, void, void> {
  /** When playing of the sent samples will be through. */
  let playedUntilMs = clock.nowMs();
  for await (const { shown, spoken, audio, samples: clauseSamples, words } of clauses) {
    yield { type: "clause", shown, spoken };
    for await (const samples of audio) {
      const aheadMs = playedUntilMs - clock.nowMs();
      if (aheadMs > leadMs) await clock.sleep(aheadMs - leadMs, signal);
      signal.throwIfAborted();
      mark("first-audio");
      yield { type: "audio", samples, clauseSamples: clauseSamples(), words: words() };
      playedUntilMs = Math.max(playedUntilMs, clock.nowMs()) + (samples.length * 1_000) / sampleRateHz;
    }
  }
}
