import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { z } from "zod";
import { writeWav } from "../../clients/mic/wav-writer.ts";
import { runSotto } from "../support/run-sotto.ts";
import { SpokenLines } from "../support/spoken-lines.ts";

const jobLine = z.object({
  type: z.literal("job"),
  job: z.object({
    status: z.string(),
    approval: z.object({ phrase: z.string().nullable() }).nullable(),
    summary: z.string().nullable(),
  }),
});
const assistantLine = z.object({ type: z.literal("assistant"), heard: z.string(), status: z.literal("done") });

test("by files alone: a task is said, its phrase is said when it is known, and a script that works is there", async () => {
  await using people = new SpokenLines();
  const folder = await mkdtemp(join(tmpdir(), "sotto-talk-"));
  const work = await mkdtemp(join(tmpdir(), "sotto-work-"));
  const said = async (words: string): Promise<string> => {
    const path = join(folder, `${words.replaceAll(" ", "-")}.wav`);
    await writeFile(path, writeWav(await people.line(words), 24_000));
    return path;
  };
  const files = ["--file", await said("create a fizz buzz script in python"), "--files-from", "-"];
  await using sotto = runSotto(["talk", "--json", "--port", "0", "--workspace", work, ...files], {
    SOTTO_HOME: folder,
  });
  const jobs: z.infer<typeof jobLine>["job"][] = [];
  const heard: string[] = [];
  let approved: Promise<void> | undefined;
  const approve = async (phrase: string): Promise<void> => {
    // Nothing is there before somebody says so.
    expect(await readdir(work)).toEqual([]);
    sotto.child.stdin.end(`${await said(phrase)}\n`);
  };
  for await (const text of createInterface({ input: sotto.child.stdout })) {
    const line: unknown = JSON.parse(text);
    heard.push(...(assistantLine.safeParse(line).data?.heard.trim() ? [assistantLine.parse(line).heard.trim()] : []));
    const { job } = jobLine.safeParse(line).data ?? {};
    if (job === undefined) continue;
    jobs.push(job);
    const phrase = job.approval?.phrase ?? null;
    if (phrase !== null) approved ??= approve(phrase);
  }
  await approved;
  expect(await sotto.ended).toBe(0);
  expect(jobs.map(({ status }) => status)).toEqual(
    expect.arrayContaining(["loading", "reading", "proposing", "awaiting-approval", "applying", "summarising", "done"]),
  );
  const summary = jobs.at(-1)?.summary ?? "";
  expect(summary).toMatch(/fizzbuzz\.py/);
  // Said to the end before the conversation ended.
  expect(heard.at(-1)).toBe(summary.trim());
  expect(heard[0]).toMatch(/^The coder takes that/);
  const { stdout } = await promisify(execFile)("python3", [join(work, "fizzbuzz.py")]);
  expect(stdout.split("\n").slice(0, 5)).toEqual(["1", "2", "Fizz", "4", "Buzz"]);
  await rm(folder, { recursive: true });
  await rm(work, { recursive: true });
}, 180_000);
