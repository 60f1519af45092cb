/** Sixteen people talking at once, real engines, real time: what the service itself does to them. */

import { fork } from "node:child_process";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { startService } from "../support/service.ts";
import { percentile, printTable, rounded } from "./table.ts";

const clients = Number(process.argv[2] ?? 16);
const seconds = Number(process.argv[3] ?? 20);
const report = z.object({ sentMs: z.number(), answers: z.number(), utterances: z.number() });

await using sotto = await startService();
const talkers = fork(
  fileURLToPath(new URL("talkers.ts", import.meta.url)),
  [sotto.socketUrl, sotto.token, String(clients), String(seconds)],
  {
    execArgv: ["--import", "tsx"],
  },
);
const finished = new Promise<z.infer<typeof report>>((resolve) => {
  talkers.on("message", (message) => {
    const parsed = report.safeParse(message);
    if (parsed.success) resolve(parsed.data);
  });
});
await new Promise<void>((resolve) => talkers.once("message", () => resolve()));
await sleep(2_000);
for (const session of sotto.service.sessions) session.takeVadLagsMs();
const loop = monitorEventLoopDelay({ resolution: 1 });
loop.enable();
const lagsMs: number[] = [];
let frames = 0;
for (let second = 0; second < seconds; second += 1) {
  await sleep(1_000);
  for (const session of sotto.service.sessions) {
    const taken = session.takeVadLagsMs();
    frames += taken.length;
    lagsMs.push(...taken);
  }
}
loop.disable();
const open = sotto.service.sessions.size;
const { answers, utterances } = await finished;
const expected = (clients * seconds * 1_000) / 32;
printTable(`${clients} sessions talking for ${seconds} s`, [
  { measure: "sessions still open", value: open, "must reach": clients },
  {
    measure: "frames heard ÷ frames sent in that time",
    value: `${rounded((100 * frames) / expected)} %`,
    "must reach": "100 % (± the edges)",
  },
  { measure: "VAD lag p50, ms", value: rounded(percentile(lagsMs, 0.5)), "must reach": "" },
  { measure: "VAD lag p99, ms", value: rounded(percentile(lagsMs, 0.99)), "must reach": "≤ 40" },
  { measure: "event-loop lag p99, ms", value: rounded(loop.percentile(99) / 1e6), "must reach": "≤ 20" },
  { measure: "utterances said / answered aloud", value: `${utterances} / ${answers}`, "must reach": "" },
]);
talkers.kill();
