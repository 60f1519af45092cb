/** The voices inside the flite package: a woman, three men (American, Scottish, and an older diphone voice). */
export const fliteVoices = ["slt", "rms", "awb", "kal"] as const;
export type FliteVoice = (typeof fliteVoices)[number];

/** OpenAI's voice names, so that stock clients are heard without configuration: deeper ones get a man's voice. */
const openAiVoices: Readonly<Record<string, FliteVoice>> = {
  alloy: "slt",
  coral: "slt",
  sage: "slt",
  shimmer: "slt",
  marin: "slt",
  ash: "rms",
  echo: "rms",
  cedar: "rms",
  ballad: "awb",
  verse: "awb",
};

/** Every name that is understood; flite's own first. */
export const voiceNames: readonly string[] = [...fliteVoices, ...Object.keys(openAiVoices)];

/** The voice meant by a name, in any case. */
export function fliteVoice(name: string): FliteVoice | undefined {
  const wanted = name.toLowerCase();
  return fliteVoices.find((voice) => voice === wanted) ?? new Map(Object.entries(openAiVoices)).get(wanted);
}
