import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Clock } from "../../models/clock.ts";
import { HostProcess } from "../../models/host/host-process.ts";

/** Starts real child processes that have no engine in them. */
export class TrialHosts implements AsyncDisposable {
  readonly #folder: string;
  readonly #started: HostProcess[] = [];
  readonly logs: string[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async build(): Promise<TrialHosts> {
    const hosts = new TrialHosts(await mkdtemp(join(tmpdir(), "sotto-host-")));
    await build({
      entryPoints: [fileURLToPath(new URL("../fixtures/trial-host.ts", import.meta.url))],
      outfile: hosts.entry,
      bundle: true,
      platform: "node",
      format: "esm",
    });
    return hosts;
  }

  /** The built file. */
  get entry(): string {
    return join(this.#folder, "trial-host.mjs");
  }

  /** A file that does not exist yet. */
  file(name: string): string {
    return join(this.#folder, name);
  }

  start(clock: Clock, how = "well", marker = ""): HostProcess {
    const host = new HostProcess({
      name: "trial",
      entry: this.entry,
      args: [how, marker],
      clock,
      log: (line) => this.logs.push(line),
      readyTimeoutMs: 20_000,
    });
    this.#started.push(host);
    return host;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const host of this.#started) await host[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
