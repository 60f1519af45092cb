/** Sixteen people talking at once in real time: are frames lost, and how late are the verdicts while utterances are decoded? */

import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../../models/clock.ts";
import { type AudioFrame, frameSamples, type VadStream } from "../../models/roles.ts";
import { Ears } from "../../models/speech/ears.ts";
import { phraseBookJsgf, pronunciations } from "../../models/starter/grammar.ts";
import { fliteSpeech, fliteVoices } from "../support/flite-voice.ts";
import { percentile, printTable, rounded } from "./table.ts";

const streams = Number(process.argv[2] ?? 16);
const seconds = Number(process.argv[3] ?? 30);
const frameMs = 32;
const sentences = [
  "what is the capital of france",
  "tell me a joke",
  "what is twenty one times four",
  "who are you",
  "how do you spell committee",
  "which models are loaded",
];

await using ears = new Ears({
  grammar: { jsgf: phraseBookJsgf, pronunciations },
  maxDecoders: 2,
  clock: systemClock,
  log: (line) => process.stderr.write(`${line}\n`),
});
await ears.ready();

/** Silence before a sentence and after it; a session gives the recogniser only the last and first part of it. */
const beforeMs = 512;
const afterMs = 1_024;
const preRollMs = 288;
const trailingMs = 160;

interface Line {
  readonly text: string;
  readonly samples: Int16Array;
}
const lines: Line[] = [];
for (const [i, text] of sentences.entries()) {
  const speech = await fliteSpeech(text, fliteVoices[i % fliteVoices.length] ?? "slt");
  const samples = new Int16Array(speech.length + (beforeMs + afterMs) * 16);
  samples.set(speech, beforeMs * 16);
  lines.push({ text, samples });
}

const lagsMs: number[] = [];
const finalsMs: number[] = [];
let sent = 0;
let scored = 0;
let right = 0;

/** One utterance in real time; its transcript is awaited while the next one begins. */
async function say(line: Line, vad: VadStream, startMs: number): Promise<void> {
  let endedMs = 0;
  const scores: Promise<void>[] = [];
  const lineMs = line.samples.length / 16;
  async function* frames(): AsyncGenerator<AudioFrame, void, void> {
    for (let frame = 0; (frame + 1) * frameSamples <= line.samples.length; frame += 1) {
      const atMs = frame * frameMs;
      const waitMs = startMs + atMs - performance.now();
      if (waitMs > 0) await sleep(waitMs);
      const samples = line.samples.subarray(frame * frameSamples, (frame + 1) * frameSamples);
      const sentMs = performance.now();
      sent += 1;
      const score = vad.score({ samples, atMs }).then(() => {
        scored += 1;
        lagsMs.push(performance.now() - sentMs);
      });
      scores.push(score);
      yield { samples, atMs };
    }
  }
  /** What the recogniser is given; the line itself goes on being sent. */
  async function* utterance(): AsyncGenerator<AudioFrame, void, void> {
    const all = frames();
    for (let next = await all.next(); next.done !== true; next = await all.next()) {
      const { atMs } = next.value;
      if (atMs >= beforeMs - preRollMs) yield next.value;
      if (atMs >= lineMs - afterMs + trailingMs) break;
    }
    endedMs = performance.now();
    rest = (async () => {
      while ((await all.next()).done !== true);
    })();
  }
  let rest: Promise<void> = Promise.resolve();
  let text = "";
  for await (const transcript of ears.stt.transcribe(utterance(), new AbortController().signal)) text = transcript.text;
  finalsMs.push(performance.now() - endedMs);
  if (text === line.text) right += 1;
  await rest;
  await Promise.all(scores);
}

async function talk(stream: number, untilMs: number): Promise<void> {
  using vad = ears.vad.open();
  const open: Promise<void>[] = [];
  for (let turn = stream; performance.now() < untilMs; turn += 1) {
    const line = lines[turn % lines.length];
    if (line === undefined) return;
    const startMs = performance.now();
    open.push(say(line, vad, startMs));
    await sleep(line.samples.length / 16);
  }
  await Promise.all(open);
}

const loop = monitorEventLoopDelay({ resolution: 1 });
loop.enable();
const untilMs = performance.now() + seconds * 1_000;
await Promise.all(
  Array.from({ length: streams }, async (_, stream) => {
    await sleep(stream * 137);
    await talk(stream, untilMs);
  }),
);
loop.disable();

printTable(`${streams} streams for ${seconds} s`, [
  { measure: "frames sent", value: sent, "must reach": "" },
  { measure: "frames lost", value: sent - scored, "must reach": "0" },
  { measure: "verdict after frame, ms, p50", value: rounded(percentile(lagsMs, 0.5)), "must reach": "" },
  { measure: "verdict after frame, ms, p99", value: rounded(percentile(lagsMs, 0.99)), "must reach": "<= 40" },
  { measure: "event loop delay, ms, p99", value: rounded(loop.percentile(99) / 1e6), "must reach": "<= 20" },
  { measure: "utterances", value: finalsMs.length, "must reach": "" },
  { measure: "understood, %", value: rounded((100 * right) / finalsMs.length), "must reach": "" },
  { measure: "transcript after last frame, ms, p50", value: rounded(percentile(finalsMs, 0.5)), "must reach": "" },
  { measure: "transcript after last frame, ms, p95", value: rounded(percentile(finalsMs, 0.95)), "must reach": "" },
]);
process.exitCode = sent === scored && percentile(lagsMs, 0.99) <= 40 && loop.percentile(99) <= 20e6 ? 0 : 1;
