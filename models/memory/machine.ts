import type { Share } from "../servers/model-server.ts";
import { appleQuery, parseAppleMemory, parseVmStat } from "./apple.ts";
import { cgroupMemory } from "./cgroup.ts";
import { type GpuDevice, visibleGpus } from "./gpu-device.ts";
import type { MachineSources } from "./machine-sources.ts";
import { nvidiaGpusQuery, nvidiaProcessesQuery, parseNvidiaGpus, parseNvidiaProcesses } from "./nvidia.ts";

/** One memory of this machine. */
export interface MachinePool {
  /** "ram", "gpu0", … */
  readonly id: string;
  /** `unified`: the GPU and the system share it. */
  readonly kind: "ram" | "vram" | "unified";
  readonly name: string;
  /** What may be used at most, by everyone: a container's limit counts. */
  readonly capacityBytes: number;
  /** The page cache counts as free, model files that are mapped from it too. */
  readonly freeBytes: number;
  /** Of a GPU with memory of its own. */
  readonly device?: GpuDevice;
}

/** A GPU smaller than this is a slice of the system's memory that a display uses. */
const leastGpuBytes = 1024 ** 3;

/** Reads the present state of some pools; none when they do not answer. */
type PoolReader = (signal: AbortSignal) => Promise<readonly MachinePool[]>;

/** The memories of this machine. What does not answer in time is not there; a figure that fails later stays as it was. */
export class Machine {
  readonly #sources: MachineSources;
  readonly #readers: readonly PoolReader[];
  /** Pools by the NVIDIA driver's own names of its GPUs. */
  readonly #nvidiaPools: ReadonlyMap<string, string>;
  #pools: readonly MachinePool[] = [];

  static async probe(sources: MachineSources, signal: AbortSignal): Promise<Machine> {
    const nvidiaPools = new Map<string, string>();
    const readers: PoolReader[] = [];
    if (sources.platform === "darwin" && sources.arch === "arm64") {
      readers.push((inner) => appleMemory(sources, inner));
    } else {
      readers.push(() => systemMemory(sources));
      const gpus = parseNvidiaGpus((await sources.run("nvidia-smi", nvidiaGpusQuery, signal)) ?? "");
      for (const gpu of visibleGpus(gpus, sources.cudaDevices)) nvidiaPools.set(gpu.uuid, `gpu${gpus.indexOf(gpu)}`);
      // Only where it answered: a program that is missing or hangs is not started again and again.
      if (nvidiaPools.size > 0) readers.push((inner) => nvidiaGpus(sources, nvidiaPools, inner));
      readers.push(() => amdGpus(sources, gpus.length));
    }
    const machine = new Machine(sources, readers, nvidiaPools);
    await machine.refresh(signal);
    return machine;
  }

  private constructor(
    sources: MachineSources,
    readers: readonly PoolReader[],
    nvidiaPools: ReadonlyMap<string, string>,
  ) {
    this.#sources = sources;
    this.#readers = readers;
    this.#nvidiaPools = nvidiaPools;
  }

  /** As they were last read. */
  get pools(): readonly MachinePool[] {
    return this.#pools;
  }

  /** Reads what is free now. */
  async refresh(signal: AbortSignal): Promise<readonly MachinePool[]> {
    const read = (await Promise.all(this.#readers.map((reader) => reader(signal)))).flat();
    const silent = this.#pools.filter((known) => read.every((pool) => pool.id !== known.id));
    if (!signal.aborted) this.#pools = [...read, ...silent].toSorted((a, b) => order(a) - order(b));
    return this.#pools;
  }

  /** What a process holds, as far as the system tells: its own pages with its part of shared ones, and memory of NVIDIA GPUs. */
  async memoryOf(pid: number, signal: AbortSignal): Promise<readonly Share[]> {
    const [host, gpu] = await Promise.all([this.#hostBytes(pid), this.#gpuShares(pid, signal)]);
    const system = this.#pools.find((pool) => pool.kind !== "vram")?.id ?? "ram";
    return [...(host === undefined ? [] : [{ pool: system, bytes: host }]), ...gpu];
  }

  async #hostBytes(pid: number): Promise<number | undefined> {
    const { platform, readText, run } = this.#sources;
    if (platform !== "linux") {
      const text = platform === "win32" ? undefined : await run("ps", ["-o", "rss=", "-p", String(pid)], neverAborted);
      return text !== undefined && /^\s*\d+\s*$/.test(text) ? Number(text) * 1024 : undefined;
    }
    // The status may be read where the roll-up may not.
    const shared = parseKilobytes(await readText(`/proc/${pid}/smaps_rollup`), "Pss");
    return shared ?? parseKilobytes(await readText(`/proc/${pid}/status`), "VmRSS");
  }

  async #gpuShares(pid: number, signal: AbortSignal): Promise<readonly Share[]> {
    if (this.#nvidiaPools.size === 0) return [];
    const text = (await this.#sources.run("nvidia-smi", nvidiaProcessesQuery, signal)) ?? "";
    return parseNvidiaProcesses(text).flatMap(({ pid: holder, uuid, bytes }) => {
      const pool = this.#nvidiaPools.get(uuid);
      return holder === pid && pool !== undefined && bytes !== undefined ? [{ pool, bytes }] : [];
    });
  }
}

const neverAborted = new AbortController().signal;

function order({ id }: MachinePool): number {
  return id.startsWith("gpu") ? Number(id.slice(3)) : -1;
}

async function systemMemory({ readText, totalBytes, freeBytes }: MachineSources): Promise<readonly MachinePool[]> {
  const meminfo = await readText("/proc/meminfo");
  const total = parseKilobytes(meminfo, "MemTotal") ?? totalBytes();
  const available = parseKilobytes(meminfo, "MemAvailable") ?? freeBytes();
  const limit = await cgroupMemory(readText);
  const name = limit !== undefined && limit.limitBytes < total ? "memory of this container" : "system memory";
  const capacityBytes = Math.min(total, limit?.limitBytes ?? total);
  const room = limit === undefined ? available : Math.max(0, limit.limitBytes - limit.usedBytes);
  return [{ id: "ram", kind: "ram", name, capacityBytes, freeBytes: Math.min(available, room, capacityBytes) }];
}

async function appleMemory(
  { run, totalBytes, freeBytes }: MachineSources,
  signal: AbortSignal,
): Promise<readonly MachinePool[]> {
  const memory = parseAppleMemory((await run("sysctl", appleQuery, signal)) ?? `hw.memsize: ${totalBytes()}`);
  if (memory === undefined) return [];
  const free = parseVmStat((await run("vm_stat", [], signal)) ?? "") ?? freeBytes();
  return [{ id: "ram", kind: "unified", ...memory, freeBytes: Math.min(free, memory.capacityBytes) }];
}

async function nvidiaGpus(
  { run }: MachineSources,
  pools: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<readonly MachinePool[]> {
  const gpus = parseNvidiaGpus((await run("nvidia-smi", nvidiaGpusQuery, signal)) ?? "");
  return gpus.flatMap(({ uuid, ...gpu }, index) => {
    const id = pools.get(uuid);
    return id === undefined
      ? []
      : [{ id, kind: "vram" as const, ...gpu, device: { kind: "nvidia" as const, uuid, index } }];
  });
}

/** https://docs.kernel.org/gpu/amdgpu/driver-misc.html#memory-usage-information */
async function amdGpus({ list, readText }: MachineSources, firstIndex: number): Promise<readonly MachinePool[]> {
  const cards = (await list("/sys/class/drm")).filter((name) => /^card\d+$/.test(name));
  const pools: MachinePool[] = [];
  for (const card of cards.toSorted((a, b) => Number(a.slice(4)) - Number(b.slice(4)))) {
    const folder = `/sys/class/drm/${card}/device`;
    const capacityBytes = Number((await readText(`${folder}/mem_info_vram_total`))?.trim() || Number.NaN);
    const used = Number((await readText(`${folder}/mem_info_vram_used`))?.trim() || Number.NaN);
    if (!(capacityBytes >= leastGpuBytes && used >= 0)) continue;
    const name = (await readText(`${folder}/product_name`))?.trim() || `AMD ${card}`;
    const id = `gpu${firstIndex + pools.length}`;
    const device = { kind: "amd" as const, index: pools.length };
    pools.push({ id, kind: "vram", name, capacityBytes, freeBytes: Math.max(0, capacityBytes - used), device });
  }
  return pools;
}

/** A line such as "MemTotal:  24654 kB", as /proc writes it. */
function parseKilobytes(text: string | undefined, key: string): number | undefined {
  const value = new RegExp(`^${key}:\\s+(\\d+) kB$`, "m").exec(text ?? "")?.[1];
  return value === undefined ? undefined : Number(value) * 1024;
}
