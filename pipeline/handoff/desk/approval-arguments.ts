import type { Proposal, Risk } from "../job.ts";

/** Longer diffs are cut for clients that show arguments of calls as they are; ours get the whole. */
const mostPatchChars = 20_000;

/** A change as the arguments of a call, for clients that approve calls of tools. */
export function approvalArguments(task: string, { change, summary }: Proposal, risk: Risk): string {
  const diff = change.files.map(({ patch }) => patch).join("");
  return JSON.stringify({
    task,
    summary,
    files: change.files.map(({ path, kind, addedLines, removedLines }) => ({
      path,
      kind,
      added: addedLines,
      removed: removedLines,
    })),
    risk: risk.level,
    reasons: risk.reasons,
    diff: diff.length > mostPatchChars ? `${diff.slice(0, mostPatchChars)}\n… cut; the page shows it whole.\n` : diff,
    hash: change.hash,
  });
}
