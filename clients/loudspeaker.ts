/** How much of an answer was really heard, in samples at 24 kHz. */
export interface PlayedReport {
  readonly itemId: string;
  readonly playedSamples: number;
  /** False once nothing more of it will be played. */
  readonly playing: boolean;
}

/**
 * Plays answers in the order in which they come and reports about every 100 ms, and once when an answer is over,
 * through a function that it was given when it was made.
 */
export interface Loudspeaker {
  play(itemId: string, samples: Int16Array): void;
  /** All of this answer has come. */
  end(itemId: string): void;
  /** Silence now. */
  clear(): void;
  /** Never plays any of this answer, now or later. */
  drop(itemId: string): void;
}

export const reportEveryMs = 100;
