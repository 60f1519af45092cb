import { applyPatch } from "diff";
import { knownPrograms } from "../../../models/starter/coder/known-programs.ts";
import { programs } from "../../../models/starter/coder/programs/all.ts";
import type { JobView } from "../../../pipeline/realtime/job-events.ts";
import type { CodingCase } from "../starter/coder-cases.ts";

export interface NamedFile {
  readonly path: string;
  readonly content: string;
}

/** What a task must leave behind; null where the coder does not know the program, or not in that language. */
export function wantedFile({ program, language, file }: CodingCase): NamedFile | null {
  const known = knownPrograms.find(
    (one) => one.program === program && (one.language === language || one.language === "text"),
  );
  const content = programs
    .find(({ name }) => name === program)
    ?.texts.find((one) => one.language === known?.language)?.content;
  if (known === undefined || content === undefined) return null;
  const usual = known.file.replace("fizz_buzz.", "fizzbuzz.");
  const ending = /\.\w+$/.exec(usual)?.[0] ?? "";
  return { path: file === undefined ? usual : /\.\w+$/.test(file) ? file : `${file}${ending}`, content };
}

/** The one file that a job proposes; null when it is none or several, or when its diff is not that of a new file. */
export function proposedFile({ change }: JobView): NamedFile | null {
  const [file, ...others] = change?.files ?? [];
  if (file?.kind !== "add" || others.length > 0) return null;
  const content = applyPatch("", file.patch);
  return content === false ? null : { path: file.path, content };
}

export const isSame = (one: NamedFile | null, other: NamedFile | null): boolean =>
  one !== null && one.path === other?.path && one.content === other.content;
