import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { ModelError } from "../errors.ts";
import { missingPackage } from "../host/missing-package.ts";
import { commonWords } from "./common-words.ts";
import type { DecoderFiles } from "./ears-messages.ts";
import type { EarsOptions } from "./ears-options.ts";
import { fsgText, type GarbageWeights, garbagePhone, garbageWord } from "./fsg.ts";
import { parseJsgf, wordsOf } from "./jsgf.ts";
import { compileGrammar, type WordAutomaton } from "./word-automaton.ts";

export interface SttGrammar {
  readonly automaton: WordAutomaton;
  readonly files: DecoderFiles;
  /** Words that nobody has told us how to say; one such word would make the recogniser refuse the whole grammar. */
  readonly missingWords: readonly string[];
}

/** Measured: with less, other speech is taken for the phrase book's; with more, the phrase book's own is rejected. See test/bench/stt.bench.ts. */
const garbage: GarbageWeights = { entry: 1e-2, word: 2e-3, phone: 0.03 };
/** Noise makes everything sound a little like something else, so that must be likelier before it is believed. */
const garbageInNoise: GarbageWeights = { entry: 1e-6, word: 1e-3, phone: 0.03 };

/** Folder of soundswallower's models, with a slash at its end. */
export function sttModelFolder(): string {
  return join(createRequire(import.meta.url).resolve("soundswallower"), "..", "model/");
}

/** @throws ModelError `bad-model` when the grammar cannot be read, `engine-missing` when the recogniser's files cannot. */
export async function loadGrammar({ jsgf, pronunciations }: EarsOptions["grammar"]): Promise<SttGrammar> {
  const { dictionary, phones } = await recogniserFiles().catch((cause: unknown) => {
    throw missingPackage("soundswallower", cause);
  });
  try {
    const grammar = parseJsgf(jsgf);
    const known = pronunciationsOf(new Set([...wordsOf(grammar), ...commonWords]), dictionary);
    for (const [word, spoken] of Object.entries(pronunciations)) known.set(word, [spoken]);
    const missing = new Set<string>();
    const automaton = compileGrammar(grammar, (word) => {
      if (!known.has(word)) missing.add(word);
      return known.has(word);
    });
    const words = new Set(automaton.next.flatMap((moves) => [...moves.keys()]));
    const others = new Set([...words, ...commonWords.filter((word) => known.has(word))]);
    const say = (name: string, word: string): string[] =>
      (known.get(word) ?? []).map((spoken, i) => `${name}${i === 0 ? "" : `(${i + 1})`} ${spoken}`);
    const lines = [
      ...[...words].flatMap((word) => say(word, word)),
      ...[...others].flatMap((word) => say(garbageWord(word), word)),
      ...phones.map((phone) => `${garbagePhone(phone)} ${phone}`),
    ];
    const files = {
      fsg: fsgText(automaton, { words: others, phones }, garbage),
      noisyFsg: fsgText(automaton, { words: others, phones }, garbageInNoise),
      dictionary: `${lines.join("\n")}\n`,
    };
    return { automaton, files, missingWords: [...missing].sort() };
  } catch (cause) {
    throw new ModelError("bad-model", `Cannot set up speech recognition: ${String(cause)}`, { cause });
  }
}

async function recogniserFiles() {
  const folder = join(sttModelFolder(), "en-us");
  const dictionary = await readFile(join(folder, "dict.txt"), "latin1");
  const phones = Object.keys(JSON.parse(await readFile(join(folder, "phoneset.json"), "utf8"))).filter(
    (phone) => /^[A-Z]+$/.test(phone) && phone !== "SIL",
  );
  return { dictionary, phones };
}

/** How the wanted words are said. Lines are `word PH ON ES` and, for further pronunciations, `word(2) PH ON ES`. */
function pronunciationsOf(wanted: ReadonlySet<string>, dictionary: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (let at = 0; at < dictionary.length; ) {
    const newline = dictionary.indexOf("\n", at);
    const end = newline < 0 ? dictionary.length : newline;
    const space = dictionary.indexOf(" ", at);
    const name = dictionary.slice(at, space);
    const word = name.endsWith(")") ? name.slice(0, name.indexOf("(")) : name;
    if (space > at && space < end && wanted.has(word)) {
      found.set(word, [...(found.get(word) ?? []), dictionary.slice(space, end).trim()]);
    }
    at = end + 1;
  }
  return found;
}
