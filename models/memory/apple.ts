export interface AppleMemory {
  readonly name: string;
  /** What Metal may keep at the same time. */
  readonly capacityBytes: number;
}

const gib = 1024 ** 3;

export const appleQuery = ["machdep.cpu.brand_string", "hw.memsize", "iogpu.wired_limit_mb"];

/**
 * From `sysctl` with these three names. Metal recommends two thirds of the memory up to 36 GB and three quarters above
 * (`recommendedMaxWorkingSetSize`), unless the owner set a limit.
 */
export function parseAppleMemory(sysctl: string): AppleMemory | undefined {
  const value = (key: string): string | undefined => new RegExp(`^${key}: (.+)$`, "m").exec(sysctl)?.[1]?.trim();
  const total = Number(value("hw\\.memsize"));
  if (!(total > 0)) return;
  const limit = Number(value("iogpu\\.wired_limit_mb") ?? 0) * 1024 * 1024;
  const recommended = total > 36 * gib ? (total * 3) / 4 : (total * 2) / 3;
  return {
    name: value("machdep\\.cpu\\.brand_string") ?? "Apple",
    capacityBytes: Math.floor(limit > 0 ? limit : recommended),
  };
}

/** Memory that can be had, from `vm_stat`: free, inactive, speculative and purgeable pages. */
export function parseVmStat(text: string): number | undefined {
  const pageBytes = Number(/page size of (\d+) bytes/.exec(text)?.[1]);
  if (!(pageBytes > 0)) return;
  const pages = ["free", "inactive", "speculative", "purgeable"].map((kind) =>
    Number(new RegExp(`^Pages ${kind}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0),
  );
  return pages.reduce((sum, count) => sum + count, 0) * pageBytes;
}
