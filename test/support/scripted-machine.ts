import type { MachineSources } from "../../models/memory/machine-sources.ts";

/** A Linux machine whose figures a test sets; at first all its memory is free. */
export class ScriptedMachine {
  readonly ramBytes: number;
  readonly gpuBytes: number;
  /** Taken, by whomever. */
  ramTakenBytes = 0;
  gpuTakenBytes = 0;

  /** @param sizes.gpuBytes 0: no GPU */
  constructor({ ramBytes, gpuBytes = 0 }: { readonly ramBytes: number; readonly gpuBytes?: number }) {
    this.ramBytes = ramBytes;
    this.gpuBytes = gpuBytes;
  }

  get sources(): MachineSources {
    return {
      platform: "linux",
      arch: "x64",
      totalBytes: () => this.ramBytes,
      freeBytes: () => this.ramBytes - this.ramTakenBytes,
      readText: async (path) => (path === "/proc/meminfo" ? this.#meminfo() : undefined),
      list: async () => [],
      run: async (program, args) => {
        if (program !== "nvidia-smi" || this.gpuBytes === 0) return undefined;
        return args.join().includes("compute-apps") ? "" : this.#gpu();
      },
    };
  }

  #meminfo(): string {
    const kilobytes = (bytes: number): string => `${Math.floor(bytes / 1_024)} kB`;
    return `MemTotal: ${kilobytes(this.ramBytes)}\nMemAvailable: ${kilobytes(this.ramBytes - this.ramTakenBytes)}\n`;
  }

  #gpu(): string {
    const mebibytes = (bytes: number): number => Math.floor(bytes / 1_024 ** 2);
    return `GPU-1, Scripted, ${mebibytes(this.gpuBytes)}, ${mebibytes(this.gpuBytes - this.gpuTakenBytes)}\n`;
  }
}
