import type { FlitePhone, FliteProgram } from "../../models/speech/flite-program.ts";
import type { FliteVoice } from "../../models/speech/flite-voices.ts";
import { speakable } from "../../models/speech/speakable/speakable.ts";

/** When each word of a written clause is heard, in milliseconds from the clause's first phone, as flite itself times it. */
export function spokenWords(
  flite: FliteProgram,
  shown: string,
  voice: FliteVoice,
): readonly { readonly word: string; readonly startMs: number; readonly endMs: number }[] {
  const said = speakable(shown).split(/[ -]/);
  const phones = sounding(flite.say(speakable(shown), { voice, speed: 1 }).phones);
  const own = said.map((word) => sounding(flite.say(word, { voice, speed: 1 }).phones).map((phone) => phone.name));
  const ends = wordEnds(
    own,
    phones.map((phone) => phone.name),
  );
  const tokens = shown.match(/\s*\S+/g) ?? [];
  let from = 0;
  return tokens.map((word, i) => {
    const words = speakable(tokens.slice(0, i + 1).join(""))
      .split(/[ -]/)
      .filter((each) => each !== "").length;
    const to = i === tokens.length - 1 ? phones.length : (ends[words - 1] ?? from);
    const [first, last] = [phones[from], phones[to - 1]];
    const startMs = first?.startMs ?? last?.endMs ?? 0;
    const timed = { word, startMs, endMs: Math.max(startMs, last?.endMs ?? startMs) };
    from = Math.max(from, to);
    return timed;
  });
}

interface Sounding {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
}

function sounding(phones: readonly FlitePhone[]): readonly Sounding[] {
  return phones
    .map(({ name, endMs }, i) => ({ name, startMs: phones[i - 1]?.endMs ?? 0, endMs }))
    .filter((phone) => phone.name !== "pau");
}

/**
 * Index behind the last phone of each word: the words' own phones laid along the sentence's with the fewest changes,
 * since words change a little beside each other.
 */
function wordEnds(words: readonly (readonly string[])[], sentence: readonly string[]): readonly number[] {
  const own = words.flat();
  const cost = Array.from({ length: own.length + 1 }, (_, i) => new Float64Array(sentence.length + 1).fill(i));
  const at = (i: number, j: number): number => cost[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 0; i <= own.length; i += 1) {
    for (let j = 0; j <= sentence.length; j += 1) {
      if (i === 0 && j === 0) continue;
      const change = i > 0 && j > 0 && own[i - 1] === sentence[j - 1] ? 0 : 1.5;
      cost[i]?.fill(
        Math.min(
          at(i - 1, j) + 1,
          j > 0 ? at(i, j - 1) + 1 : Number.POSITIVE_INFINITY,
          j > 0 ? at(i - 1, j - 1) + change : Number.POSITIVE_INFINITY,
        ),
        j,
        j + 1,
      );
    }
  }
  const behind = new Array<number>(own.length + 1).fill(0);
  for (let i = own.length, j = sentence.length; i > 0 || j > 0; ) {
    behind[i] = Math.max(behind[i] ?? 0, j);
    const change = i > 0 && j > 0 && own[i - 1] === sentence[j - 1] ? 0 : 1.5;
    if (i > 0 && j > 0 && at(i, j) === at(i - 1, j - 1) + change) [i, j] = [i - 1, j - 1];
    else if (j > 0 && at(i, j) === at(i, j - 1) + 1) j -= 1;
    else i -= 1;
  }
  let total = 0;
  return words.map((word) => {
    total += word.length;
    return behind[total] ?? sentence.length;
  });
}
