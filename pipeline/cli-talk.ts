import type { Command } from "commander";
import { type ServiceAt, type ServiceFlags, withService } from "./cli-service.ts";
import { collect } from "./cli-settings.ts";

/** What only the terminal client needs to know; it says itself what is wrong with it. */
export interface ClientFlags {
  readonly file?: readonly string[] | undefined;
  readonly filesFrom?: string | undefined;
  readonly text?: readonly string[] | undefined;
  readonly save?: string | undefined;
  readonly json?: boolean | undefined;
  readonly voice?: string | undefined;
  readonly device?: string | undefined;
  readonly recorder?: string | undefined;
  readonly player?: string | undefined;
  readonly fullDuplex?: boolean | undefined;
}

export interface TalkFlags extends ServiceFlags, ClientFlags {}

/** Runs the terminal client; gives its exit code. */
export type Talk = (request: ClientFlags & ServiceAt, signal: AbortSignal) => Promise<number>;

export function withTalkFlags(command: Command): Command {
  command
    .option(
      "--file <wav[@ms]>",
      "say this WAV file instead of using a microphone; may be given again; with @ms it cuts in so long after the answer before it began",
      collect,
    )
    .option(
      "--files-from <list>",
      "then say the files that are named in this list, one a line, as they come; - is the standard input",
    )
    .option(
      "--text <words>",
      "say this in writing, before any files; may be given again, and each is said in turn",
      collect,
    )
    .option("--save <wav>", "write the answers to a WAV file; with --file, --files-from or --text")
    .option("--json", "print what happens as lines of JSON")
    .option("--voice <name>", "the voice that answers: slt, rms, awb or kal")
    .option("--device <name>", "the microphone to use")
    .option("--recorder <program>", "the recorder to use, if not the first one found")
    .option("--player <program>", "the player to use, if not the first one found")
    .option("--full-duplex", "listen while answering, for headphones or a microphone that cancels echo");
  return withServiceFlags(command);
}

export const talkRemarks = `
Keys: m mute, s stop, q quit; when the coder has a change for you: a apply, r reject; when one was applied: u undo.
From files, it waits for what the coder has to tell before it says the next file, and before it ends. What to say next may depend on
what was printed: \`--files-from -\` reads names while the conversation goes on, such as that of a recorded "apply amber seven".`;

/** Which service a command is for. */
export function withServiceFlags(command: Command): Command {
  return command
    .option("--url <address>", "a service elsewhere: the link that it printed will do")
    .option("--token <token>", "its token, when that is neither in the link nor in SOTTO_TOKEN")
    .option("--no-serve", "do not start the service when none is running");
}

/** `sotto talk`: talks to the running service, or starts one for the length of this conversation. */
export async function runTalk(flags: TalkFlags, talk: Talk): Promise<number> {
  const { file, filesFrom, text, save, json, voice, device, recorder, player, fullDuplex, ...service } = flags;
  const client = { file, filesFrom, text, save, json, voice, device, recorder, player, fullDuplex };
  return await withService(service, (at, signal) => talk({ ...client, ...at }, signal));
}
