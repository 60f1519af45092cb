import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { type FileGate, type FoundLine, RefusedPath } from "../../pipeline/handoff/file-gate.ts";

/** A gate to a folder that keeps out only what a test needs kept out: what is outside, `.git`, and what is no text. */
export class PlainGate implements FileGate {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  async list(): Promise<readonly string[]> {
    const entries = await readdir(this.folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return files.map((entry) => relative(this.folder, join(entry.parentPath, entry.name)).split(sep).join("/")).sort();
  }

  async read(path: string, range?: { readonly fromLine: number; readonly lines: number }): Promise<string> {
    const file = this.#inside(path);
    const text = await readFile(file, "utf8").catch(() => {
      throw new RefusedPath(path, `There is no file ${path}.`);
    });
    if (text.includes("\0")) throw new RefusedPath(path, `${path} is no text.`);
    if (range === undefined) return text;
    const lines = text.split(/(?<=\n)/);
    return lines.slice(range.fromLine - 1, range.fromLine - 1 + range.lines).join("");
  }

  async write(path: string, text: string): Promise<void> {
    const file = this.#inside(path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  async search(text: string): Promise<readonly FoundLine[]> {
    const wanted = text.toLowerCase();
    const found: FoundLine[] = [];
    for (const path of await this.list()) {
      const lines = (await this.read(path).catch(() => "")).split("\n");
      for (const [index, line] of lines.entries())
        if (line.toLowerCase().includes(wanted)) found.push({ path, line: index + 1, text: line });
    }
    return found;
  }

  #inside(path: string): string {
    const file = resolve(this.folder, path);
    const inner = relative(this.folder, file);
    if (inner.startsWith("..")) throw new RefusedPath(path, `${path} is outside of the folder.`);
    if (inner.split(sep).includes(".git")) throw new RefusedPath(path, `${path} may not be touched.`);
    return file;
  }
}
