import type { ClientClock } from "../client-clock.ts";

export interface TalkCommandOptions {
  /** Address of the service, as it prints it: `http://127.0.0.1:8377`, or the `ws:` address of its socket. */
  readonly url: string;
  readonly token?: string | undefined;
  /** Read when there is no `token`, nor one in SOTTO_TOKEN. */
  readonly tokenFile?: string | undefined;
  /** WAV files to say instead of the microphone, one turn each; `name@800` cuts in 800 ms after the answer began. */
  readonly file?: readonly string[] | undefined;
  /** Where more files are named, one a line, as in `file`, while the conversation goes on; "-" is the standard input. */
  readonly filesFrom?: string | undefined;
  /** Something to say in writing, before any files; of several one after the other. */
  readonly text?: string | readonly string[] | undefined;
  /** Where to keep what was heard, as WAV. */
  readonly save?: string | undefined;
  /** One JSON object a line instead of text. */
  readonly json?: boolean | undefined;
  readonly voice?: string | undefined;
  readonly device?: string | undefined;
  /** Name of the program that records, if not the first one found. */
  readonly recorder?: string | undefined;
  readonly player?: string | undefined;
  /** Listen while speaking: for headphones, or where something cancels the echo. */
  readonly fullDuplex?: boolean | undefined;
}

export interface TerminalOut {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

export interface TerminalIn {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  on(event: "data", listener: (data: Buffer | string) => void): unknown;
  off(event: "data", listener: (data: Buffer | string) => void): unknown;
  resume(): unknown;
  pause(): unknown;
  /** What is piped into it. */
  [Symbol.asyncIterator]?(): AsyncIterator<Buffer | string>;
  destroy?(): unknown;
}

/** What the command may touch of the world. */
export interface TalkIo {
  readonly stdout: TerminalOut;
  readonly stderr: TerminalOut;
  readonly stdin: TerminalIn | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted when the command should end, as if by Ctrl-C. */
  readonly signal?: AbortSignal;
  readonly clock?: ClientClock;
}

/** A mistake, or a state of the machine, that the person can do something about; the message says what. */
export class TalkFailure extends Error {
  override readonly name = "TalkFailure";
}
