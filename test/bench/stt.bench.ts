/** What the starter's recogniser writes down: phrase-book sentences in quiet and in noise, and speech that is not in the book. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { systemClock } from "../../models/clock.ts";
import { Ears } from "../../models/speech/ears.ts";
import { phraseBookJsgf, pronunciations } from "../../models/starter/grammar.ts";
import { intents } from "../../models/starter/phrase-book/book.ts";
import { normalise } from "../../models/starter/phrase-book/normalise.ts";
import { drawValue, pick, sampleIntent, seededRandom } from "../../models/starter/phrase-book/sample.ts";
import { framesOf } from "../contracts/stt-contract.ts";
import { fliteSpeech, fliteVoices } from "../support/flite-voice.ts";
import { seededNoise, withNoise } from "../support/noise.ts";
import { otherSpeech } from "./other-speech.ts";
import { printTable, rounded } from "./table.ts";

const sentenceCount = Number(process.argv[2] ?? 200);
const seed = Number(process.argv[3] ?? 2026);
const showMistakes = process.argv[4] === "mistakes";
/** Such as "pink": what else there is is drawn, and not listened to. */
const only = process.argv[5] ?? "";
const recordings = new URL("../../../shared/audio/", import.meta.url);

interface Tally {
  count: number;
  exact: number;
  rejected: number;
}
const tallies = new Map<string, Tally>();
const never = new AbortController().signal;
await using ears = new Ears({
  grammar: { jsgf: phraseBookJsgf, pronunciations },
  maxDecoders: 2,
  clock: systemClock,
  log: (line) => process.stderr.write(`${line}\n`),
});
await ears.ready();

/** Speech with the silence around it that a session's voice activity detection leaves. */
function inRoom(speech: Int16Array, random: () => number): Int16Array {
  const room = Int16Array.from({ length: speech.length + 7_200 }, () => Math.round((random() - 0.5) * 8));
  return room.map((value, i) => value + (speech[i - 4_800] ?? 0));
}

async function recognise(group: string, said: string | undefined, audio: Int16Array): Promise<void> {
  if (!group.includes(only)) return;
  let text = "";
  for await (const transcript of ears.stt.transcribe(framesOf(audio), never)) text = transcript.text;
  const tally = tallies.get(group) ?? { count: 0, exact: 0, rejected: 0 };
  tallies.set(group, tally);
  tally.count += 1;
  // The grammar takes "who's" and "who is" for the same, and so does everything that reads the transcript.
  const isExact = said !== undefined && normalise(text) === normalise(said);
  if (isExact) tally.exact += 1;
  if (text === "") tally.rejected += 1;
  const isMistake = said === undefined ? text !== "" : !isExact;
  if (isMistake && showMistakes) process.stdout.write(`${group}: "${said ?? ""}" became "${text}"\n`);
}

const random = seededRandom(seed);
const noiseRandom = seededNoise(seed);
for (let i = 0; i < sentenceCount; i += 1) {
  const fill = (slot: string): string => drawValue(slot, random, "any");
  const said = sampleIntent(pick(intents, random), random, { from: ["wordings", "heldOut"], fill, politeShare: 0.3 });
  await Promise.all(
    fliteVoices.map(async (voice) => {
      const clean = inRoom(await fliteSpeech(said, voice), noiseRandom);
      await recognise(`${voice}, clean`, said, clean);
      for (const kind of ["pink", "white"] as const)
        await recognise(`${voice}, ${kind} noise`, said, withNoise(clean, { kind, belowDb: 15, random: noiseRandom }));
    }),
  );
}
for (const [i, text] of otherSpeech.entries()) {
  const voice = fliteVoices[i % fliteVoices.length] ?? "slt";
  const clean = inRoom(await fliteSpeech(text, voice), noiseRandom);
  await recognise("other speech, flite", undefined, clean);
  const noisy = withNoise(clean, { kind: "pink", belowDb: 15, random: noiseRandom });
  await recognise("noisy other speech, flite", undefined, noisy);
}
const files = existsSync(recordings) ? readdirSync(recordings).filter((name) => name.endsWith(".wav")) : [];
if (files.length === 0) process.stdout.write("No recordings beside this checkout: people's speech is left out.\n");
for (const name of files) {
  const wav = readFileSync(new URL(name, recordings));
  const samples = new Int16Array(wav.buffer.slice(wav.byteOffset + 44, wav.byteOffset + wav.length - (wav.length % 2)));
  // The long one in pieces of four seconds, as nobody's utterance is a minute long.
  for (let at = 0; at < samples.length; at += 64_000)
    await recognise("other speech, people", undefined, samples.slice(at, at + 64_000));
}

const percent = (part: number, whole: number): number => rounded((100 * part) / Math.max(whole, 1));
const rows = [...tallies].map(([group, { count, exact, rejected }]) => ({
  group,
  utterances: count,
  "exact %": group.includes("other") ? "" : percent(exact, count),
  "rejected %": percent(rejected, count),
}));
printTable(`${sentenceCount} sentences of the phrase book, seed ${seed}`, rows);

function sum(pattern: RegExp): Tally {
  const total = { count: 0, exact: 0, rejected: 0 };
  for (const [group, tally] of tallies) {
    if (!pattern.test(group)) continue;
    total.count += tally.count;
    total.exact += tally.exact;
    total.rejected += tally.rejected;
  }
  return total;
}
const clean = sum(/clean/);
const pink = sum(/pink/);
const white = sum(/white/);
const other = sum(/^other/);
const noisyOther = sum(/^noisy other/);
const figures = [
  { measure: "exact, clean", value: percent(clean.exact, clean.count), "must reach": ">= 97 %" },
  { measure: "exact, pink noise at 15 dB", value: percent(pink.exact, pink.count), "must reach": ">= 90 %" },
  { measure: "exact, white noise at 15 dB", value: percent(white.exact, white.count), "must reach": "" },
  { measure: "rejected inside the book, clean", value: percent(clean.rejected, clean.count), "must reach": "<= 5 %" },
  {
    measure: "rejected outside the book, in pink noise at 15 dB",
    value: percent(noisyOther.rejected, noisyOther.count),
    "must reach": "",
  },
  { measure: "rejected outside the book", value: percent(other.rejected, other.count), "must reach": ">= 90 %" },
];
printTable("figures", figures);
const met =
  clean.exact >= 0.97 * clean.count &&
  pink.exact >= 0.9 * pink.count &&
  clean.rejected <= 0.05 * clean.count &&
  other.rejected >= 0.9 * other.count;
process.exitCode = met ? 0 : 1;
