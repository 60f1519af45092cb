/**
 * Words kept in history against words flite had really said at the cut: by the times that the mouth tells, and as estimated for an
 * engine that tells none. Run: node build.js && npx tsx test/bench/heard.bench.ts [points per voice]
 */
import { systemClock } from "../../models/clock.ts";
import { loadFlite } from "../../models/speech/flite-program.ts";
import { fliteTts, mouthProcess } from "../../models/speech/flite-tts.ts";
import { type FliteVoice, fliteVoices } from "../../models/speech/flite-voices.ts";
import { speakable } from "../../models/speech/speakable/speakable.ts";
import { heardText, type SentClause } from "../../pipeline/stages/heard.ts";
import { clauses } from "../../pipeline/stages/sentences.ts";
import { speak } from "../../pipeline/stages/speak.ts";
import { modelsOf } from "../support/models-of.ts";
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
/** How many words are said for a written one, counted by hand; one for all others. */
const spokenFor: Readonly<Record<string, number>> = {
  "16:40,": 4,
  "25": 2,
  "142,984": 9,
  "350": 3,
  "12.5": 3,
  "src/reader.ts,": 8,
  "180°C.": 5,
};
const samplesPerMs = 16;
/** The sound begins a little before its first phone. */
const leadMs = 15;

const flite = await loadFlite();
const host = mouthProcess({ clock: systemClock, log: console.error });
await host.ready();
const models = modelsOf({ tts: fliteTts(host) });
const table: Record<string, Record<string, number>> = {};
for (const voice of fliteVoices) {
  const timed: number[] = [];
  const estimated: number[] = [];
  for (const answer of answers) {
    const sent = await said(answer, voice);
    const middles = sent.flatMap(({ shown, firstSample }) => {
      const words = spokenWords(flite, sharesOf(shown), voice);
      const zeroMs = firstSample / samplesPerMs + leadMs - (words[0]?.startMs ?? 0);
      return words.map(({ startMs, endMs }) => zeroMs + (startMs + endMs) / 2);
    });
    const end = (sent.at(-1)?.firstSample ?? 0) + (sent.at(-1)?.samples ?? 0);
    for (let i = 0; i < Math.ceil(points / answers.length); i += 1) {
      const played = Math.floor(Math.random() * end);
      const truly = middles.filter((atMs) => atMs <= played / samplesPerMs).length;
      timed.push(Math.abs(countOf(heardText(sent, played)) - truly));
      const untimed = sent.map(({ shown, firstSample, samples }) => ({ shown, firstSample, samples }));
      estimated.push(Math.abs(countOf(heardText(untimed, played)) - truly));
    }
  }
  const share = (errors: readonly number[], most: number): number =>
    Math.round((1_000 * errors.filter((error) => error <= most).length) / errors.length) / 10;
  table[voice] = {
    points: timed.length,
    "exact %": share(timed, 0),
    "within 1 word %": share(timed, 1),
    "worst, words": Math.max(...timed),
    "estimated: exact %": share(estimated, 0),
    "estimated: within 1 word %": share(estimated, 1),
    "estimated: worst, words": Math.max(...estimated),
  };
}
await host[Symbol.asyncDispose]();
console.table(table);

/** An answer as it goes out: its clauses with their sound and their times. */
async function said(answer: string, voice: FliteVoice): Promise<readonly SentClause[]> {
  const { signal } = new AbortController();
  const text = (async function* () {
    yield await Promise.resolve(answer);
  })();
  const options = { models, clock: systemClock, voice, speed: 1, speakable, log: console.error, mark: () => undefined };
  const sent: SentClause[] = [];
  let firstSample = 0;
  for await (const clause of speak(clauses(text, signal), options, signal)) {
    let samples = 0;
    for await (const sound of clause.audio) samples += sound.length;
    sent.push({ shown: clause.shown, firstSample, samples, words: clause.words() });
    firstSample += samples;
  }
  return sent;
}

/** The spoken words of a clause, for each of its written ones. */
function sharesOf(shown: string): readonly (readonly string[])[] {
  const spoken = speakable(shown).split(" ");
  const written = shown.match(/\S+/g) ?? [];
  const shares = written.map((word) => spoken.splice(0, spokenFor[word] ?? 1));
  if (spoken.length > 0 || shares.some((words) => words.length === 0))
    throw new Error(`Count the words of "${shown}" again`);
  return shares;
}

function countOf(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}
