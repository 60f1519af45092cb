import { z } from "zod";
import type { Job, JobState } from "../job.ts";

const fileChange = z.object({
  path: z.string(),
  kind: z.enum(["add", "change", "delete"]),
  oldHash: z.string().nullable(),
  newHash: z.string().nullable(),
  oldExecutable: z.boolean(),
  newExecutable: z.boolean(),
  addedLines: z.number(),
  removedLines: z.number(),
  patch: z.string(),
});
const check = z.discriminatedUnion("ran", [
  z.object({ ran: z.literal(true), name: z.string(), passed: z.boolean(), output: z.string() }),
  z.object({ ran: z.literal(false), name: z.string(), why: z.string() }),
]);
const proposal = z.object({
  change: z.object({ files: z.array(fileChange).min(1), hash: z.string() }),
  summary: z.string(),
  checks: z.array(check),
});
const consent = z.object({
  how: z.enum(["voice", "click", "key", "client", "flag"]),
  by: z.string(),
  atMs: z.number(),
});
const stateSchema: z.ZodType<JobState> = z.discriminatedUnion("status", [
  z.object({ status: z.enum(["queued", "loading", "reading", "proposing", "cancelled"]) }),
  z.object({
    status: z.literal("awaiting-approval"),
    proposal,
    risk: z.object({ level: z.enum(["low", "high"]), reasons: z.array(z.string()) }),
    approval: z.object({
      id: z.string(),
      changeHash: z.string(),
      phrase: z.string().nullable(),
      expiresAtMs: z.number(),
    }),
  }),
  z.object({ status: z.enum(["applying", "summarising"]), proposal, consent }),
  z.object({
    status: z.literal("done"),
    proposal: proposal.nullable(),
    summary: z.string(),
    undo: z.enum(["possible", "undoing", "undone", "nothing"]),
  }),
  z.object({ status: z.literal("rejected"), proposal }),
  z.object({ status: z.literal("failed"), why: z.string() }),
]);

const rowSchema = z.object({
  id: z.string(),
  task: z.string(),
  workspace: z.string(),
  files: z.string(),
  asked_by: z.string(),
  asked_at: z.number(),
  state: z.string(),
  since: z.number(),
  told: z.number(),
  attempts: z.number(),
});
const filesSchema = z.array(z.string());

/** Columns of a job, in the order of `jobColumns`. */
export const jobColumns = "id, task, workspace, files, asked_by, asked_at, state, since, told, attempts";

export function rowOfJob(job: Job): readonly (string | number)[] {
  return [
    job.id,
    job.task,
    job.workspace,
    JSON.stringify(job.files),
    job.askedBy,
    job.askedAtMs,
    JSON.stringify(job.state),
    job.sinceMs,
    job.told ? 1 : 0,
    job.attempts,
  ];
}

export type ReadRow =
  | { readonly row: "whole"; readonly job: Job }
  /** The job is known, but not how far it came: it has failed. */
  | { readonly row: "damaged"; readonly job: Job }
  | { readonly row: "unreadable" };

export function jobOfRow(raw: unknown): ReadRow {
  const row = rowSchema.safeParse(raw);
  if (!row.success) return { row: "unreadable" };
  const { id, task, workspace, asked_by, asked_at, since, told, attempts } = row.data;
  const known = { id, task, workspace, askedBy: asked_by, askedAtMs: asked_at, sinceMs: since, attempts };
  const files = filesSchema.safeParse(jsonOf(row.data.files));
  const state = stateSchema.safeParse(jsonOf(row.data.state));
  if (files.success && state.success) {
    return { row: "whole", job: { ...known, files: files.data, state: state.data, told: told !== 0 } };
  }
  const lost: JobState = {
    status: "failed",
    why: "What was kept of it is damaged, so nobody knows how far it came. Look at the folder, then ask for it again.",
  };
  return { row: "damaged", job: { ...known, files: files.data ?? [], state: lost, told: false } };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return;
  }
}
