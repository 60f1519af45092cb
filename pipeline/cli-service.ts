import { createConnection } from "node:net";
import { systemClock } from "../models/clock.ts";
import { loadToken } from "./access-token.ts";
import { UsageError } from "./cli-failure.ts";
import { showProgress } from "./cli-progress.ts";
import { type SettingFlags, settingsFrom } from "./cli-settings.ts";
import { stopSignal } from "./cli-signals.ts";
import type { Config } from "./config.ts";
import { openLog } from "./log.ts";

/** Flags that say which service a command is for. */
export interface ServiceFlags extends Omit<SettingFlags, "token"> {
  readonly url?: string;
  readonly token?: string;
  readonly serve: boolean;
}

/** Where a service is, and its token as far as it is known. */
export interface ServiceAt {
  readonly url: string;
  readonly token?: string;
}

/** A command against a service; gives its exit code. */
export type UseService = (at: ServiceAt, signal: AbortSignal) => Promise<number>;

/**
 * Runs a command against the service that `--url` names, the one that runs on this machine, or one for the length of the command.
 * @param ownConfig what is different in a service of one's own
 */
export async function withService(
  flags: ServiceFlags,
  use: UseService,
  ownConfig: (config: Config) => Config = (config) => config,
): Promise<number> {
  const { url, token, serve, ...settings } = flags;
  if (url !== undefined) return await use({ url, ...given(token) }, stopSignal());
  const { config } = settingsFrom(settings);
  const running = await runningService(config, token);
  if (running !== null) return await use(running, stopSignal());
  if (!serve) {
    throw new UsageError(
      `Nothing answers at ${address(config)}: run \`npm start\` in another terminal, or leave out --no-serve`,
    );
  }
  const own = ownConfig(config);
  await using logging = openLog({ ...own.log, level: quieter(own, settings) }, process.stderr, systemClock);
  const { startSotto } = await import("./main.ts");
  const starting = showProgress("Starting ears, voice and mouth", process.stderr, systemClock);
  const service = await startSotto(own, { log: logging.log }).finally(() => starting[Symbol.dispose]());
  try {
    return await use({ url: service.url, ...given(token ?? (await knownToken(own))) }, stopSignal());
  } finally {
    await service.close();
  }
}

/** The service of this configuration, when it runs. */
export async function runningService(config: Config, token: string | undefined): Promise<ServiceAt | null> {
  if (!(await answers(config))) return null;
  return { url: address(config), ...given(token ?? (await knownToken(config))) };
}

function given(token: string | undefined): { readonly token?: string } {
  return token === undefined ? {} : { token };
}

/** The token that the service on this machine asks for. */
async function knownToken({ server, home }: Config): Promise<string | undefined> {
  if (!server.requireToken) return undefined;
  return process.env["SOTTO_TOKEN"] || server.token || (await loadToken(home));
}

/** In a conversation the terminal belongs to the two who talk; only trouble is logged, unless asked for. */
function quieter(config: Config, { verbose }: SettingFlags): Config["log"]["level"] {
  return verbose || config.log.file !== undefined ? config.log.level : "warn";
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
