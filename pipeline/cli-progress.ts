import pico from "picocolors";
import type { Clock } from "../models/clock.ts";

interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const frames = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
const frameMs = 80;

/** A line that moves while something takes its time; only on a terminal, and gone without a trace at the end of the block. */
export function showProgress(what: string, terminal: Terminal, clock: Clock): Disposable {
  if (!terminal.isTTY) return { [Symbol.dispose]: () => undefined };
  const shown = new AbortController();
  let turn = 0;
  const draw = (): void => {
    if (shown.signal.aborted) return;
    const frame = frames[turn++ % frames.length] ?? "";
    terminal.write(`\r${pico.cyan(frame)} ${what} …`);
    clock.sleep(frameMs, shown.signal).then(draw, () => undefined);
  };
  draw();
  return {
    [Symbol.dispose]: () => {
      shown.abort();
      terminal.write("\r\u001b[2K");
    },
  };
}
