import { constants, readFileSync } from "node:fs";
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { z } from "zod";
import type { ChangeSet } from "../../pipeline/handoff/change-set.ts";

/**
 * Applies a change in a process of its own that kills itself before the nth system call that changes something on the disk.
 *
 *   node mortal-apply.mjs <file with the change and its bytes> <workspace> <n>
 */
const [file = "", root = "", nth = ""] = process.argv.slice(2);
const { change, bytes } = z
  .object({ change: z.custom<ChangeSet>(), bytes: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(file, "utf8")));

let calls = 0;
function count(): void {
  calls += 1;
  if (calls === Number(nth)) process.kill(process.pid, "SIGKILL");
}

const { link, rename, rm, rmdir, unlink, mkdir, open } = fs;
function counted<Args extends unknown[], Result>(call: (...args: Args) => Result): (...args: Args) => Result {
  return (...args) => {
    count();
    return call(...args);
  };
}
Object.assign(fs, {
  link: counted(link),
  rename: counted(rename),
  rm: counted(rm),
  rmdir: counted(rmdir),
  unlink: counted(unlink),
  mkdir: counted(mkdir),
  open: async (...args: Parameters<typeof open>) => {
    const writes = (Number(args[1]) & constants.O_CREAT) !== 0;
    if (writes) count();
    const handle = await open(...args);
    // Between its making and its filling, too.
    if (writes) count();
    return handle;
  },
});
syncBuiltinESMExports();
const { applyChange } = await import("../../pipeline/handoff/workspace/apply-change.ts");
const blobs = {
  put: (): string => {
    throw new Error("Nothing is put while applying");
  },
  get: (hash: string): Uint8Array => Buffer.from(bytes[hash] ?? "", "base64"),
};
const { outcome } = await applyChange(change, { root, blobs, ciAllowed: [] }, new AbortController().signal);
if (outcome !== "applied") process.exitCode = 1;
