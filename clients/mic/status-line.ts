import type { TalkStatus } from "../talk-state.ts";
import type { SayingProgress } from "./talk-screen.ts";

export interface StatusPicture {
  readonly status: TalkStatus;
  readonly muted: boolean;
  /** What is being said just now. */
  readonly live: string;
  /** 0 to 1. */
  readonly level: number;
  readonly saying: SayingProgress | null;
  readonly keys: string;
}

const bars = " ▁▂▃▄▅▆▇█";
const meterCells = 8;

/** One line that says what is going on, never wider than the terminal. */
export function statusLine(picture: StatusPicture, columns: number): string {
  const { status, muted, live, level, saying, keys } = picture;
  const head = `${muted ? "muted" : status}`.padEnd(10);
  const gauge = saying ? progressBar(saying) : meter(muted ? 0 : level);
  const words = live === "" ? keys : `${live.length > 1 ? "… " : ""}${live}`;
  const room = Math.max(0, columns - 1 - head.length - gauge.length - 2);
  // The end of what is being said is the news.
  const shown =
    words.length <= room ? words : live === "" ? words.slice(0, room) : `…${words.slice(words.length - room + 1)}`;
  return `${head} ${gauge} ${shown}`.slice(0, Math.max(0, columns - 1));
}

function meter(level: number): string {
  return Array.from({ length: meterCells }, (_, cell) => {
    const part = Math.max(0, Math.min(1, level * meterCells - cell));
    return bars.charAt(Math.round(part * (bars.length - 1)));
  }).join("");
}

function progressBar({ turn, of, part }: SayingProgress): string {
  const full = Math.round(part * meterCells);
  const count = of > 1 ? ` ${turn + 1}/${of}` : "";
  return `[${"=".repeat(full)}${" ".repeat(meterCells - full)}]${count}`;
}
