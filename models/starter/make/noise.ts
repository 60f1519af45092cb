import { pick, type Random } from "../phrase-book/sample.ts";

const before =
  "um|uh|well|so|and|now|hey|okay|listen|please|computer|assistant|sotto|hello|actually|oh|hm|right|alright|sorry|hi|hi there|good morning|good evening|okay thanks|thank you and|yes and|tell me".split(
    "|",
  );
const after =
  "please|now|then|for me|right now|thanks|thank you|quickly|again please|would you|if you can|my friend|computer|sotto".split(
    "|",
  );

/** Adds what people and recognisers add: stray words around a sentence, and now and then a slip of the fingers. */
export function withNoise(text: string, polite: boolean, random: Random): string {
  let noisy = text;
  if (random() < 0.14) noisy = `${pick(before, random)} ${noisy}`;
  if (polite && random() < 0.1) noisy = `${noisy} ${pick(after, random)}`;
  return random() < 0.04 ? withSlip(noisy, random) : noisy;
}

function withSlip(text: string, random: Random): string {
  const words = text.split(" ");
  const at = Math.floor(random() * words.length);
  const word = words[at] ?? "";
  if (word.length < 4) return text;
  const letter = 1 + Math.floor(random() * (word.length - 2));
  const slips = [
    word.slice(0, letter) + word.slice(letter + 1),
    word.slice(0, letter) + (word[letter + 1] ?? "") + (word[letter] ?? "") + word.slice(letter + 2),
    word.slice(0, letter) + (word[letter] ?? "") + word.slice(letter),
  ];
  return words.with(at, pick(slips, random)).join(" ");
}
