import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Job } from "../../../../pipeline/handoff/job.ts";
import { JobStore, type JobStoreOptions } from "../../../../pipeline/handoff/jobs/job-store.ts";
import { stepJob } from "../../../../pipeline/handoff/jobs/step-job.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";
import { changeOf, jobIn, proposalOf, proposedEvent, queuedJob, startMs, walk } from "./sample-jobs.ts";

let folder = "";
let complaints: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sotto-jobs-"));
  complaints = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(some: Partial<JobStoreOptions> = {}): JobStore {
  return JobStore.open({ folder, clock: new VirtualClock(), complain: (line) => complaints.push(line), ...some });
}

/** Does something to the file that no store would do. */
function meddle(sql: string): void {
  const database = new Database(join(folder, "jobs.db"));
  database.exec(sql);
  database.close();
}

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const all = Object.entries(jobIn).map(([status, job]): Job => ({ ...job(), id: status, files: ["a.ts", "b c.ts"] }));

describe("jobs", () => {
  test("in every state are there after a restart, in the order they were asked for", () => {
    {
      using store = open();
      for (const job of all) store.save({ ...job, state: { status: "queued" } });
      for (const job of all.toReversed()) store.save(job);
    }
    using again = open();
    expect(again.jobs()).toEqual(all);
    expect(again.job("done")).toEqual(all.find(({ id }) => id === "done"));
    expect(again.job("none")).toBeUndefined();
    expect(complaints).toEqual([]);
  });

  test("have a step for every state they were in, with what it was thought to take and what it took", () => {
    using store = open();
    const at = (job: Job, type: "begin-loading" | "begin-reading" | "cancelled", afterMs: number): Job => {
      const next = stepJob(job, { type }, startMs + afterMs);
      if ("refused" in next) throw new Error(next.refused);
      return next;
    };
    const queued = queuedJob();
    store.save(queued);
    const loading = at(queued, "begin-loading", 40);
    store.save(loading, { detail: "coder-7b", predictedMs: 4_000 });
    // The same step once more is none.
    store.save(loading, { detail: "again", predictedMs: 1 });
    const reading = at(loading, "begin-reading", 3_540);
    store.save(reading);
    expect(store.steps("job1")).toEqual([
      { status: "queued", atMs: startMs, detail: "", predictedMs: null, actualMs: 40 },
      { status: "loading", atMs: startMs + 40, detail: "coder-7b", predictedMs: 4_000, actualMs: 3_500 },
      { status: "reading", atMs: startMs + 3_540, detail: "", predictedMs: null, actualMs: null },
    ]);
    expect(store.steps("none")).toEqual([]);
  });

  test("that are over are kept fifty deep; those that are not are kept however old", () => {
    using store = open();
    store.save(queuedJob({ id: "waiting" }));
    for (let index = 0; index < 60; index += 1) store.save({ ...jobIn.cancelled(), id: `old${index}` });
    expect(store.jobs().map(({ id }) => id)).toEqual([
      "waiting",
      ...Array.from({ length: 50 }, (_, i) => `old${i + 10}`),
    ]);
    expect(store.steps("old9")).toEqual([]);
    expect(store.steps("old10")).toHaveLength(1);
  });
});

describe("bytes", () => {
  test("come back as they were put, also after a restart", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(20), (bytes, from) => {
        let hash = "";
        const part = bytes.subarray(from);
        {
          using store = open();
          hash = store.put(part);
          expect(store.put(Buffer.from(part))).toBe(hash);
        }
        using again = open();
        expect(hash).toMatch(/^[0-9a-f]{64}$/);
        expect([...again.get(hash)]).toEqual([...part]);
      }),
      { numRuns: 25 },
    );
  });

  test("that were never put, or are damaged, are not made up", () => {
    let hash = "";
    {
      using store = open();
      hash = store.put(text("one"));
      expect(() => store.get("0".repeat(64))).toThrow("no longer there");
    }
    meddle("UPDATE blobs SET bytes = x'00'");
    using store = open();
    expect(() => store.get(hash)).toThrow("is damaged");
  });

  test("go when no job needs them, but never while a job is being worked on", () => {
    using store = open();
    const [old, fresh, stray] = [store.put(text("old")), store.put(text("new")), store.put(text("stray"))];
    const proposal = proposalOf({ change: changeOf({ kind: "change", oldHash: old, newHash: fresh }) });
    store.save(walk(jobIn.proposing(), proposedEvent({ proposal })));
    store.save({ ...jobIn.reading(), id: "working" });
    store.save({ ...jobIn.cancelled(), id: "over1" });
    expect([...store.get(stray)]).toEqual([...text("stray")]);
    store.save({ ...jobIn.cancelled(), id: "working" });
    expect(() => store.get(stray)).toThrow("no longer there");
    expect([...store.get(old), ...store.get(fresh)]).toEqual([...text("old"), ...text("new")]);
  });
});

describe("a file of jobs", () => {
  const lost = expect.stringMatching(/^Earlier coding jobs are lost: .*jobs\.db is damaged/);

  test("is closed to other users, with all that stands beside it, also one that was open to them", () => {
    const modes = (): readonly string[] =>
      readdirSync(folder)
        .filter((name) => name.startsWith("jobs.db"))
        .map((name) => `${name} ${(statSync(join(folder, name)).mode & 0o777).toString(8)}`);
    const closed = ["jobs.db 600", "jobs.db-shm 600", "jobs.db-wal 600"];
    {
      using store = open();
      store.save(queuedJob());
      expect(modes()).toEqual(closed);
    }
    chmodSync(join(folder, "jobs.db"), 0o644);
    using again = open();
    again.save(queuedJob());
    expect(modes()).toEqual(closed);
  });

  test("that is no database is set aside, and said so", () => {
    writeFileSync(join(folder, "jobs.db"), "this is no database".repeat(500));
    using store = open();
    store.save(queuedJob());
    expect(store.jobs()).toHaveLength(1);
    expect(complaints).toEqual([lost]);
    expect(readdirSync(folder).some((name) => name.startsWith("jobs.db.damaged-"))).toBe(true);
  });

  test("with other tables, or with pages that are broken, is set aside", () => {
    meddle("CREATE TABLE jobs (something TEXT)");
    open()[Symbol.dispose]();
    expect(complaints).toEqual([lost]);
    {
      using store = open();
      for (let index = 0; index < 40; index += 1) store.put(text(`${index}`.repeat(3_000)));
    }
    const path = join(folder, "jobs.db");
    meddle("PRAGMA wal_checkpoint(TRUNCATE)");
    const { size } = statSync(path);
    const broken = new Database(path);
    broken.exec("PRAGMA writable_schema = ON; UPDATE sqlite_master SET rootpage = 9999 WHERE name = 'blobs'");
    broken.close();
    expect(size).toBeGreaterThan(100_000);
    complaints = [];
    using store = open();
    store.save(queuedJob());
    expect(complaints).toEqual([lost]);
  });

  test("of a newer Sotto is refused, and left as it is", () => {
    {
      using store = open();
      store.save(queuedJob());
    }
    meddle("PRAGMA user_version = 2");
    expect(() => open()).toThrow(/are of a newer Sotto\. Update this one/);
    meddle("PRAGMA user_version = 1");
    using store = open();
    expect(store.jobs()).toHaveLength(1);
  });

  test("in a place that cannot be written is refused with a sentence", () => {
    writeFileSync(join(folder, "file"), "");
    expect(() => open({ folder: join(folder, "file", "jobs") })).toThrow(/cannot be kept .*Check the folder\.$/);
  });

  test("with no room left refuses the change, keeps what was, and goes on when there is room", () => {
    {
      using store = open({ mostBytes: 120_000 });
      store.save(queuedJob());
      expect(() => store.put(new Uint8Array(500_000))).toThrow(/There is no room left for jobs .* Free some space/);
      const big = queuedJob({ id: "big", task: "x".repeat(500_000) });
      expect(() => store.save(big)).toThrow(expect.objectContaining({ code: "full" }));
      expect(store.jobs()).toEqual([queuedJob()]);
      expect(store.steps("big")).toEqual([]);
      store.save(jobIn.loading());
    }
    using store = open();
    store.put(new Uint8Array(500_000));
    expect(store.jobs()).toEqual([jobIn.loading()]);
  });

  test("with a job that is damaged ends that job, and says so once", () => {
    {
      using store = open();
      for (const id of ["a", "b", "c", "d"]) store.save({ ...jobIn.applying(), id });
    }
    meddle(`UPDATE jobs SET state = '{"status":"applying"}' WHERE id = 'a'; UPDATE jobs SET state = 'x' WHERE id = 'b';
      UPDATE jobs SET since = x'00' WHERE id = 'c'`);
    {
      using store = open();
      const why = expect.stringContaining("is damaged, so nobody knows how far it came");
      expect(store.jobs()).toMatchObject([
        { id: "a", told: false, state: { status: "failed", why } },
        { id: "b", state: { status: "failed", why } },
        { id: "d", state: { status: "applying" } },
      ]);
    }
    const damaged = "A coding job is damaged and has failed: write fizz buzz";
    expect(complaints).toEqual([damaged, damaged, "A coding job is lost: nothing of it can be read."]);
    complaints = [];
    using _again = open();
    expect(complaints).toEqual([]);
  });
});

describe("of two who open the same file", () => {
  test("the second may only read, until the first has closed it", () => {
    const first = open();
    using second = open();
    first.save(queuedJob());
    expect([first.access, second.access]).toEqual(["write", "read"]);
    expect(second.jobs()).toEqual([queuedJob()]);
    expect(() => second.save(jobIn.loading())).toThrow("Another Sotto works on these jobs");
    expect(() => second.put(text("one"))).toThrow(expect.objectContaining({ code: "read-only" }));
    first[Symbol.dispose]();
    using third = open();
    expect(third.access).toBe("write");
  });

  test("one that is killed in the middle has kept all that it said, and lets go", async () => {
    for (const killAfter of [1, 9, 61]) {
      const said = await killedWriter(killAfter);
      using store = open();
      expect(store.access).toBe("write");
      const order = ["queued", "loading", "reading", "proposing", "awaiting-approval", "applying", "summarising"];
      for (const line of said) {
        const [first = "", second = "", third] = line.split(" ");
        if (first === "access") expect(second).toBe("write");
        else if (first === "blob") expect(new TextDecoder().decode(store.get(second))).toBe(`bytes of ${third}`);
        else expect(order.indexOf(store.job(first)?.state.status ?? "")).toBeGreaterThanOrEqual(order.indexOf(second));
      }
      const newest = store.jobs().at(-1);
      if (newest !== undefined) expect(store.steps(newest.id).at(-1)?.status).toBe(newest.state.status);
      store[Symbol.dispose]();
      rmSync(folder, { recursive: true, force: true });
    }
    expect(complaints).toEqual([]);
  });

  /** Kills a process with `kill -9` once it has said so many lines. @returns all that it said */
  async function killedWriter(lines: number): Promise<readonly string[]> {
    const program = fileURLToPath(new URL("./job-writer.ts", import.meta.url));
    const child = spawn(process.execPath, ["--import", "tsx", program, folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const said: string[] = [];
    const ended = once(child, "close");
    for await (const line of createInterface({ input: child.stdout })) {
      said.push(line);
      if (said.length === lines) {
        using other = open();
        expect(other.access).toBe("read");
        child.kill("SIGKILL");
      }
    }
    await ended;
    expect(said.length).toBeGreaterThanOrEqual(lines);
    return said;
  }
});
