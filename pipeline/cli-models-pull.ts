import { join } from "node:path";
import pico from "picocolors";
import { catalog } from "../models/catalog/catalog.ts";
import { type DownloadProgress, download } from "../models/catalog/download.ts";
import { type DownloadSource, downloadSource, hubAddress } from "../models/catalog/download-source.ts";
import { type Clock, systemClock } from "../models/clock.ts";
import { apiKeyOf } from "../models/servers/api-key.ts";
import { OllamaApi } from "../models/servers/ollama/ollama-api.ts";
import { pulled } from "../models/servers/ollama/ollama-pull.ts";
import { UsageError } from "./cli-failure.ts";
import { modelsFolder, ollamaAddress } from "./cli-models-list.ts";
import { gigabytes } from "./cli-table.ts";
import type { Config } from "./config.ts";

interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface PullOptions {
  readonly sha256?: string | undefined;
  readonly print: (text: string) => void;
  readonly terminal: Terminal;
}

/** `sotto models pull`: resolves with whether it was done; false after Ctrl-C. */
export async function pullModel(
  what: string,
  config: Config,
  options: PullOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const { sha256, print, terminal } = options;
  if (sha256 !== undefined && !/^(sha256:)?[0-9a-f]{64}$/i.test(sha256)) {
    throw new UsageError(`--sha256: expected 64 hexadecimal digits, got "${sha256}"`);
  }
  const source = sourceOf(what);
  const bar = new ProgressBar(terminal, systemClock);
  try {
    if (source.kind === "ollama") {
      const apiKey = apiKeyOf("ollama", process.env);
      const headers: Record<string, string> = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
      const api = new OllamaApi({ address: ollamaAddress(config), clock: systemClock, headers });
      for await (const { completedBytes, totalBytes } of pulled(api, source.name, signal)) {
        bar.show({ phase: "fetch", bytes: completedBytes, totalBytes: totalBytes === 0 ? undefined : totalBytes });
      }
      bar.clear();
      print(
        `${pico.green("✓")} ollama:${source.name} is here.\n  Use it: sotto serve --set director.model=ollama:${source.name}\n`,
      );
      return true;
    }
    const path = join(modelsFolder(config.home), source.fileName);
    const done = await download(
      {
        url: source.url,
        path,
        sha256: sha256?.replace(/^sha256:/i, ""),
        token: process.env["HF_TOKEN"] || undefined,
        clock: systemClock,
        onProgress: (progress) => bar.show(progress),
      },
      signal,
    );
    bar.clear();
    const checked = {
      sha256: "its checksum is right",
      size: "nobody named a checksum; its length is right",
      before: "it was here before",
    };
    print(
      `${pico.green("✓")} ${path}\n  ${gigabytes(done.bytes)}, ${checked[done.checked]}. Use it: sotto serve ${flagFor(source.fileName, path)}\n`,
    );
    return true;
  } catch (error) {
    bar.clear();
    if (!signal.aborted) throw error;
    print(`Stopped; what is there stays. Go on with: sotto models pull ${what}\n`);
    return false;
  }
}

/** For the work that it is best at. */
function flagFor(fileName: string, path: string): string {
  const model = catalog.find(({ files }) => files.some(({ file }) => file === fileName));
  const role = model?.roles.at(-1) ?? "voice";
  return role === "voice" ? `--voice-model "${path}"` : `--set ${role}.model="${path}"`;
}

function sourceOf(what: string): DownloadSource {
  try {
    return downloadSource(what, hubAddress(process.env));
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}

const barWidth = 28;
const drawEveryMs = 100;
/** Into a file or a pipe, a line for each so many hundredths. */
const tellEvery = 10;

/** A bar on a terminal, and now and then a line elsewhere. */
class ProgressBar {
  readonly #terminal: Terminal;
  readonly #clock: Clock;
  readonly #startMs: number;
  #startBytes: number | undefined;
  #drawnMs = Number.NEGATIVE_INFINITY;
  #told = "";

  constructor(terminal: Terminal, clock: Clock) {
    this.#terminal = terminal;
    this.#clock = clock;
    this.#startMs = clock.nowMs();
  }

  show({ phase, bytes, totalBytes }: DownloadProgress): void {
    this.#startBytes ??= bytes;
    const what = phase === "fetch" ? "fetched" : "checked";
    const share = totalBytes === undefined || totalBytes === 0 ? undefined : Math.min(1, bytes / totalBytes);
    const amount = totalBytes === undefined ? gigabytes(bytes) : `${gigabytes(bytes)} of ${gigabytes(totalBytes)}`;
    if (!this.#terminal.isTTY) {
      const step = `${what} ${share === undefined ? Math.floor(bytes / 1e9) : Math.floor((share * 100) / tellEvery)}`;
      if (step !== this.#told) this.#terminal.write(`${what} ${amount}\n`);
      this.#told = step;
      return;
    }
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#drawnMs < drawEveryMs) return;
    this.#drawnMs = nowMs;
    const full = Math.round((share ?? 0) * barWidth);
    const bar = `${pico.cyan("━".repeat(full))}${pico.dim("━".repeat(barWidth - full))}`;
    const speed = ((bytes - this.#startBytes) / Math.max(1, nowMs - this.#startMs)) * 1_000;
    const rest =
      phase === "check" || totalBytes === undefined || speed < 1
        ? ""
        : `, ${minutes((totalBytes - bytes) / speed)} left`;
    this.#terminal.write(
      `\r\u001b[2K${bar} ${what} ${amount}${phase === "check" ? "" : `, ${gigabytes(speed)}/s${rest}`}`,
    );
  }

  clear(): void {
    if (this.#terminal.isTTY) this.#terminal.write("\r\u001b[2K");
  }
}

function minutes(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
