import { readdirSync, readFileSync } from "node:fs";

/** A process that this one started, as the system sees it. */
export interface ChildProcessFacts {
  readonly pid: number;
  readonly command: string;
  readonly residentBytes: number;
}

/** Living children of this process, from /proc; only on Linux. */
export function childProcesses(): readonly ChildProcessFacts[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const status = readFileSync(`/proc/${entry}/status`, "utf8");
        const parent = /^PPid:\s*(\d+)/m.exec(status)?.[1];
        if (parent !== String(process.pid) || /^State:\s*Z/m.test(status)) return [];
        const kib = Number(/^VmRSS:\s*(\d+) kB/m.exec(status)?.[1] ?? 0);
        const command = readFileSync(`/proc/${entry}/cmdline`, "utf8").replaceAll("\0", " ");
        return [{ pid: Number(entry), command, residentBytes: kib * 1024 }];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
}
