import type { TalkIo } from "../../clients/mic/talk-options.ts";

export interface FakeTerminal {
  readonly io: TalkIo;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** As a key sends it. Nothing hears it while the terminal is not in raw mode. */
  press(keys: string): void;
  /** Ctrl-C, where no program has the keyboard. */
  interrupt(): void;
  /** Whether single keys are read just now. */
  readonly raw: () => boolean;
}

export interface FakeTerminalOptions {
  /** A screen and a keyboard; otherwise everything goes to files. */
  readonly tty?: boolean;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with everything on stdout so far. */
  readonly onPrint?: (printed: string, terminal: FakeTerminal) => void;
}

export function fakeTerminal({ tty = false, rows = 40, env = {}, onPrint }: FakeTerminalOptions = {}): FakeTerminal {
  let stdout = "";
  let stderr = "";
  let raw = false;
  let listener: (data: string) => void = () => undefined;
  const life = new AbortController();
  const screen = tty ? { isTTY: true, columns: 80, rows } : {};
  const terminal: FakeTerminal = {
    io: {
      stdout: {
        ...screen,
        write: (text) => {
          stdout += text;
          onPrint?.(stdout, terminal);
        },
      },
      stderr: {
        ...screen,
        write: (text) => {
          stderr += text;
        },
      },
      stdin: tty
        ? {
            isTTY: true,
            setRawMode: (mode) => {
              raw = mode;
            },
            on: (_, hear) => {
              listener = hear;
            },
            off: () => {
              listener = () => undefined;
            },
            resume: () => undefined,
            pause: () => undefined,
          }
        : null,
      env,
      signal: life.signal,
    },
    stdout: () => stdout,
    stderr: () => stderr,
    press: (keys) => listener(keys),
    interrupt: () => life.abort("SIGINT"),
    raw: () => raw,
  };
  return terminal;
}
