/** Words kept in history against words flite had really said at the cut. Run: npx tsx test/bench/heard.bench.ts [points per voice] */

import { withPause } from "../../models/speech/flite-pauses.ts";
import { loadFlite } from "../../models/speech/flite-program.ts";
import { fliteVoices } from "../../models/speech/flite-voices.ts";
import { speakable } from "../../models/speech/speakable/speakable.ts";
import { heardText } from "../../pipeline/stages/heard.ts";
import { clauses } from "../../pipeline/stages/sentences.ts";
import { spokenWords } from "../support/spoken-words.ts";

const points = Number(process.argv[2] ?? 50);
const answers = [
  "It is 16:40, and the library closes at six. You have 25 minutes left, so I would start packing now.",
  "The largest planet is Jupiter. Its diameter is 142,984 km, about eleven times that of the Earth; Saturn comes second.",
  "Sure, here is one: why do bees hum? Because they forgot the words. Do you want to hear another one, or was that enough?",
  "Three models are loaded: the voice model uses 350 MB, the recogniser 90 MB, and speech synthesis 40 MB. That leaves 12.5 GB.",
  "I changed two functions in src/reader.ts, and all 18 tests pass. Please look at the screen and say yes or no.",
  "The recipe needs flour, butter, three eggs, and a little salt. Mix everything, wait half an hour, then bake it at 180°C.",
];
const pauseMs = 120;
const samplesPerMs = 16;

const flite = await loadFlite();
const table: Record<string, Record<string, number>> = {};
for (const voice of fliteVoices) {
  const errors: number[] = [];
  for (const answer of await Promise.all(answers.map(prepared))) {
    const sent = answer.map((shown) => {
      const sound = withPause(flite.say(speakable(shown), { voice, speed: 1 }), pauseMs);
      return { shown, samples: sound.length, words: spokenWords(flite, shown, voice) };
    });
    let firstSample = 0;
    const said = sent.map((clause) => {
      const from = firstSample;
      firstSample += clause.samples;
      // The sound begins a little before its first phone.
      const zeroMs = from / samplesPerMs - (clause.words[0]?.startMs ?? 0) + 15;
      return {
        ...clause,
        firstSample: from,
        words: clause.words.map(({ startMs, endMs }) => zeroMs + (startMs + endMs) / 2),
      };
    });
    const wordTimes = said.flatMap(({ words }) => words);
    for (let i = 0; i < Math.ceil(points / answers.length); i += 1) {
      const played = Math.floor(Math.random() * firstSample);
      const heard = heardText(said, played).match(/\S+/g)?.length ?? 0;
      errors.push(Math.abs(heard - wordTimes.filter((at) => at <= played / samplesPerMs).length));
    }
  }
  const share = (most: number): number => (100 * errors.filter((error) => error <= most).length) / errors.length;
  table[voice] = {
    points: errors.length,
    "exact %": share(0),
    "within 1 word %": share(1),
    "worst, words": Math.max(...errors),
  };
}
console.table(table);

async function prepared(answer: string): Promise<readonly string[]> {
  const shown: string[] = [];
  const text = (async function* () {
    yield await Promise.resolve(answer);
  })();
  for await (const clause of clauses(text, new AbortController().signal)) shown.push(clause.shown);
  return shown;
}
