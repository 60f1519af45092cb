/** A part of the wait between the end of speech and the answer's first sound. */
export interface LatencyPart {
  readonly name: string;
  readonly ms: number;
}

const names: readonly (readonly [key: string, name: string])[] = [
  ["endpoint_wait_ms", "waiting for you to finish"],
  ["stt_ms", "understanding speech"],
  ["lease_ms", "waiting for the model"],
  ["first_token_ms", "thinking"],
  ["first_clause_ms", "first words"],
  ["first_audio_ms", "voice"],
  ["overhead_ms", "everything else"],
];

/** The parts in the order in which they pass, all above nothing. The wait for the model is part of what is left over. */
export function latencyParts(parts: Readonly<Record<string, number>>): readonly LatencyPart[] {
  const leaseMs = parts["lease_ms"] ?? 0;
  return names
    .map(([key, name]) => ({ name, ms: Math.max(0, (parts[key] ?? 0) - (key === "overhead_ms" ? leaseMs : 0)) }))
    .filter(({ ms }) => ms >= 0.5);
}

/** From the last sound of speech to the first of the answer: as heard where that is known, else as sent. */
export function latencyTotalMs(parts: Readonly<Record<string, number>>): number {
  return parts["first_played_ms"] ?? latencyParts(parts).reduce((sum, { ms }) => sum + ms, 0);
}
