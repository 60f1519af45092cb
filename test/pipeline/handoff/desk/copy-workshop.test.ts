import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Lease, Models, Role, Roles } from "../../../../models/roles.ts";
import { ScriptedWriter } from "../../../../models/servers/scripted.ts";
import type { Blobs } from "../../../../pipeline/handoff/change-set.ts";
import type { AgentNews, CodingAgent } from "../../../../pipeline/handoff/coding-agent.ts";
import { CopyWorkshop, type CopyWorkshopOptions } from "../../../../pipeline/handoff/desk/copy-workshop.ts";
import type { Job, Proposal } from "../../../../pipeline/handoff/job.ts";
import { noSwaps } from "../../../support/models-of.ts";
import { MemoryBlobs, snapshotOf, TrialWorkspace } from "../../../support/trial-workspace.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";
import { queuedJob } from "../jobs/sample-jobs.ts";

let trial: TrialWorkspace;
let events: string[];
let news: AgentNews[];
beforeEach(() => {
  trial = new TrialWorkspace({ "a.txt": "one\n", "b.txt": "two\n" });
  events = [];
  news = [];
});
afterEach(() => trial[Symbol.dispose]());

const jobOf = (): Job => queuedJob({ workspace: trial.root, task: "write it" });
const none = new AbortController().signal;
const noNews = {
  onReady: () => events.push("ready"),
  onNews: (one: AgentNews) => news.push(one),
};

/** Writes what it is told to, and ends. */
function agentOf(files: Readonly<Record<string, string>>): CodingAgent {
  return {
    run: async ({ gate }) => {
      events.push("agent");
      for (const [path, text] of Object.entries(files)) await gate.write(path, text);
      return { type: "done", summary: "It is written." };
    },
  };
}

/** @param lease what leasing the coder does */
function workshopOf(
  some: Partial<CopyWorkshopOptions> = {},
  lease: (signal: AbortSignal) => Promise<void> = async () => undefined,
): CopyWorkshop {
  const models: Models = {
    ...noSwaps,
    async lease<R extends Role>({ role }: { readonly role: R }, signal: AbortSignal): Promise<Lease<R>> {
      events.push("leased");
      await lease(signal);
      const engines: Partial<Roles> = { coder: new ScriptedWriter(() => [{ type: "text", text: "nonsense" }]) };
      const engine: Partial<Roles>[R] = engines[role];
      if (engine === undefined) throw new Error(`No ${role}`);
      return { model: "coder", engine, [Symbol.dispose]: () => events.push("let go") };
    },
  };
  return new CopyWorkshop({
    models,
    clock: new VirtualClock(),
    log: () => undefined,
    blobs: new MemoryBlobs(),
    home: trial.home,
    checks: () => ({ names: [], run: async (name) => ({ ran: false, name, why: "none" }) }),
    ciAllowed: [],
    applyAs: "files",
    external: agentOf({ "a.txt": "three\n" }),
    actions: "auto",
    contextTokens: 4_096,
    ...some,
  });
}

const copies = (): readonly string[] => {
  try {
    return readdirSync(join(trial.home, "copies"));
  } catch {
    return [];
  }
};

async function proposalBy(workshop: CopyWorkshop): Promise<Proposal> {
  const { change, checks } = await workshop.make(jobOf(), noNews, none);
  if (change === null) throw new Error("Nothing was changed");
  return { change, summary: "It is written.", checks };
}

describe("making a change", () => {
  test("happens in a copy, which is gone afterwards; another agent needs no model of ours", async () => {
    const before = snapshotOf(trial.root);
    const proposal = await proposalBy(workshopOf());
    expect(proposal.change.files).toMatchObject([{ path: "a.txt", kind: "change" }]);
    expect(snapshotOf(trial.root)).toEqual(before);
    expect(copies()).toEqual([]);
    expect(events).toEqual(["ready", "agent"]);
  });

  test("without a coder ends with its reason, and leaves no copy", async () => {
    const workshop = workshopOf({ external: null }, async () => Promise.reject(new Error("It needs 9 GB.")));
    await expect(workshop.make(jobOf(), noNews, none)).rejects.toThrow("It needs 9 GB.");
    expect(copies()).toEqual([]);
    expect(events).toEqual(["leased"]);
  });

  test("without a folder does not wait for the coder", async () => {
    rmSync(trial.root, { recursive: true });
    const forever = (signal: AbortSignal): Promise<void> =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Error("called off")), { once: true });
      });
    const workshop = workshopOf({ external: null }, forever);
    const failed = await workshop.make(jobOf(), noNews, none).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(Error);
    expect(String(failed)).not.toMatch(/called off/);
    expect(copies()).toEqual([]);
  });

  test("is stopped by its signal while the coder is on its way", async () => {
    const stop = new AbortController();
    const workshop = workshopOf({ external: null }, async (signal) => {
      stop.abort();
      signal.throwIfAborted();
    });
    await expect(workshop.make(jobOf(), noNews, stop.signal)).rejects.toThrow();
    expect(copies()).toEqual([]);
  });

  test("lets the coder go before the checks are run", async () => {
    const run = async (name: string): ReturnType<ReturnType<CopyWorkshopOptions["checks"]>["run"]> => {
      events.push(`check ${name}`);
      return { ran: true, name, passed: true, output: "" };
    };
    const checks = { names: ["test", "lint"], run };
    const { checks: outcomes } = await proposalBy(workshopOf({ checks: () => checks }));
    expect(outcomes.map(({ name }) => name)).toEqual(["test", "lint"]);
    expect(events).toEqual(["ready", "agent", "check test", "check lint"]);
    expect(news.filter(({ type }) => type === "checking")).toHaveLength(2);
  });

  test("has a check run on nothing but what is proposed, whatever an earlier one left", async () => {
    const run = async (name: string, folder: string): ReturnType<ReturnType<CopyWorkshopOptions["checks"]>["run"]> => {
      if (name === "build") writeFileSync(join(folder, "built.txt"), "built\n");
      if (name === "format") writeFileSync(join(folder, "a.txt"), "better\n");
      return { ran: true, name, passed: true, output: readFileSync(join(folder, "a.txt"), "utf8") };
    };
    const checks = { names: ["build", "format", "test"], run };
    const { change, checks: outcomes } = await proposalBy(workshopOf({ checks: () => checks }));
    expect(change.files.map(({ path }) => path)).toEqual(["a.txt"]);
    expect(outcomes.map(({ ran }) => ran)).toEqual([true, true, false]);
    expect(outcomes[2]).toMatchObject({ name: "test", why: expect.stringContaining('changed "a.txt"') });
  });

  test("by our own coder, which talks nonsense, ends with a reason, and the coder is let go", async () => {
    const { end, change } = await workshopOf({ external: null }).make(jobOf(), noNews, none);
    expect(end.type).toBe("gave-up");
    expect(change).toBeNull();
    expect(events).toContain("let go");
    expect(copies()).toEqual([]);
  });

  test("that the agent refuses, or that changes nothing, is no change", async () => {
    const refusing: CodingAgent = { run: async () => ({ type: "refused", why: "No." }) };
    const made = await Promise.all(
      [refusing, agentOf({}), agentOf({ "a.txt": "one\n" })].map((external) =>
        workshopOf({ external }).make(jobOf(), noNews, none),
      ),
    );
    expect(made.map(({ end, change }) => [end.type, change])).toEqual([
      ["refused", null],
      ["done", null],
      ["done", null],
    ]);
  });
});

describe("a change", () => {
  test("is applied and taken back byte for byte", async () => {
    const before = snapshotOf(trial.root);
    const workshop = workshopOf({ external: agentOf({ "a.txt": "three\n", "new/c.txt": "four\n" }) });
    const proposal = await proposalBy(workshop);
    expect(await workshop.apply(jobOf(), proposal, false)).toEqual({ outcome: "applied", remark: null });
    expect([trial.read("a.txt"), trial.read("new/c.txt")]).toEqual(["three\n", "four\n"]);
    expect(await workshop.undo(jobOf(), proposal, false)).toEqual({ outcome: "applied", remark: null });
    expect(snapshotOf(trial.root)).toEqual(before);
  });

  test("of files that have changed meanwhile is held, with the first of them and how many more", async () => {
    const workshop = workshopOf({ external: agentOf({ "a.txt": "three\n", "b.txt": "four\n" }) });
    const proposal = await proposalBy(workshop);
    for (const path of ["a.txt", "b.txt"]) trial.write(path, "mine\n");
    const held = await workshop.apply(jobOf(), proposal, false);
    expect(held).toMatchObject({
      outcome: "held",
      why: expect.stringMatching(/a\.txt.* 1 more\. Ask for it again\.$/),
    });
    expect([trial.read("a.txt"), trial.read("b.txt")]).toEqual(["mine\n", "mine\n"]);
  });

  test("is not taken back over what somebody has written since, and what to do is said", async () => {
    const workshop = workshopOf({ external: agentOf({ "a.txt": "three\n" }) });
    const proposal = await proposalBy(workshop);
    await workshop.apply(jobOf(), proposal, false);
    trial.write("a.txt", "mine\n");
    expect(await workshop.undo(jobOf(), proposal, false)).toEqual({
      outcome: "held",
      why: 'Nothing was taken back: "a.txt" was changed since. Put it back as it was after the change, or undo it by hand.',
    });
    expect(trial.read("a.txt")).toBe("mine\n");
  });

  test("that could neither be finished nor given up can be taken back when the system allows it again", async () => {
    const before = snapshotOf(trial.root);
    const kept = new MemoryBlobs();
    let isFull = false;
    const blobs: Blobs = {
      put: (bytes) => kept.put(bytes),
      get: (hash) => {
        const bytes = kept.get(hash);
        const text = Buffer.from(bytes).toString();
        // Somebody is faster with the second file, and then the first one cannot be written back.
        if (text === "four\n" && !isFull) trial.write("b.txt", "mine\n");
        if (text === "one\n" && isFull) throw Object.assign(new Error("full"), { code: "ENOSPC" });
        if (text === "four\n") isFull = true;
        return bytes;
      },
    };
    const workshop = workshopOf({ blobs, external: agentOf({ "a.txt": "three\n", "b.txt": "four\n" }) });
    const proposal = await proposalBy(workshop);
    expect(await workshop.apply(jobOf(), proposal, false)).toEqual({
      outcome: "applied",
      remark: "Only a part was applied, because the disk is full. Put that right, and ask to undo it.",
    });
    expect([trial.read("a.txt"), trial.read("b.txt")]).toEqual(["three\n", "mine\n"]);
    isFull = false;
    trial.write("b.txt", "two\n");
    expect(await workshop.undo(jobOf(), proposal, false)).toEqual({ outcome: "applied", remark: null });
    expect(snapshotOf(trial.root)).toEqual(before);
  });

  test("as a commit is one, with the task in its message; where there is no repository that is said", async () => {
    const plain = workshopOf({ applyAs: "commit" });
    const remarked = await plain.apply(jobOf(), await proposalBy(plain), false);
    expect(remarked).toMatchObject({ outcome: "applied", remark: expect.stringMatching(/\S/) });
    trial.write("a.txt", "one\n");
    trial.commitAll();
    const workshop = workshopOf({ applyAs: "commit" });
    const proposal = await proposalBy(workshop);
    expect(await workshop.apply(jobOf(), proposal, false)).toEqual({ outcome: "applied", remark: null });
    expect(trial.git("log", "-1", "--format=%s")).toBe("write it\n");
    expect(trial.git("status", "--porcelain")).toBe("");
    expect(await workshop.undo(jobOf(), proposal, false)).toEqual({ outcome: "applied", remark: null });
    expect(trial.git("log", "-1", "--format=%s")).toBe("Undo: write it\n");
  });
});
