import { rmSync } from "node:fs";
import { stat, writeFile } from "node:fs/promises";
import Database from "libsql";
import { z } from "zod";

const busy = z.object({ code: z.literal("SQLITE_BUSY") });
const there = z.object({ code: z.literal("EEXIST") });

/**
 * The right to write a file that is being fetched, until the end of the block. Held as a transaction that never ends: the system lets
 * go of it when the process dies, however it dies.
 * @returns undefined when somebody else has it
 */
export async function downloadLock(part: string): Promise<Disposable | undefined> {
  const path = `${part}.lock`;
  for (;;) {
    // Never opened and closed by us once it is there: that would let go of what this process holds of it.
    await writeFile(path, "", { flag: "wx" }).catch((error: unknown) => {
      if (!there.safeParse(error).success) throw error;
    });
    const before = await inodeOf(path);
    const database = new Database(path);
    try {
      database.exec("BEGIN EXCLUSIVE");
    } catch (error) {
      database.close();
      if (busy.safeParse(error).success) return undefined;
      throw error;
    }
    // Whoever had it before may have removed it after we opened it; a third could have made it anew.
    if (before !== undefined && (await inodeOf(path)) === before) return releasing(path, database);
    database.close();
  }
}

function releasing(path: string, database: InstanceType<typeof Database>): Disposable {
  return {
    [Symbol.dispose]: () => {
      rmSync(path, { force: true });
      database.close();
    },
  };
}

async function inodeOf(path: string): Promise<number | undefined> {
  return await stat(path).then(
    ({ ino }) => ino,
    () => undefined,
  );
}
