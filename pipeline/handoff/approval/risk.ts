import type { ChangeSet, FileChange } from "../change-set.ts";
import type { Proposal, Risk } from "../job.ts";
import type { PathClass } from "../workspace/denied-path.ts";
import { isBinaryPatch } from "../workspace/file-patch.ts";

export interface RiskRules {
  /** More files than this need a look at the screen. */
  readonly mostFiles: number;
  /** More changed lines than this need one. */
  readonly mostLines: number;
}

/** How dangerous a change is, from what it does alone: nobody's word counts. */
export function riskOf({ files }: ChangeSet, rules: RiskRules, classOf: (path: string) => PathClass): Risk {
  const of = (wanted: PathClass): readonly FileChange[] => files.filter(({ path }) => classOf(path) === wanted);
  const lines = files.reduce((sum, { addedLines, removedLines }) => sum + addedLines + removedLines, 0);
  const reasons = [
    deletes(files.filter(({ kind }) => kind === "delete")),
    about(of("denied"), "which may hold secrets or run by itself"),
    about(of("dependencies"), "which decides what is installed"),
    about(of("ci"), "which runs on other machines"),
    about(files.filter(isNoText), "which is no text, so it cannot be shown"),
    about(files.filter(hidesSomething), "with characters that cannot be seen"),
    about(files.filter(isUnreadable), "with lines too long to be read"),
    executables(files.filter(({ oldExecutable, newExecutable }) => newExecutable && !oldExecutable)),
    files.length > rules.mostFiles ? `It changes ${files.length} files.` : undefined,
    lines > rules.mostLines ? `It changes ${lines} lines.` : undefined,
  ].filter((reason) => reason !== undefined);
  return { level: reasons.length === 0 ? "low" : "high", reasons };
}

/** What nobody can look at in a diff is more than a spoken yes is for. */
function isNoText({ kind, patch }: FileChange): boolean {
  return kind !== "delete" && isBinaryPatch(patch);
}

/** Marks that turn the reading direction, so that code reads otherwise than it runs, and what a terminal acts on. */
const hiding = /^\+[^\n]*(?:\r(?!\n)|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|(?![\t\n\f\r])\p{Cc})/mu;

function hidesSomething({ patch }: FileChange): boolean {
  return hiding.test(patch);
}

const longestLineChars = 1_000;

function isUnreadable({ patch }: FileChange): boolean {
  return patch.split("\n").some((line) => line.startsWith("+") && line.length > longestLineChars);
}

/** As `riskOf`, and what fails a check is looked at before it is applied. */
export function proposalRisk(
  { change, checks }: Pick<Proposal, "change" | "checks">,
  rules: RiskRules,
  classOf: (path: string) => PathClass,
): Risk {
  const failed = checks.flatMap((check) => (check.ran && !check.passed ? [check.name] : []));
  const { level, reasons } = riskOf(change, rules, classOf);
  if (failed.length === 0) return { level, reasons };
  return { level: "high", reasons: [...reasons, `It fails ${failed.join(" and ")}.`] };
}

function deletes(files: readonly FileChange[]): string | undefined {
  if (files.length === 0) return;
  return files.length === 1 ? "It deletes a file." : `It deletes ${files.length} files.`;
}

function about([first, ...others]: readonly FileChange[], what: string): string | undefined {
  if (first === undefined) return;
  const more = others.length === 0 ? "" : ` and ${others.length} more such ${others.length === 1 ? "file" : "files"}`;
  return `It changes ${first.path}, ${what}${more}.`;
}

function executables([first, ...others]: readonly FileChange[]): string | undefined {
  if (first === undefined) return;
  return others.length === 0 ? `It makes ${first.path} executable.` : `It makes ${others.length + 1} files executable.`;
}
