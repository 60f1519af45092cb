import { z } from "zod";

/** A coding job as clients see it. `status` is that of the job; everything that may be missing is null. */
export const jobViewSchema = z.object({
  id: z.string(),
  task: z.string(),
  workspace: z.string(),
  status: z.enum([
    "queued",
    "loading",
    "reading",
    "proposing",
    "awaiting-approval",
    "applying",
    "summarising",
    "done",
    "rejected",
    "failed",
    "cancelled",
  ]),
  /** What it is doing, in a line. */
  note: z.string(),
  asked_at: z.number(),
  since: z.number(),
  /** Milliseconds that the present step is expected to take; null when nobody knows. */
  expected_ms: z.number().nullable(),
  /** What it wants changed, once that is known. */
  change: z
    .object({
      files: z.array(
        z.object({
          path: z.string(),
          kind: z.enum(["add", "change", "delete"]),
          added: z.number(),
          removed: z.number(),
          /** Unified diff of this file. */
          patch: z.string(),
        }),
      ),
      /** What the coder says it did. */
      summary: z.string(),
      checks: z.array(
        z.object({ name: z.string(), outcome: z.enum(["passed", "failed", "not-run"]), output: z.string() }),
      ),
    })
    .nullable(),
  /** Set while somebody has to decide. */
  approval: z
    .object({
      id: z.string(),
      risk: z.enum(["low", "high"]),
      reasons: z.array(z.string()),
      /** What to say aloud, "apply amber seven"; null when it takes a click or a key. */
      phrase: z.string().nullable(),
      expires_at: z.number(),
    })
    .nullable(),
  /** In one or two sentences, once it is over. */
  summary: z.string().nullable(),
  /** Whether what was applied can be taken back. */
  undo: z.enum(["possible", "undone", "nothing"]),
});
export type JobView = z.output<typeof jobViewSchema>;

/** Longer ones are refused. */
export const mostTaskChars = 4_000;

const event = { event_id: z.string().max(512).optional() };
const id = z.string().min(1).max(128);

/** What a client may ask of the coder; answered by `sotto.job` events, or an `error`. */
export const jobRequestSchemas = {
  /** A task; `workspace` is one of the allowed folders, and may be left out when there is only one. */
  "sotto.job.start": z.object({
    ...event,
    type: z.literal("sotto.job.start"),
    task: z.string().min(1).max(mostTaskChars),
    workspace: z.string().max(4_096).nullish(),
  }),
  "sotto.job.approve": z.object({
    ...event,
    type: z.literal("sotto.job.approve"),
    approval_id: id,
    how: z.enum(["click", "key", "flag"]),
  }),
  "sotto.job.reject": z.object({ ...event, type: z.literal("sotto.job.reject"), job_id: id }),
  "sotto.job.cancel": z.object({ ...event, type: z.literal("sotto.job.cancel"), job_id: id }),
  /** Takes back what a job applied; the last one that can be, when none is named. */
  "sotto.job.undo": z.object({ ...event, type: z.literal("sotto.job.undo"), job_id: id.nullish() }),
};
export type JobRequest = z.output<(typeof jobRequestSchemas)[keyof typeof jobRequestSchemas]>;
