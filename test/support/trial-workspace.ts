import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Blobs } from "../../pipeline/handoff/change-set.ts";
import { hashOf } from "../../pipeline/handoff/workspace/content-hash.ts";

/** A folder of its own on the real disk, gone at the end of the block: `root` to work in, `home` for Sotto, `outside` for neither. */
export class TrialWorkspace implements Disposable {
  readonly folder: string = realpathSync(mkdtempSync(join(tmpdir(), "sotto-workspace-")));
  readonly root: string = join(this.folder, "project");
  readonly home: string = join(this.folder, "home");
  readonly outside: string = join(this.folder, "outside");

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    for (const folder of [this.root, this.home, this.outside]) mkdirSync(folder);
    for (const [path, content] of Object.entries(files)) this.write(path, content);
  }

  /** A file of the project, with the folders that it lies in. */
  write(path: string, content: string | Uint8Array): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  git(...args: readonly string[]): string {
    return gitIn(this.root, ...args);
  }

  /** Makes the project a repository with one commit of all that is in it. */
  commitAll(): void {
    this.git("init", "-q", "-b", "main");
    this.git("add", "-A", "--force");
    this.git("commit", "-q", "--allow-empty", "-m", "first");
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function gitIn(cwd: string, ...args: readonly string[]): string {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_")));
  const identity = { GIT_AUTHOR_NAME: "Ada", GIT_AUTHOR_EMAIL: "ada@example.org" };
  const committer = { GIT_COMMITTER_NAME: "Ada", GIT_COMMITTER_EMAIL: "ada@example.org" };
  const env = { ...own, ...identity, ...committer, GIT_CONFIG_GLOBAL: "/dev/null", GIT_OPTIONAL_LOCKS: "0" };
  return execFileSync("git", ["-C", cwd, ...args], { env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Path → what is there: kind, mode and content of everything below a folder. */
export function snapshotOf(folder: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const look = (path: string, at: string): void => {
    const stats = lstatSync(path);
    const mode = (stats.mode & 0o777).toString(8);
    if (stats.isDirectory()) {
      if (at !== "") found[at] = `folder ${mode}`;
      for (const name of readdirSync(path)) look(join(path, name), at === "" ? name : `${at}/${name}`);
    } else if (stats.isSymbolicLink()) found[at] = `link ${readlinkSync(path)}`;
    else if (stats.isFile())
      found[at] = `file ${mode} ${createHash("sha256").update(readFileSync(path)).digest("hex")}`;
    else found[at] = "other";
  };
  look(folder, "");
  return found;
}

export class MemoryBlobs implements Blobs {
  readonly #bytes = new Map<string, Uint8Array>();

  put(bytes: Uint8Array): string {
    const hash = hashOf(bytes);
    this.#bytes.set(hash, Uint8Array.from(bytes));
    return hash;
  }

  get(hash: string): Uint8Array {
    const bytes = this.#bytes.get(hash);
    if (bytes === undefined) throw new Error(`No bytes were put for ${hash}`);
    return bytes;
  }
}
