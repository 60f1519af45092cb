import { createConnection } from "node:net";
import type { Command } from "commander";
import { systemClock } from "../models/clock.ts";
import { loadToken } from "./access-token.ts";
import { UsageError } from "./cli-failure.ts";
import { showProgress } from "./cli-progress.ts";
import { collect, type SettingFlags, settingsFrom } from "./cli-settings.ts";
import { stopSignal } from "./cli-signals.ts";
import type { Config } from "./config.ts";
import { openLog } from "./log.ts";

/** What only the terminal client needs to know; it says itself what is wrong with it. */
export interface ClientFlags {
  readonly token?: string;
  readonly file?: readonly string[];
  readonly text?: string;
  readonly save?: string;
  readonly json?: boolean;
  readonly voice?: string;
  readonly device?: string;
  readonly recorder?: string;
  readonly player?: string;
  readonly fullDuplex?: boolean;
}

export interface TalkFlags extends Omit<SettingFlags, "token">, ClientFlags {
  readonly url?: string;
  readonly serve: boolean;
}

/** Runs the terminal client; gives its exit code. */
export type Talk = (request: ClientFlags & { readonly url: string }, signal: AbortSignal) => Promise<number>;

export function withTalkFlags(command: Command): Command {
  return command
    .option(
      "--file <wav[@ms]>",
      "say this WAV file instead of using a microphone; may be given again; with @ms it cuts in so long after the answer before it began",
      collect,
    )
    .option("--text <words>", "say this in writing, before any files")
    .option("--save <wav>", "write the answers to a WAV file; with --file or --text")
    .option("--json", "print what happens as lines of JSON")
    .option("--voice <name>", "the voice that answers")
    .option("--device <name>", "the microphone to use")
    .option("--recorder <program>", "the recorder to use, if not the first one found")
    .option("--player <program>", "the player to use, if not the first one found")
    .option("--full-duplex", "listen while answering, for headphones or a microphone that cancels echo")
    .option("--url <address>", "a service elsewhere: the link that it printed will do")
    .option("--token <token>", "its token, when that is neither in the link nor in SOTTO_TOKEN")
    .option("--no-serve", "do not start the service when none is running");
}

/** `sotto talk`: talks to the running service, or starts one for the length of this conversation. */
export async function runTalk(flags: TalkFlags, talk: Talk): Promise<number> {
  const {
    url,
    serve,
    config: _file,
    set: _set,
    verbose: _verbose,
    host: _host,
    port: _port,
    voiceModel: _model,
    ...client
  } = flags;
  if (url !== undefined) return talk({ ...client, url }, stopSignal());
  const { token: _, ...settings } = flags;
  const { config } = settingsFrom(settings);
  const token = flags.token ?? (await knownToken(config));
  const own = token === undefined ? client : { ...client, token };
  if (await answers(config)) return talk({ ...own, url: address(config) }, stopSignal());
  if (!serve) {
    throw new UsageError(
      `Nothing answers at ${address(config)}: run \`npm start\` in another terminal, or leave out --no-serve`,
    );
  }
  await using logging = openLog({ ...config.log, level: quieter(config, flags) }, process.stderr, systemClock);
  const { startSotto } = await import("./main.ts");
  const starting = showProgress("Starting ears, voice and mouth", process.stderr);
  const service = await startSotto(config, { log: logging.log }).finally(() => starting[Symbol.dispose]());
  try {
    return await talk({ ...own, url: service.url }, stopSignal());
  } finally {
    await service.close();
  }
}

/** The token that the service on this machine asks for. */
async function knownToken({ server, home }: Config): Promise<string | undefined> {
  if (!server.requireToken) return undefined;
  return process.env["SOTTO_TOKEN"] || server.token || (await loadToken(home));
}

/** In a conversation the terminal belongs to the two who talk; only trouble is logged, unless asked for. */
function quieter(config: Config, flags: TalkFlags): Config["log"]["level"] {
  return flags.verbose || config.log.file !== undefined ? config.log.level : "warn";
}

function address({ server: { host, port } }: Config): string {
  return `http://${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${port}`;
}

function answers({ server: { host, port } }: Config): Promise<boolean> {
  if (port === 0) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = createConnection({ host: host.replace(/^\[(.*)\]$/, "$1"), port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
