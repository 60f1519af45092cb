import { randomBytes } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { type FileGate, type FoundLine, RefusedPath } from "../file-gate.ts";
import { changeLimits } from "./change-limits.ts";
import { confinedNames } from "./confined-path.ts";
import { isGitInternal, isSecret, whyDenied } from "./denied-path.ts";
import { isLeftOut, walkFolder } from "./folder-walk.ts";
import { likeFile, readHeldFile, sizeInWords, statHeld, writeNewFile } from "./held-file.ts";
import { HeldFolder, holdParent, type Reach } from "./held-folder.ts";
import type { IgnoreRules } from "./ignore-rules.ts";
import { nullIfRefused } from "./refusal.ts";
import { textOf } from "./text-content.ts";

export interface ConfinedFilesOptions {
  /** Patterns as in .gitignore, of files for automatic builds that may be changed. */
  readonly ciAllowed: readonly string[];
  readonly rules: IgnoreRules;
  /** Files that are shown although rules leave them out. */
  readonly alsoListed?: Pick<ReadonlySet<string>, "has" | "keys">;
  readonly reach?: Reach;
}

const mostFoundLines = 200;
const longestLineChars = 400;

/** The files of one folder, for an agent: text only, nothing through links, nothing secret, and only so much of it. */
export class ConfinedFiles implements FileGate {
  readonly folder: string;
  readonly #options: ConfinedFilesOptions;
  readonly #writtenBytes = new Map<string, number>();
  /** Path → what was found out of the file as it was then. */
  readonly #isText = new Map<string, { readonly stamp: string; readonly text: boolean }>();

  /** @param folder absolute real path */
  constructor(folder: string, options: ConfinedFilesOptions) {
    this.folder = folder;
    this.#options = options;
  }

  async list(signal: AbortSignal): Promise<readonly string[]> {
    const found = new Set<string>();
    await using root = await HeldFolder.open(this.folder, this.#options.reach);
    for await (const { path, name, folder, kind } of walkFolder(root, this.#options.rules, signal)) {
      if (kind === "file" && isShown(this.folder, path) && (await this.#isTextFile(folder, name, path)))
        found.add(path);
    }
    for (const path of this.#options.alsoListed?.keys() ?? []) {
      signal.throwIfAborted();
      if (!found.has(path) && isShown(this.folder, path) && (await this.#isReadable(path))) found.add(path);
    }
    return [...found].sort();
  }

  async read(path: string, range?: { readonly fromLine: number; readonly lines: number }): Promise<string> {
    const names = confinedNames(this.folder, path);
    const text = await this.#text(names);
    if (range === undefined) return text;
    const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
    const from = Math.max(1, range.fromLine) - 1;
    if (from >= Math.max(1, lines.length))
      throw new RefusedPath(path, `"${names.join("/")}" has ${lines.length} lines only. Ask for some of these.`);
    return lines.slice(from, from + Math.max(1, range.lines)).join("");
  }

  async write(path: string, text: string): Promise<void> {
    const names = confinedNames(this.folder, path);
    const relative = names.join("/");
    const name = names.at(-1) ?? "";
    const denied = whyDenied(relative, this.#options.ciAllowed);
    if (denied !== null) throw new RefusedPath(relative, denied);
    if (!this.#options.alsoListed?.has(relative) && (await isLeftOut(this.folder, this.#options.rules, names)))
      throw new RefusedPath(
        relative,
        `"${relative}" is left out by .gitignore, so it would be lost. Use another path.`,
      );
    const bytes = Buffer.from(text, "utf8");
    this.#checkLimits(relative, bytes.length);
    await using folder = await holdParent(this.folder, names, { make: true, reach: this.#options.reach });
    if (folder === null) throw new RefusedPath(relative, `"${relative}" has no folder. Choose another path.`);
    const old = await readHeldFile(folder, name, { path: relative, limitBytes: changeLimits.fileBytes });
    if (old !== null && textOf(old.bytes) === null)
      throw new RefusedPath(relative, `"${relative}" is no text, so it cannot be written as one. Leave it as it is.`);
    // Never in place: the file may have another name, outside of the folder.
    const temporary = `.sotto-${randomBytes(8).toString("hex")}.tmp`;
    try {
      const executable = old !== null && (old.stats.mode & 0o100n) !== 0n;
      await writeNewFile(folder, temporary, bytes, likeFile(old?.stats ?? null, executable));
      await rename(folder.at(temporary), folder.at(name));
    } catch (error) {
      await rm(folder.at(temporary), { force: true });
      throw error;
    }
    this.#writtenBytes.set(relative, bytes.length);
  }

  async search(text: string, signal: AbortSignal): Promise<readonly FoundLine[]> {
    const wanted = text.toLowerCase();
    const found: FoundLine[] = [];
    if (wanted === "") return found;
    for (const path of await this.list(signal)) {
      signal.throwIfAborted();
      const content = await this.#text(path.split("/")).catch(nullIfRefused);
      if (content === null || !content.toLowerCase().includes(wanted)) continue;
      for (const [index, line] of content.split("\n").entries()) {
        if (!line.toLowerCase().includes(wanted)) continue;
        found.push({ path, line: index + 1, text: line.slice(0, longestLineChars).trimEnd() });
        if (found.length === mostFoundLines) return found;
      }
    }
    return found;
  }

  async #text(names: readonly string[]): Promise<string> {
    const path = names.join("/");
    if (isGitInternal(path)) throw new RefusedPath(path, `"${path}" belongs to git. Work with the files beside it.`);
    if (isSecret(path)) throw new RefusedPath(path, `"${path}" may hold secrets, so agents may not read it.`);
    await using folder = await holdParent(this.folder, names, { make: false, reach: this.#options.reach });
    const file =
      folder === null
        ? null
        : await readHeldFile(folder, names.at(-1) ?? "", { path, limitBytes: changeLimits.fileBytes });
    if (file === null) throw new RefusedPath(path, `There is no file "${path}". List the files to see their names.`);
    if (file.stats.nlink > 1n)
      throw new RefusedPath(path, `"${path}" has another name somewhere else, so it cannot be read here.`);
    const text = textOf(file.bytes);
    if (text === null) throw new RefusedPath(path, `"${path}" is no text, so it cannot be read.`);
    return text;
  }

  async #isReadable(path: string): Promise<boolean> {
    const text = await this.#text(path.split("/")).catch(nullIfRefused);
    return text !== null;
  }

  /** A file too large to be read is none. */
  async #isTextFile(folder: HeldFolder, name: string, path: string): Promise<boolean> {
    const stats = await statHeld(folder, name);
    if (stats === null || !stats.isFile() || stats.nlink > 1n) return false;
    const stamp = `${stats.ino} ${stats.size} ${stats.ctimeNs}`;
    const known = this.#isText.get(path);
    if (known?.stamp === stamp) return known.text;
    const file = await readHeldFile(folder, name, { path, limitBytes: changeLimits.fileBytes }).catch(nullIfRefused);
    const text = file !== null && textOf(file.bytes) !== null;
    this.#isText.set(path, { stamp, text });
    return text;
  }

  #checkLimits(path: string, bytes: number): void {
    const { fileBytes, files, totalBytes } = changeLimits;
    const refuse = (why: string): never => {
      throw new RefusedPath(path, why);
    };
    if (bytes > fileBytes)
      refuse(`"${path}" would be larger than ${sizeInWords(fileBytes)}. Write less, or split it into several files.`);
    const others = [...this.#writtenBytes].filter(([other]) => other !== path);
    if (others.length >= files) refuse(`More than ${files} files in one task are too many. Finish with what there is.`);
    const total = others.reduce((sum, [, size]) => sum + size, bytes);
    if (total > totalBytes)
      refuse(`More than ${sizeInWords(totalBytes)} in one task are too much. Finish with what there is.`);
  }
}

function isShown(root: string, path: string): boolean {
  try {
    confinedNames(root, path);
  } catch (error) {
    if (error instanceof RefusedPath) return false;
    throw error;
  }
  return !isGitInternal(path) && !isSecret(path);
}
