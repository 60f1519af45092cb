/** One line of `nvidia-smi --query-gpu`. */
export interface NvidiaGpu {
  readonly uuid: string;
  readonly name: string;
  readonly capacityBytes: number;
  readonly freeBytes: number;
}

export interface NvidiaProcess {
  readonly pid: number;
  readonly uuid: string;
  /** Undefined where the driver does not tell (Windows, some containers). */
  readonly bytes: number | undefined;
}

const mib = 1024 * 1024;
const format = "--format=csv,noheader,nounits";

export const nvidiaGpusQuery = ["--query-gpu=uuid,name,memory.total,memory.free", format];
export const nvidiaProcessesQuery = ["--query-compute-apps=gpu_uuid,pid,used_gpu_memory", format];

/** GPUs in the driver's order. One that does not tell its memory ("[N/A]") is left out. */
export function parseNvidiaGpus(csv: string): readonly NvidiaGpu[] {
  return csv.split("\n").flatMap((line) => {
    const cells = line.split(",").map((cell) => cell.trim());
    const [uuid = "", ...rest] = cells;
    const [free, total] = [mebibytes(rest.pop()), mebibytes(rest.pop())];
    // What is left is the name, which may have a comma in it.
    const name = rest.join(", ");
    if (!uuid.startsWith("GPU-") || free === undefined || total === undefined) return [];
    return [{ uuid, name, capacityBytes: total, freeBytes: Math.min(free, total) }];
  });
}

export function parseNvidiaProcesses(csv: string): readonly NvidiaProcess[] {
  return csv.split("\n").flatMap((line) => {
    const [uuid = "", pid, used] = line.split(",").map((cell) => cell.trim());
    if (!uuid.startsWith("GPU-") || !/^\d+$/.test(pid ?? "")) return [];
    return [{ uuid, pid: Number(pid), bytes: mebibytes(used) }];
  });
}

function mebibytes(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) * mib : undefined;
}
