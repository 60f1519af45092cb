import { normalise } from "../phrase-book/normalise.ts";
import type { Language } from "./programs/program.ts";

/** A coding task as code has understood it; the model gets the words, without what was taken out of them. */
export interface Task {
  /** Normalised, without the language and the name of the file. */
  readonly words: string;
  /** The language that was asked for; null when none was named. */
  readonly language: string | null;
  /** The name the file is to have, from the user's own words; with or without an ending. */
  readonly fileName: string | null;
}

/** Those that the starter knows programs in. */
export const knownLanguages: ReadonlySet<string> = new Set<Language>(["python", "javascript", "bash", "html"]);

const endings: Readonly<Record<string, string>> = {
  py: "python",
  js: "javascript",
  mjs: "javascript",
  sh: "bash",
  html: "html",
};

const names: readonly (readonly [RegExp, string])[] = [
  [/java script|node js|nodejs|node/, "javascript"],
  [/type script/, "typescript"],
  [/(?:bash|shell|bourne shell)/, "bash"],
  [/c (?:sharp|plus plus)|cpp/, "c plus plus"],
  [/python (?:three|two)?|python/, "python"],
  [/html|h t m l/, "html"],
  [/go lang|golang/, "go"],
];
const plainNames =
  "javascript|typescript|java|rust|ruby|php|perl|kotlin|swift|haskell|lua|scala|pascal|fortran|cobol|sql";
/** Short names are words of their own as well, and need a word before or after them that tells. */
const shortNames = "go|c|r";

const spoken = `${names.map(([pattern]) => pattern.source).join("|")}|${plainNames}`;
const afterIn = new RegExp(`\\b(?:in|with|using|for) (?:the language |plain |pure )?(${spoken}|${shortNames})\\b`);
const beforeProgram = new RegExp(
  `\\b(${spoken}|${shortNames})(?= (?:program|script|project|app|code|page|version|function|class)\\b)`,
);
const anywhere = new RegExp(`\\b(${plainNames}|python|bash|java script)\\b`);

/** "called hello.py", "in a file named hello dot p y"; or a name with an ending anywhere. */
const called =
  /\b(?:(?:in|into|as|to|and save it|saved)\s+)*(?:(?:a|the)\s+file\s+)?(?:called|named|as|into|to)\s+(?:a\s+file\s+(?:called|named)\s+)?["'`]?((?:[\w-]+\/)*[\w-]+(?:\.\w+)+)["'`]?/i;
const calledPlainly =
  /\b(?:in\s+)?(?:(?:a|the)\s+file\s+)?(?:called|named)\s+["'`]?([a-z][\w-]*)["'`]?(?:\s+dot\s+(p\s?y|j\s?s|s\s?h|m\s?d|h\s?t\s?m\s?l)\b)?/i;
const bareFile = /(?<![\w./-])((?:[\w-]+\/)*[\w-]+\.(?:py|js|mjs|sh|html))(?![\w.])/i;
const notNames = new Set("a an the it this that my so after file files".split(" "));

export function readTask(text: string): Task {
  const { fileName, rest } = takeFileName(text.trim());
  const words = normalise(rest);
  const found = afterIn.exec(words) ?? beforeProgram.exec(words) ?? anywhere.exec(words);
  const language = found === null ? null : languageNamed(found[1] ?? "");
  return {
    words: found === null ? words : words.replace(found[0], " ").replace(/\s+/g, " ").trim(),
    language: language ?? languageOfFile(fileName),
    fileName,
  };
}

function languageNamed(words: string): string {
  return names.find(([pattern]) => new RegExp(`^(?:${pattern.source})$`).test(words))?.[1] ?? words;
}

function languageOfFile(fileName: string | null): string | null {
  return endings[/\.(\w+)$/.exec(fileName ?? "")?.[1]?.toLowerCase() ?? ""] ?? null;
}

function takeFileName(text: string): { readonly fileName: string | null; readonly rest: string } {
  for (const pattern of [called, calledPlainly, bareFile]) {
    // "I have badly named files, write it in a file called …": the first match need not be the one.
    const found = [...text.matchAll(new RegExp(pattern, "gi"))].find(
      ([, name]) => !notNames.has((name ?? "").toLowerCase()),
    );
    if (found === undefined) continue;
    const ending = found[2]?.replace(/\s/g, "").toLowerCase();
    const fileName = `${found[1] ?? ""}${ending === undefined ? "" : `.${ending}`}`;
    return { fileName, rest: text.replace(found[0], " ") };
  }
  return { fileName: null, rest: text };
}

/** The name for a file that would be `usual`, if the user did not want another; a name without an ending gets the usual one. */
export function fileNameFor({ fileName }: Task, learnt: string): string {
  // The model has learnt two words; people who look for the file write one.
  const usual = learnt.replace(/^fizz_buzz\./, "fizzbuzz.");
  if (fileName === null) return usual;
  return /\.\w+$/.test(fileName) ? fileName : `${fileName}${/\.\w+$/.exec(usual)?.[0] ?? ""}`;
}
