import { readlink, stat } from "node:fs/promises";
import type { StorageTier } from "./load-time.ts";
import type { MachineSources } from "./machine-sources.ts";

/** The kind of storage that a file lies on; "unknown" where the system does not tell (virtual disks, other systems than Linux). */
export async function storageTier(path: string, { platform, readText }: MachineSources): Promise<StorageTier> {
  if (platform === "darwin") return "nvme";
  if (platform !== "linux") return "unknown";
  const device = await stat(path).then(
    ({ dev }) => `/sys/dev/block/${majorOf(dev)}:${minorOf(dev)}`,
    () => undefined,
  );
  const target = device === undefined ? undefined : await readlink(device).catch(() => undefined);
  if (device === undefined || target === undefined) return "unknown";
  if (target.includes("/nvme")) return "nvme";
  // A partition's queue is its disk's. Virtual disks say whatever they like.
  const rotational =
    (await readText(`${device}/queue/rotational`)) ?? (await readText(`${device}/../queue/rotational`));
  if (target.includes("/virtio") || rotational === undefined) return "unknown";
  return rotational.trim() === "1" ? "disk" : "sata";
}

/**
 * The share of a file that lies in the page cache, 0 to 1; undefined where nothing tells. Node has no mincore(2), and timing a few
 * reads tells a cached page from an NVMe's only on an idle machine and brings in what it asks for. `fincore` of util-linux asks the
 * kernel and touches nothing.
 */
export async function cachedShare(
  path: string,
  { run }: MachineSources,
  signal: AbortSignal,
): Promise<number | undefined> {
  const answer = await run("fincore", ["--bytes", "--noheadings", "--output", "RES,SIZE", path], signal);
  const [, resident, size] = /^\s*(\d+)\s+(\d+)\s*$/.exec(answer ?? "") ?? [];
  if (resident === undefined || size === undefined || Number(size) === 0) return;
  return Math.min(1, Number(resident) / Number(size));
}

/** As in glibc's sys/sysmacros.h. */
function majorOf(device: number): number {
  return Math.floor(device / 256) & 0xfff;
}

function minorOf(device: number): number {
  return (device & 0xff) | (Math.floor(device / 0x100000) << 8);
}
