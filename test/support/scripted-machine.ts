import type { MachineSources } from "../../models/memory/machine-sources.ts";

/** A Linux machine whose figures a test sets; at first all its memory is free. */
export class ScriptedMachine {
  readonly ramBytes: number;
  readonly gpuBytes: number;
  /** Taken, by whomever. */
  ramTakenBytes = 0;
  gpuTakenBytes = 0;
  secondTakenBytes: () => number = () => 0;
  readonly #secondBytes: number;

  /**
   * @param sizes.gpuBytes 0: no GPU
   * @param sizes.secondBytes Of another GPU; 0: there is none.
   */
  constructor(sizes: { readonly ramBytes: number; readonly gpuBytes?: number; readonly secondBytes?: number }) {
    this.ramBytes = sizes.ramBytes;
    this.gpuBytes = sizes.gpuBytes ?? 0;
    this.#secondBytes = sizes.secondBytes ?? 0;
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
    const line = (index: number, bytes: number, taken: number): string =>
      `GPU-${index}, Scripted, ${mebibytes(bytes)}, ${mebibytes(bytes - taken)}\n`;
    const second = this.#secondBytes === 0 ? "" : line(2, this.#secondBytes, this.secondTakenBytes());
    return line(1, this.gpuBytes, this.gpuTakenBytes) + second;
  }
}
