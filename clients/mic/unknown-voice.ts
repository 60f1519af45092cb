import type { TalkState } from "../talk-state.ts";
import { visibleLine } from "../visible-text.ts";

/** Why nobody can answer in the voice that was asked for; null when somebody can, or the service does not tell. */
export function unknownVoice({ service }: TalkState, voice: string | null): string | null {
  const voices = service?.voices ?? [];
  if (voice === null || voices.length === 0 || voices.includes(voice.toLowerCase())) return null;
  return `There is no voice "${visibleLine(voice)}"; --voice takes ${visibleLine(voices.join(", "))}.`;
}
