import type { FlitePhone, FliteProgram } from "../../models/speech/flite-program.ts";
import type { FliteVoice } from "../../models/speech/flite-voices.ts";

interface WordTime {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * When each shown word of a clause is heard, in milliseconds from the clause's first phone: found by saying the clause's
 * beginnings, one word longer each time, and counting their phones.
 * @param shares the words that are spoken for each shown word.
 */
export function spokenWords(
  flite: FliteProgram,
  shares: readonly (readonly string[])[],
  voice: FliteVoice,
): readonly WordTime[] {
  const all = shares.flat();
  const phones = sounding(flite.say(all.join(" "), { voice, speed: 1 }).phones);
  let said = 0;
  let from = 0;
  return shares.map((words) => {
    said += words.length;
    const beginning = all.slice(0, said).join(" ").replace(/\W*$/, ",");
    const to =
      said === all.length ? phones.length : sounding(flite.say(beginning, { voice: "kal", speed: 4 }).phones).length;
    const [first, last] = [phones[from], phones[to - 1]];
    if (first === undefined || last === undefined) throw new Error(`Flite says nothing for "${words.join(" ")}"`);
    from = to;
    return { startMs: first.startMs, endMs: last.endMs };
  });
}

function sounding(phones: readonly FlitePhone[]): readonly (WordTime & { readonly name: string })[] {
  return phones
    .map(({ name, endMs }, i) => ({ name, startMs: phones[i - 1]?.endMs ?? 0, endMs }))
    .filter(({ name }) => name !== "pau");
}
