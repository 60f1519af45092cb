import type { JobRecord } from "./record.ts";

type FileChange = JobRecord["files"][number];

/** More files than these are counted, not named: nobody remembers a spoken list. */
const namedFiles = 3;

/**
 * True sentences that sum a job up, the plainest first. Code makes them, so each name and number is the record's, but for the
 * number of files; the model chooses among them.
 */
export function summaries(record: JobRecord): readonly string[] {
  const ends = checksSaid(record);
  return beginnings(record).flatMap((beginning) => ends.map((end) => `${beginning} ${end}`.trim()));
}

function beginnings({ files, outcome }: JobRecord): readonly string[] {
  const what = whatWasDone(files);
  switch (outcome) {
    case "applied":
      return what === null
        ? ["The job is done, and no file needed a change.", "Done, without a change to any file."]
        : [`The change is applied. The coder ${what}.`, `Done. The coder ${what}, and it is applied.`];
    case "proposed":
      return what === null
        ? ["The coder proposes no change.", "There is nothing to change, says the coder."]
        : [`The coder ${what}, and waits for your word.`, `A change is waiting for you. The coder ${what}.`];
    case "rejected":
      return [
        "You rejected the change, and your files are as they were.",
        "The change was rejected. Nothing of yours was touched.",
      ];
    case "undone":
      return what === null
        ? ["The last change is undone.", "That is taken back."]
        : [`The change is undone. In it the coder had ${what}.`, `That is taken back. The coder had ${what}.`];
    case "cancelled":
      return [
        "The job was cancelled, and your files are as they were.",
        "You called it off. Nothing of yours was touched.",
      ];
    case "failed":
      return [
        "The job failed, and your files are as they were.",
        "That did not work out. Nothing of yours was touched.",
      ];
  }
}

/** "added hello.py with 12 lines"; null when nothing was. */
function whatWasDone(files: readonly FileChange[]): string | null {
  if (files.length === 0) return null;
  if (files.length <= namedFiles) return listed(files.map(fileSaid));
  const [first, second] = files;
  return `changed ${files.length} files, among them ${first?.name ?? ""} and ${second?.name ?? ""}`;
}

function fileSaid({ name, added, removed }: FileChange): string {
  if (removed === 0) return added === 0 ? `left ${name} as it was` : `added ${lines(added)} to ${name}`;
  if (added === 0) return `removed ${lines(removed)} from ${name}`;
  return `changed ${name}, with ${lines(added)} added and ${removed} removed`;
}

function lines(count: number): string {
  return count === 1 ? "1 line" : `${count} lines`;
}

function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")}, and ${items.at(-1)}`;
}

function checksSaid({ checks, outcome }: JobRecord): readonly string[] {
  if (outcome === "rejected" || outcome === "cancelled") return [""];
  if (checks === null) return ["Nothing was checked.", "No checks were run."];
  const { passed, failed } = checks;
  if (passed + failed === 0) return ["There were no checks to run.", "No checks were run."];
  if (failed === 0)
    return passed === 1
      ? ["The one check passed."]
      : [`All ${passed} checks passed.`, `${passed} checks passed, and none failed.`];
  if (passed === 0)
    return failed === 1
      ? ["The one check failed."]
      : [`All ${failed} checks failed.`, `Not one of ${failed} checks passed.`];
  return [`${passed} checks passed and ${failed} failed.`, `Checks: ${failed} failed, ${passed} passed.`];
}
