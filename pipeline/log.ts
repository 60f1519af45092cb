import { createWriteStream } from "node:fs";
import type { Clock } from "../models/clock.ts";
import type { Config } from "./config.ts";

export type LogLevel = "error" | "warn" | "info" | "debug";

/** Writes one line; "info" when no level is given. */
export type Log = (line: string, level?: LogLevel) => void;

export interface OpenLog extends AsyncDisposable {
  readonly log: Log;
}

const weights = { silent: 0, error: 1, warn: 2, info: 3, debug: 4 } as const;

/** Opens the log that the settings ask for. A file that cannot be written is said once on `stderr`, then lines go there. */
export function openLog(settings: Config["log"], stderr: NodeJS.WritableStream, clock: Clock): OpenLog {
  let sink: NodeJS.WritableStream = stderr;
  const file = settings.file === undefined ? undefined : createWriteStream(settings.file, { flags: "a", mode: 0o600 });
  if (file !== undefined) {
    sink = file;
    file.on("error", (error) => {
      if (sink === file)
        stderr.write(`sotto: cannot write the log: ${error.message}; set log.file to a file that can be written\n`);
      sink = stderr;
    });
  }
  return {
    log: (line, level = "info") => {
      if (weights[level] > weights[settings.level]) return;
      // A log line is one line, whatever an engine put into its message.
      sink.write(`${clock.today().toISOString()} ${level} ${line.trim().replaceAll(/\s*\n\s*/g, " | ")}\n`);
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        if (file === undefined || file.destroyed) resolve();
        else file.end(resolve);
      }),
  };
}
