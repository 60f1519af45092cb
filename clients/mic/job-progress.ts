import type { JobView } from "../../pipeline/realtime/job-events.ts";
import type { ClientClock } from "../client-clock.ts";
import { isOver } from "../job-list.ts";
import { statusText, timeText } from "../job-text.ts";
import { visibleLine } from "../visible-text.ts";
import type { Colours } from "./shown-text.ts";
import type { TerminalOut } from "./talk-options.ts";

const frames = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
const frameMs = 100;
const slowMs = 2_000;

/** What a job is doing: a line that moves on a terminal, a line for each step elsewhere. */
export interface JobProgress extends Disposable {
  show(job: JobView): void;
  /** Leaves the line to others until the next `show`. */
  clear(): void;
}

export function createJobProgress(out: TerminalOut, clock: ClientClock, colours: Colours): JobProgress {
  return out.isTTY ? movingLine(out, clock, colours) : plainLines(out);
}

/** What it does, in a line: "Reading parser.ts". */
function doing(job: JobView): string {
  return job.note === "" ? statusText(job) : visibleLine(job.note);
}

function plainLines(out: TerminalOut): JobProgress {
  let told = "";
  return {
    show: (job) => {
      const line = doing(job);
      if (isOver(job) || job.status === "awaiting-approval" || line === told) return;
      told = line;
      const expected = job.expected_ms === null ? "" : `, about ${Math.max(1, Math.round(job.expected_ms / 1_000))} s`;
      out.write(`${line}${expected}\n`);
    },
    clear: () => undefined,
    [Symbol.dispose]: () => undefined,
  };
}

function movingLine(out: TerminalOut, clock: ClientClock, colours: Colours): JobProgress {
  const life = new AbortController();
  let shown: { readonly job: JobView; readonly sinceMs: number } | null = null;
  let turn = 0;
  const draw = (): void => {
    if (shown === null) return;
    const { job, sinceMs } = shown;
    const elapsedMs = clock.nowMs() - sinceMs;
    // What takes a moment needs no time beside it.
    const time = job.expected_ms === null && elapsedMs < slowMs ? "" : timeText(job, job.since + elapsedMs);
    const frame = frames[turn++ % frames.length] ?? "";
    const words = `${doing(job)}${time === "" ? "" : ` · ${time}`}`.slice(0, Math.max(0, (out.columns || 80) - 3));
    out.write(`\r\u001b[2K${colours.cyan(frame)} ${words}`);
  };
  const tick = async (): Promise<void> => {
    while (!life.signal.aborted) {
      draw();
      await clock.sleep(frameMs, life.signal);
    }
  };
  tick().catch((error: unknown) => {
    if (!life.signal.aborted) throw error;
  });
  const clear = (): void => {
    if (shown !== null) out.write("\r\u001b[2K");
    shown = null;
  };
  return {
    show: (job) => {
      if (isOver(job) || job.status === "awaiting-approval") return clear();
      // A step's time is counted from when it was seen here: two machines' clocks need not agree.
      const sinceMs = shown?.job.since === job.since ? shown.sinceMs : clock.nowMs();
      shown = { job, sinceMs };
      draw();
    },
    clear,
    [Symbol.dispose]: () => {
      clear();
      life.abort();
    },
  };
}
