/** Where speech begins and ends in recordings of people, against marks made by hand; and what noise alone does. */

import { Silero } from "../../models/speech/silero.ts";
import { type NoiseKind, noise, seededNoise } from "../support/noise.ts";
import { hasRecordings, recording, speechMarks } from "../support/recordings.ts";
import { nearest, speechIn } from "../support/vad-run.ts";
import { printTable } from "./table.ts";

const silero = await Silero.load();
let misses = 0;
const rows: Record<string, string | number>[] = [];
for (const [name, utterances] of Object.entries(hasRecordings ? speechMarks() : {})) {
  const { starts, ends } = await speechIn(silero, recording(name));
  for (const [start, end] of utterances) {
    const startMs = Math.round((nearest(start, starts) - start) * 1_000);
    const endMs = Math.round((nearest(end, ends) - end) * 1_000);
    const isMiss = Math.abs(startMs) > 100 || Math.abs(endMs) > 100;
    if (isMiss) misses += 1;
    rows.push({
      recording: name,
      "from s": start,
      "to s": end,
      "start, ms": startMs,
      "end, ms": endMs,
      "": isMiss ? "*" : "",
    });
  }
}
if (!hasRecordings) process.stdout.write("No recordings beside this checkout: edges are left out.\n");
else printTable("edges against marks", rows);

const random = seededNoise(60);
/** Speech of 3,000 and noise of 300, root mean square: 20 dB. */
const level = 300;
let falseStarts = 0;
const kinds: readonly NoiseKind[] = ["white", "pink", "babble"];
const noises: Record<string, string | number>[] = [];
for (const kind of kinds) {
  const samples = Int16Array.from(noise(60 * 16_000, kind, random), (value) => Math.round(value * level));
  const { starts } = await speechIn(silero, samples);
  falseStarts += starts.length;
  noises.push({ "60 s of noise": kind, "false starts": starts.length });
}
printTable("noise 20 dB below speech", noises);
printTable("figures", [
  { measure: "utterances with an edge off by more than 100 ms", value: misses, of: rows.length, "must reach": 0 },
  { measure: "false starts", value: falseStarts, of: "", "must reach": 0 },
]);
process.exitCode = misses === 0 && falseStarts === 0 ? 0 : 1;
