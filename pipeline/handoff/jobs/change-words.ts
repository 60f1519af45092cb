import { numberWord } from "../../spoken-numbers.ts";
import type { ChangeSet, FileChange } from "../change-set.ts";

/** Names of so many files are said; more are counted. */
const mostNames = 3;

/** What a change does, after "The coder": "added 12 lines to fizzbuzz.py". */
export function changeWords({ files }: ChangeSet): string {
  const [only, ...others] = files;
  if (only !== undefined && others.length === 0) return oneFile(only, spokenName(only.path, files));
  const doings = new Set(files.map(({ kind }) => kind));
  const verb =
    doings.size > 1 ? "changed" : { add: "made", change: "changed", delete: "deleted" }[only?.kind ?? "change"];
  return `${verb} ${filesWords(files)}`;
}

/** "fizzbuzz.py", "a.ts and b.ts", "seven files". */
export function filesWords(files: readonly FileChange[]): string {
  const names = files.map(({ path }) => spokenName(path, files));
  return names.length > mostNames ? countOf(names.length, "file") : listed(names);
}

/** "one line", "12 lines", "no lines". */
export function countOf(count: number, noun: string): string {
  return `${numberWord(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** "a", "a and b", "a, b and c". */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}

function oneFile({ kind, addedLines, removedLines, ...file }: FileChange, name: string): string {
  if (kind === "delete") return `deleted ${name}`;
  if (kind === "add")
    return addedLines === 0 ? `made ${name}, which is empty` : `made ${name} with ${countOf(addedLines, "line")}`;
  if (addedLines === 0 && removedLines === 0) {
    if (file.oldExecutable === file.newExecutable) return `changed ${name}`;
    return `made ${name} ${file.newExecutable ? "executable" : "no longer executable"}`;
  }
  if (removedLines === 0) return `added ${countOf(addedLines, "line")} to ${name}`;
  if (addedLines === 0) return `removed ${countOf(removedLines, "line")} from ${name}`;
  return `changed ${name}: ${countOf(addedLines, "line")} added, ${numberWord(removedLines)} removed`;
}

/** The name of a file alone, unless another one has it too. */
function spokenName(path: string, files: readonly FileChange[]): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const same = files.filter((other) => other.path === name || other.path.endsWith(`/${name}`));
  return same.length > 1 ? path : name;
}
