import pico from "picocolors";

interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const frames = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
const frameMs = 80;

/** A line that moves while something takes its time; only on a terminal, and gone without a trace at the end of the block. */
export function showProgress(what: string, terminal: Terminal): Disposable {
  if (!terminal.isTTY) return { [Symbol.dispose]: () => undefined };
  let turn = 0;
  const draw = (): void => {
    const frame = frames[turn++ % frames.length] ?? "";
    terminal.write(`\r${pico.cyan(frame)} ${what} …`);
  };
  draw();
  const timer = setInterval(draw, frameMs);
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
      terminal.write("\r\u001b[2K");
    },
  };
}
