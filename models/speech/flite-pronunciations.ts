import type { FliteProgram } from "./flite-program.ts";

/** About 1 MB. Talk has far fewer words; a flood of new ones begins anew. */
const mostWords = 5_000;

/**
 * Flite's pronunciations, each asked for once: the same few hundred words make most of what is said.
 * None at all for words among which there is one that flite does not take for one.
 */
export function pronunciations(
  flite: Pick<FliteProgram, "pronounce">,
): (words: readonly string[]) => readonly (readonly string[])[] {
  const known = new Map<string, readonly string[]>();
  return (words) => {
    if (known.size > mostWords) known.clear();
    const keys = words.map(keyOf);
    const unknown = [...new Set(keys)].filter((key) => /[A-Za-z0-9]/.test(key) && !known.has(key));
    if (unknown.length > 0) {
      const phones = asked(flite, unknown);
      if (phones === undefined) return [];
      for (const [i, key] of unknown.entries()) known.set(key, phones[i] ?? []);
    }
    return keys.map((key) => known.get(key) ?? []);
  };
}

/** Nobody goes without the sound because its times are unknown. */
function asked(
  flite: Pick<FliteProgram, "pronounce">,
  words: readonly string[],
): ReturnType<FliteProgram["pronounce"]> {
  try {
    return flite.pronounce(words);
  } catch {
    return undefined;
  }
}

/** "Hello," is "hello". What is not a plain word is left as it was written: "U.S.", "12". */
function keyOf(word: string): string {
  const plain = /^[A-Za-z][a-z']*(?=[,.;:!?]*$)/.exec(word)?.[0];
  return plain === undefined ? word : plain.toLowerCase();
}
