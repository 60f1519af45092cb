import type { MachinePool } from "../memory/machine.ts";

/** One memory to plan for. */
export interface PlanPool {
  readonly id: string;
  readonly kind: "ram" | "vram" | "unified";
  readonly capacityBytes: number;
  /** Left to the system, the driver and others. */
  readonly reserveBytes: number;
  /** What people should know of it, in a sentence. */
  readonly note?: string;
}

/** Sizes that somebody named; a machine with GPUs whose system memory they did not name is taken to have the usual 16 GB. */
export interface NamedSizes {
  readonly ramBytes?: number;
  readonly vramBytes?: readonly number[];
  readonly unifiedBytes?: number;
}

const gb = 1e9;
const usualRamBytes = 16 * gb;
const systemBytes = 4 * gb;
const driverBytes = 512 * 1024 * 1024;
/** A pool that is fuller than nine tenths has no room for a longer talk or a browser's window. */
const tenth = 0.1;

export function poolsOfSizes({ ramBytes, vramBytes = [], unifiedBytes }: NamedSizes): readonly PlanPool[] {
  if (unifiedBytes !== undefined) {
    const metal = unifiedBytes > 36 * 1024 ** 3 ? (unifiedBytes * 3) / 4 : (unifiedBytes * 2) / 3;
    const wiredMib = Math.floor((unifiedBytes - systemReserve(unifiedBytes)) / 1024 ** 2);
    const note = `macOS lets its GPU keep ${(metal / gb).toFixed(1)} GB of this until you run: sudo sysctl iogpu.wired_limit_mb=${wiredMib}`;
    return [{ ...pool("ram", "unified", unifiedBytes, systemReserve(unifiedBytes)), note }];
  }
  const cards = vramBytes.map((bytes, index) => pool(`gpu${index}`, "vram", bytes, gpuReserve(bytes)));
  const ram = ramBytes ?? usualRamBytes;
  const host = pool("ram", "ram", ram, systemReserve(ram));
  return [ramBytes === undefined ? { ...host, note: "Taken as 16 GB; --ram says otherwise." } : host, ...cards];
}

/** As they are when nothing else runs: what others hold now comes and goes. */
export function poolsOfMachine(pools: readonly MachinePool[]): readonly PlanPool[] {
  return pools.map(({ id, kind, capacityBytes, freeBytes }) => {
    // Of a memory that GPU and system share, the probe gives the GPU's part: the rest is the system's already.
    const reserveBytes = kind === "ram" ? systemReserve(capacityBytes) : gpuReserve(capacityBytes);
    const planned = pool(id, kind, capacityBytes, reserveBytes);
    const takenBytes = capacityBytes - reserveBytes - freeBytes;
    const taken = `Other programs hold ${(takenBytes / gb).toFixed(1)} GB of what could be had; they are not counted.`;
    return takenBytes > gb ? { ...planned, note: taken } : planned;
  });
}

function pool(id: string, kind: PlanPool["kind"], capacityBytes: number, reserveBytes: number): PlanPool {
  return { id, kind, capacityBytes, reserveBytes: Math.min(capacityBytes, Math.ceil(reserveBytes)) };
}

function systemReserve(capacityBytes: number): number {
  return Math.max(Math.min(capacityBytes / 4, systemBytes), capacityBytes * tenth);
}

function gpuReserve(capacityBytes: number): number {
  return Math.max(Math.min(capacityBytes, driverBytes), capacityBytes * tenth);
}
