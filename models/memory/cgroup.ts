/** Reads a small file; undefined when it is not there or may not be read. */
export type ReadText = (path: string) => Promise<string | undefined>;

export interface CgroupMemory {
  readonly limitBytes: number;
  /** Without the page cache, which goes when it must. */
  readonly usedBytes: number;
}

/** A limit at or above this is how version 1 says that there is none. */
const noLimitBytes = 2 ** 60;

/**
 * The tightest memory limit that a container or a service manager puts on this process; undefined when there is none.
 * https://docs.kernel.org/admin-guide/cgroup-v2.html, https://docs.kernel.org/admin-guide/cgroup-v1/memory.html
 */
export async function cgroupMemory(readText: ReadText): Promise<CgroupMemory | undefined> {
  const membership = (await readText("/proc/self/cgroup")) ?? "";
  const unified = /^0::(.*)$/m.exec(membership)?.[1];
  const legacy = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m.exec(membership)?.[1];
  const limits: CgroupMemory[] = [];
  if (unified !== undefined) {
    for (const folder of ancestors("/sys/fs/cgroup", unified)) {
      limits.push(...(await limitIn(folder, versionTwo, readText)));
    }
  }
  if (legacy !== undefined) {
    for (const folder of ancestors("/sys/fs/cgroup/memory", legacy)) {
      limits.push(...(await limitIn(folder, versionOne, readText)));
    }
  }
  return limits.toSorted((a, b) => a.limitBytes - a.usedBytes - (b.limitBytes - b.usedBytes))[0];
}

interface CgroupFiles {
  readonly limit: string;
  readonly usage: string;
  readonly cache: RegExp;
}

const versionTwo: CgroupFiles = { limit: "memory.max", usage: "memory.current", cache: /^(?:in)?active_file (\d+)$/gm };
const versionOne: CgroupFiles = {
  limit: "memory.limit_in_bytes",
  usage: "memory.usage_in_bytes",
  cache: /^total_(?:in)?active_file (\d+)$/gm,
};

async function limitIn(folder: string, files: CgroupFiles, readText: ReadText): Promise<CgroupMemory[]> {
  const limitBytes = Number((await readText(`${folder}/${files.limit}`))?.trim() || "none");
  // "max" is no number either.
  if (!(limitBytes < noLimitBytes)) return [];
  const usage = Number((await readText(`${folder}/${files.usage}`))?.trim() || 0);
  const stat = (await readText(`${folder}/memory.stat`)) ?? "";
  const cache = [...stat.matchAll(files.cache)].reduce((bytes, [, value]) => bytes + Number(value), 0);
  return [{ limitBytes, usedBytes: Math.max(0, usage - cache) }];
}

/** The group and all above it: each may have a limit. Inside a container only the topmost is seen. */
function ancestors(root: string, path: string): string[] {
  const parts = path.split("/").filter((part) => part !== "" && part !== "..");
  return Array.from({ length: parts.length + 1 }, (_, count) => [root, ...parts.slice(0, count)].join("/"));
}
