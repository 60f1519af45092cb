/** From the page to the worklet that plays. Samples are at 24 kHz, −1 to 1. */
export type PlaybackOrder =
  | { readonly do: "play"; readonly key: string; readonly samples: Float32Array }
  | { readonly do: "end" | "drop"; readonly key: string }
  | { readonly do: "clear" };

/** From the worklet to the page. */
export interface PlaybackReport {
  readonly key: string;
  /** At 24 kHz, counted as it is handed to the device. */
  readonly playedSamples: number;
  readonly playing: boolean;
}
