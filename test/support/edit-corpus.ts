import { readdirSync, readFileSync } from "node:fs";
import { parseAnswer } from "../../pipeline/handoff/edits/answer.ts";
import { applyEdit } from "../../pipeline/handoff/edits/apply-edit.ts";

/** What a model answered about some files, and what must come of it. */
export interface EditCase {
  /** The name of the file that it is in, such as "whole". */
  readonly kind: string;
  readonly name: string;
  readonly files: ReadonlyMap<string, string>;
  readonly answer: string;
  /** The files that are different then; null when nothing may be changed. */
  readonly becomes: ReadonlyMap<string, string> | null;
  /** What the model must be told, when nothing may be changed. */
  readonly told: RegExp | null;
}

export interface EditResult {
  readonly files: ReadonlyMap<string, string>;
  readonly told: readonly string[];
}

/** What reads answers and does edits; the tests break it on purpose. */
export interface Hands {
  readonly parseAnswer: typeof parseAnswer;
  readonly applyEdit: typeof applyEdit;
}

/**
 * Cases lie in text files, cut by lines such as "#### file app.py crlf". In the texts "␠" is a space, "␉" a tab. Behind a path:
 * "crlf", "bom", "cut" (no end of the last line), "numbered=450" (so many lines of assignments before the text).
 */
export function editCorpus(): readonly EditCase[] {
  const folder = new URL("../fixtures/edits/", import.meta.url);
  return readdirSync(folder).flatMap((file) =>
    readFileSync(new URL(file, folder), "utf8")
      .split(/^#### case /m)
      .slice(1)
      .map((text) => editCase(file.replace(".txt", ""), text)),
  );
}

/** Does what the answer says, edit by edit, as the coder does. */
export function followAnswer(
  { files, answer }: Pick<EditCase, "files" | "answer">,
  hands: Hands = { parseAnswer, applyEdit },
): EditResult {
  const { actions, problems } = hands.parseAnswer(answer);
  const after = new Map(files);
  const told = [...problems];
  for (const action of actions) {
    if (action.type !== "whole-file" && action.type !== "replace") continue;
    const outcome = hands.applyEdit(action, after.get(action.path) ?? null);
    if (outcome.ok) after.set(action.path, outcome.text);
    else told.push(outcome.why);
  }
  return { files: after, told };
}

/** What is wrong with the result; null when it is as it must be. */
export function mistake({ files, becomes, told }: EditCase, result: EditResult): string | null {
  const wanted = new Map([...files, ...(becomes ?? [])]);
  for (const path of new Set([...wanted.keys(), ...result.files.keys()])) {
    if (wanted.get(path) === result.files.get(path)) continue;
    return `${path} is ${JSON.stringify(result.files.get(path))}, not ${JSON.stringify(wanted.get(path))}; told: ${result.told.join(" ")}`;
  }
  if (told !== null && !result.told.some((sentence) => told.test(sentence))) {
    return `was told ${JSON.stringify(result.told)}, not ${told}`;
  }
  return told === null && result.told.length > 0 ? `was refused: ${result.told.join(" ")}` : null;
}

function editCase(kind: string, text: string): EditCase {
  const [title = "", ...parts] = text.split(/^#### /m);
  const files = new Map<string, string>();
  const becomes = new Map<string, string>();
  let answer: string | null = null;
  let told: RegExp | null = null;
  for (const part of parts) {
    const [head = ""] = part.split("\n", 1);
    const [what = "", name = "", ...options] = head.split(" ");
    const path = spaced(name);
    const body = part.slice(head.length + 1);
    if (what === "file") files.set(path, withOptions(body, options));
    else if (what === "becomes") becomes.set(path, withOptions(body, options));
    else if (what === "answer") answer = withOptions(body, [path, ...options]);
    else if (what === "told") told = new RegExp(head.slice("told ".length));
    else throw new Error(`"#### ${what}" in case "${title.trim()}" is no part of a case.`);
  }
  if (answer === null || (told === null) === (becomes.size === 0)) {
    throw new Error(`Case "${title.trim()}" needs an answer, and either what becomes of a file or what is told.`);
  }
  return { kind, name: title.trim(), files, answer, becomes: told === null ? becomes : null, told };
}

function withOptions(body: string, options: readonly string[]): string {
  const numbered = Number(options.find((option) => option.startsWith("numbered="))?.slice("numbered=".length) ?? 0);
  const before = Array.from({ length: numbered }, (_, i) => `value_${i + 1} = ${(i * 37) % 101}\n`).join("");
  let text = before + spaced(body);
  if (options.includes("cut")) text = text.replace(/\n$/, "");
  if (options.includes("crlf")) text = text.replaceAll("\n", "\r\n");
  return options.includes("bom") ? `\uFEFF${text}` : text;
}

function spaced(text: string): string {
  return text.replaceAll("␠", " ").replaceAll("␉", "\t");
}
