import { createReadStream } from "node:fs";
import { realClock } from "../client-clock.ts";
import { defaultWishes } from "../session-wishes.ts";
import { fileFault } from "./file-fault.ts";
import { talkFromFiles } from "./file-talk.ts";
import { createJsonScreen } from "./json-screen.ts";
import { talkLive } from "./live-talk.ts";
import { serviceAddress } from "./service-address.ts";
import { type TalkCommandOptions, TalkFailure, type TalkIo } from "./talk-options.ts";
import { createTextScreen } from "./text-screen.ts";
import { planFile, planTurns } from "./turn-plan.ts";
import { comingTurns, knownTurns, type TurnList, type TurnQueue } from "./turn-queue.ts";

/**
 * `sotto talk`: a conversation by microphone and loudspeaker, or from files without either.
 * @returns the exit code: 0 after a conversation, 1 with a line on stderr that says why there was none
 */
export async function talk(options: TalkCommandOptions, io: TalkIo): Promise<number> {
  const life = new AbortController();
  const abort = (): void => life.abort();
  io.signal?.addEventListener("abort", abort, { once: true });
  if (io.signal?.aborted) abort();
  try {
    const { url, token } = serviceAddress(options, io.env);
    using queue = turnsOf(options, io);
    if (options.save !== undefined && queue === null)
      throw new TalkFailure("--save keeps the answers to --file, --files-from or --text; give one of them too.");
    const keys = queue !== null ? "" : "m mute · s stop · q quit";
    using screen = options.json ? createJsonScreen(io.stdout) : createTextScreen(io.stdout, { keys });
    const clock = io.clock ?? realClock;
    const wishes = { ...defaultWishes, voice: options.voice ?? null };
    if (queue !== null)
      await talkFromFiles({ url, token, wishes, queue, save: options.save, clock, screen }, life.signal);
    else await talkLive({ url, token, wishes, clock, screen, io, options }, life);
    return 0;
  } catch (error) {
    if (life.signal.aborted) return 0;
    if (!(error instanceof TalkFailure)) throw error;
    io.stderr.write(`sotto: ${error.message}\n`);
    return 1;
  } finally {
    io.signal?.removeEventListener("abort", abort);
    life.abort();
  }
}

/** What is to be said instead of listening to a microphone; null when nothing is. */
function turnsOf({ file = [], filesFrom, text }: TalkCommandOptions, { stdin }: TalkIo): TurnQueue | null {
  const turns = planTurns(file, text);
  if (filesFrom === undefined) return turns.length > 0 ? knownTurns(turns) : null;
  return comingTurns(turns, filesFrom === "-" ? pipedInto(stdin) : fileList(filesFrom), planFile);
}

function pipedInto(stdin: TalkIo["stdin"]): TurnList {
  const lines = stdin?.isTTY ? undefined : stdin?.[Symbol.asyncIterator]?.();
  if (lines === undefined) throw new TalkFailure("--files-from - reads the standard input; pipe a list into it.");
  return { [Symbol.asyncIterator]: () => lines, destroy: () => stdin?.destroy?.() };
}

function fileList(path: string): TurnList {
  const stream = createReadStream(path);
  const lines = async function* (): AsyncGenerator<Buffer | string> {
    try {
      yield* stream;
    } catch (error) {
      throw new TalkFailure(`Cannot read ${path}: ${fileFault(error, "read")}`);
    }
  };
  return { [Symbol.asyncIterator]: lines, destroy: () => stream.destroy() };
}
