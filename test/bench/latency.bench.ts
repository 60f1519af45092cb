/** End of speech to first audio, one session, real engines, real time; and where the time goes. */
import { RealtimeSocket } from "../support/realtime-socket.ts";
import { startService } from "../support/service.ts";
import { SpokenLines, TestMicrophone } from "../support/spoken-lines.ts";
import { until } from "../support/until.ts";
import { percentile, printTable, rounded } from "./table.ts";

type LatencyPart =
  | "endpoint_wait_ms"
  | "stt_ms"
  | "first_token_ms"
  | "first_clause_ms"
  | "first_audio_ms"
  | "overhead_ms";

const lines = [
  "what time is it",
  "who are you",
  "what can you do",
  "tell me a joke",
  "what is the capital of italy",
  "what is seven plus five",
  "thank you",
  "how are you",
  "which models are loaded",
  "good morning",
];
const voices = ["slt", "awb", "rms", "kal"];

await using people = new SpokenLines();
await using sotto = await startService();
await using client = await RealtimeSocket.open(sotto.socketUrl, sotto.token, { sotto: true });
client.send({
  type: "session.update",
  session: { type: "realtime", audio: { input: { turn_detection: { type: "semantic_vad", eagerness: "auto" } } } },
});
using microphone = new TestMicrophone((bytes) => client.sendRaw(bytes));

const heardMs: number[] = [];
const turns = Number(process.argv[2] ?? 40);
for (let turn = 0; turn < turns; turn += 1) {
  const line = lines[turn % lines.length] ?? "hello";
  const voice = voices[Math.floor(turn / lines.length) % voices.length] ?? "slt";
  const started = client.count("sotto.audio.started");
  await microphone.say(await people.line(line, voice));
  const endedMs = performance.now();
  await until(() => client.count("sotto.audio.started") > started);
  const index = client.events.findLastIndex((event) => event.type === "sotto.audio.started");
  heardMs.push((client.atMs[index] ?? 0) - endedMs);
  const itemId = client.of("sotto.audio.started").at(-1)?.item_id;
  await until(() => client.count("response.done") > turn);
  // The loudspeaker has done its part: nobody talks over anybody here.
  client.send({ type: "sotto.playback", item_id: itemId, played_samples: 10_000_000, playing: false });
}

const latencies = client.of("sotto.latency").filter(({ parts }) => parts.first_played_ms === undefined);
const spans = (part: LatencyPart): number[] => latencies.flatMap(({ parts }) => parts[part] ?? []);
const row = (part: string, values: readonly number[], limit = "") => ({
  part,
  p50: rounded(percentile(values, 0.5)),
  p95: rounded(percentile(values, 0.95)),
  max: rounded(Math.max(...values)),
  "must reach": limit,
});
printTable(`End of speech → first audio, ${latencies.length} turns, ms`, [
  row("last spoken sample sent → first audio received", heardMs, "≤ 650 / ≤ 900"),
  row("· endpoint wait (silence)", spans("endpoint_wait_ms")),
  row("· recogniser", spans("stt_ms")),
  row("· first token", spans("first_token_ms")),
  row("· first clause", spans("first_clause_ms")),
  row("· first sound of it", spans("first_audio_ms")),
  row("everything that is not an engine, verdict → sent", spans("overhead_ms"), "p95 ≤ 15"),
]);
