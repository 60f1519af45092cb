import pico from "picocolors";
import { systemClock } from "../models/clock.ts";
import { checkBinding } from "./access.ts";
import { UsageError } from "./cli-failure.ts";
import { showProgress } from "./cli-progress.ts";
import { type SettingFlags, settingsFrom } from "./cli-settings.ts";
import { aborted, stopSignal } from "./cli-signals.ts";
import { codingFolders } from "./coding-folders.ts";
import { usualPort } from "./config-schema.ts";
import { openLog } from "./log.ts";

/** `sotto serve`: runs until it is told to stop. */
export async function serve(flags: SettingFlags): Promise<void> {
  const { config } = settingsFrom(flags);
  // Said before the engines start, which takes a moment.
  const unsafe = checkBinding({ host: config.server.host, hasToken: config.server.requireToken });
  if (unsafe !== undefined) throw new UsageError(unsafe);
  await using logging = openLog(config.log, process.stderr, systemClock);
  // Nothing is held yet while engines start: a signal may end the process there and then.
  const { startSotto } = await import("./main.ts");
  const starting = showProgress("Starting ears, voice and mouth", process.stderr, systemClock);
  const service = await startSotto(config, { log: logging.log }).finally(() => starting[Symbol.dispose]());
  const signal = stopSignal();
  const talk = `npx sotto talk${portFlag(service.url)}`;
  process.stderr.write(
    `\n  Talk to it in a browser:  ${pico.cyan(service.link)}\n  or in another terminal:   ${pico.cyan(talk)}\n`,
  );
  for (const one of await codingFolders(config)) {
    process.stderr.write(`  ${one.ok ? `The coder may work in:    ${one.folder}` : pico.yellow(one.why)}\n`);
  }
  process.stderr.write("\n");
  // Last, so that who waits for this line finds everything else said.
  process.stdout.write(`sotto ready ${service.url}\n`);
  await aborted(signal);
  logging.log(`stopping on ${String(signal.reason)}`);
  await service.close();
}

/** @param url "http://127.0.0.1:80"; a URL leaves out the port that HTTP has anyway */
export function portFlag(url: string): string {
  const port = new URL(url).port || "80";
  return port === String(usualPort) ? "" : ` --port ${port}`;
}
