import pico from "picocolors";
import { realClock } from "../client-clock.ts";
import { visibleLine } from "../visible-text.ts";
import { CodeCommand, type CodeTask } from "./code-command.ts";
import { JobLine } from "./job-line.ts";
import { createJobProgress } from "./job-progress.ts";
import { serviceAddress } from "./service-address.ts";
import { TalkFailure, type TalkIo } from "./talk-options.ts";

export interface CodeRequest extends CodeTask {
  /** Address of the service, or the link that it printed. */
  readonly url: string;
  readonly token?: string | undefined;
}

/**
 * `sotto code`: hands one task to the coder, shows the change, and asks.
 * @returns the exit code: 0 applied or proposed, 1 failed, refused or rejected with a line on stderr, 130 after Ctrl-C
 */
export async function code(request: CodeRequest, io: TalkIo): Promise<number> {
  const colours = pico.createColors(io.stdout.isTTY === true && pico.isColorSupported);
  const clock = io.clock ?? realClock;
  const { signal = new AbortController().signal } = io;
  try {
    const { url, token } = serviceAddress(request, io.env);
    using progress = createJobProgress(io.stderr, clock, colours);
    let command: CodeCommand | undefined;
    using line = new JobLine({ url, token, clock, onChange: (state) => command?.watch(state) });
    command = new CodeCommand(request, { ...io, clock }, { line, progress, colours });
    return await command.run(signal);
  } catch (error) {
    if (!(error instanceof TalkFailure)) throw error;
    io.stderr.write(`sotto: ${visibleLine(error.message)}\n`);
    return 1;
  }
}
