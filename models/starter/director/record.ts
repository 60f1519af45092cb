import { z } from "zod";

const fileChange = z.strictObject({ name: z.string().min(1), added: z.number(), removed: z.number() });
const jobRecord = z.strictObject({
  task: z.string().min(1),
  files: z.array(fileChange),
  /** Null when nothing was checked. */
  checks: z.strictObject({ passed: z.number(), failed: z.number() }).nullable(),
  outcome: z.enum(["applied", "proposed", "rejected", "undone", "cancelled", "failed"]),
});

/** What is known of a coding job: the task in the user's words, lines added and removed per file, checks, and how it ended. */
export type JobRecord = z.output<typeof jobRecord>;

export const outcomes: readonly JobRecord["outcome"][] = jobRecord.shape.outcome.options;

/**
 * The record as the director gets it, one fact a line:
 *
 *     task: add tests for the parser
 *     file: test/parser.test.ts +40 -2
 *     checks: 12 passed, 0 failed
 *     outcome: applied
 */
export function jobRecordText({ task, files, checks, outcome }: JobRecord): string {
  return [
    `task: ${task.replace(/\s+/g, " ").trim()}`,
    ...files.map(({ name, added, removed }) => `file: ${name} +${added} -${removed}`),
    ...(checks === null ? [] : [`checks: ${checks.passed} passed, ${checks.failed} failed`]),
    `outcome: ${outcome}`,
  ].join("\n");
}

const fileLine = /^(.+?)\s+\+(\d+)\s+-(\d+)$/;
const checksLine = /^(\d+) passed, (\d+) failed$/;

/** The record in a message, which may begin with a request to sum it up; null when there is none, or when it makes no sense. */
export function parseJobRecord(text: string): JobRecord | null {
  const lines = text.split("\n").flatMap((line) => {
    const found = /^\s*(task|file|checks|outcome):\s*(.*?)\s*$/.exec(line);
    return found === null ? [] : [{ key: found[1] ?? "", value: found[2] ?? "" }];
  });
  const values = (key: string): string[] => lines.filter((line) => line.key === key).map(({ value }) => value);
  const [task, ...moreTasks] = values("task");
  const [outcome, ...moreOutcomes] = values("outcome");
  const [checks, ...moreChecks] = values("checks");
  if (moreTasks.length + moreOutcomes.length + moreChecks.length > 0) return null;
  const files = values("file").map((value) => {
    const [, name, added, removed] = fileLine.exec(value) ?? [];
    return { name, added: Number(added), removed: Number(removed) };
  });
  const counted = checks === undefined ? null : checksLine.exec(checks);
  const record = jobRecord.safeParse({
    task,
    files,
    checks: checks === undefined ? null : { passed: Number(counted?.[1]), failed: Number(counted?.[2]) },
    outcome,
  });
  return record.success ? record.data : null;
}
