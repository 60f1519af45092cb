import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TrialWorkspace } from "./trial-workspace.ts";

/** Stands in every file that nobody may read. */
export const canary = "canary-7f3a";

/** A way out of the workspace, or to something in it that is not for agents. */
export interface EscapeCase {
  readonly name: string;
  /** What an agent asks for. */
  readonly path: string | ((trial: TrialWorkspace) => string);
  /** What is done to the folder first, by a program that the agent ran. */
  readonly plant?: (trial: TrialWorkspace) => void;
  /** What may be done to it all the same. A write through a hard link is fine: it must not reach the other name. */
  readonly harmless?: readonly ("read" | "write")[];
}

/** The files that every case begins with, some of them forbidden. */
export const corpusFiles: Readonly<Record<string, string>> = {
  ".git/HEAD": "ref: refs/heads/main\n",
  ".git/config": "[core]\n\tbare = false\n",
  ".git/hooks/pre-commit.sample": "exit 0\n",
  ".git/info/exclude": "",
  ".git/objects/x": "",
  ".git/refs/x": "",
  "src/a.ts": "export const a = 1;\n",
  "src/b.ts": "export const b = 2;\n",
  ".gitignore": "*.log\n",
  ".env": `KEY=${canary}\n`,
  ".npmrc": `token=${canary}\n`,
  "config/id_rsa": `${canary}\n`,
  ".vscode/tasks.json": "{}\n",
  ".github/workflows/ci.yml": "on: push\n",
  "big.txt": "x".repeat(1_100_000),
};

const words = (name: string, paths: readonly EscapeCase["path"][]): readonly EscapeCase[] =>
  paths.map((path) => ({ name: `${name} ${typeof path === "string" ? printable(path) : ""}`, path }));

function makePipe(path: string): void {
  execFileSync("mkfifo", [path]);
}

function printable(path: string): string {
  return path.length > 60 ? `${path.slice(0, 20)}… of ${path.length}` : JSON.stringify(path);
}

const changeOnly = (name: string, paths: readonly string[]): readonly EscapeCase[] =>
  words(name, paths).map((way) => ({ ...way, harmless: ["read"] }));

const linked = (name: string, path: string, link: string, target: (trial: TrialWorkspace) => string): EscapeCase => ({
  name,
  path,
  plant: (trial) => {
    mkdirSync(join(trial.root, link, ".."), { recursive: true });
    symlinkSync(target(trial), join(trial.root, link));
  },
});

export const escapeCases: readonly EscapeCase[] = [
  ...words("absolute", ["/proc/self/environ", "/dev/zero", "/"]),
  { name: "absolute, as a place on the network", path: ({ outside }) => `/${outside}/secret.txt` },
  { name: "absolute, down and up", path: ({ outside }) => `${outside}/../outside/secret.txt` },
  { name: "absolute, beside", path: ({ outside }) => join(outside, "secret.txt") },
  { name: "absolute, a name that begins alike", path: ({ root }) => `${root}-2/secret.txt` },
  { name: "absolute, the folder itself", path: ({ root }) => root },
  { name: "absolute, in and out", path: ({ root }) => `${root}/../outside/secret.txt` },
  { name: "absolute, out and in again", path: ({ root }) => `${root}/../project/src/a.ts` },
  ...words("up", ["../outside/secret.txt", "src/../../outside/secret.txt", "./../outside/secret.txt", "..", "src/.."]),
  ...words("up", ["src/..//../outside/secret.txt", "src/./../../outside/new.txt"]),
  { name: "up to the top and down again", path: ({ outside }) => `src${"/..".repeat(20)}${outside}/secret.txt` },
  ...words("elsewhere", [
    "..\\outside\\secret.txt",
    "C:\\Windows\\win.ini",
    "c:/x",
    "\\\\server\\share",
    "~",
    "~/.bashrc",
  ]),
  ...words("nothing", ["", ".", "./", "./."]),
  ...words("unseen", ["src/a.ts\0.txt", "\0", "src/a\n.ts", "src/\u001b[2Ja.ts", "src/\u202est.a", "src/a\u200b.ts"]),
  ...words("unseen", ["src/\ufeffa.ts", "src/a\u2028.ts", "src/\u200fa.ts", "src/a\u00ad.ts", "src/\ud800a.ts"]),
  ...words("dots and spaces", [
    "src/a.ts.",
    "src/a.ts ",
    " src/a.ts",
    "src./a.ts",
    "src /a.ts",
    "src/...",
    "src/.. /x",
  ]),
  ...words("long", ["x".repeat(256), "é".repeat(128), `${"d/".repeat(700)}x`, "x".repeat(100_000)]),
  ...words("git", [
    ".git/config",
    ".GIT/config",
    ".git/hooks/pre-commit",
    "src/.git/config",
    "src/.git",
    ".git/info/exclude",
  ]),
  ...words("git", ["git~1/config", "GIT~1/config", ".git./config", ".git /config", ".git::$INDEX_ALLOCATION/config"]),
  ...words("git", ["\uff0egit/config", ".gi\u0301t/config", "./.git/HEAD", ".git//config", "src/../.git/config"]),
  ...words("secrets", [
    ".env",
    ".ENV",
    ".npmrc",
    "config/id_rsa",
    ".ssh/authorized_keys",
    "a/.netrc",
    "tls/server.key",
  ]),
  ...changeOnly("runs by itself", [".bashrc", ".vscode/tasks.json", ".husky/pre-commit", ".mcp.json", ".gitmodules"]),
  ...changeOnly("runs by itself", ["hooks/post-merge", ".idea/x.xml", ".gitattributes", "bare/HEAD"]),
  ...changeOnly("runs by itself", [
    ".github/workflows/ci.yml",
    ".GitHub/workflows/x.yml",
    ".gitlab-ci.yml",
    "Jenkinsfile",
  ]),
  linked("link to a file outside", "leak.txt", "leak.txt", ({ outside }) => join(outside, "secret.txt")),
  linked("relative link outside", "src/leak.txt", "src/leak.txt", () => "../../outside/secret.txt"),
  linked("dangling link outside", "new.txt", "new.txt", ({ outside }) => join(outside, "new.txt")),
  linked("dangling link in a new folder", "n/new.txt", "n/new.txt", () => "../../outside/new.txt"),
  linked("folder that is a link", "way/secret.txt", "way", ({ outside }) => outside),
  linked("new file in a folder that is a link", "way/new.txt", "way", ({ outside }) => outside),
  linked("new folder in a folder that is a link", "way/new/new.txt", "way", () => "../outside"),
  linked("folder that is a dangling link", "way/new.txt", "way", ({ outside }) => join(outside, "made")),
  linked("link deep below", "src/x/y/way/secret.txt", "src/x/y/way", ({ outside }) => outside),
  linked("link to the folder around it", "way/outside/secret.txt", "way", () => ".."),
  linked("link through the process", "way/secret.txt", "way", ({ outside }) => `/proc/self/root${outside}`),
  linked("link to itself", "loop", "loop", () => "loop"),
  linked("link to git's settings", "settings", "settings", () => ".git/config"),
  linked("link to git's folder", "g/config", "g", () => ".git"),
  linked("link to a secret", "harmless.txt", "harmless.txt", () => ".env"),
  linked("link to a device", "zero", "zero", () => "/dev/zero"),
  linked("link to itself by another way", "way/src/a.ts", "way", () => "."),
  {
    ...linked("chain of links", "first", "first", () => "second"),
    plant: ({ root, outside }) => {
      symlinkSync("second", join(root, "first"));
      symlinkSync(join(outside, "secret.txt"), join(root, "second"));
    },
  },
  {
    name: "hard link to a file outside",
    path: "twin.txt",
    plant: ({ root, outside }) => linkSync(join(outside, "secret.txt"), join(root, "twin.txt")),
    harmless: ["write"],
  },
  {
    name: "hard link to a secret",
    path: "src/twin.txt",
    plant: ({ root }) => linkSync(join(root, ".env"), join(root, "src/twin.txt")),
    harmless: ["write"],
  },
  {
    name: "file swapped for a hard link",
    path: "src/a.ts",
    plant: ({ root, outside }) => {
      execFileSync("ln", ["-f", join(outside, "secret.txt"), join(root, "src/a.ts")]);
    },
    harmless: ["write"],
  },
  {
    name: "folder swapped for a link",
    path: "src/secret.txt",
    plant: ({ root, outside }) => {
      execFileSync("rm", ["-r", join(root, "src")]);
      symlinkSync(outside, join(root, "src"));
    },
  },
  {
    name: "file swapped for a link",
    path: "src/a.ts",
    plant: ({ root, outside }) => {
      execFileSync("ln", ["-sf", join(outside, "secret.txt"), join(root, "src/a.ts")]);
    },
  },
  { name: "pipe", path: "pipe", plant: ({ root }) => makePipe(join(root, "pipe")) },
  {
    name: "file swapped for a pipe",
    path: "src/a.ts",
    plant: ({ root }) => {
      execFileSync("rm", [join(root, "src/a.ts")]);
      makePipe(join(root, "src/a.ts"));
    },
  },
  { name: "folder", path: "src" },
  { name: "file as a folder", path: "src/a.ts/b.ts" },
  { name: "file of a megabyte", path: "big.txt" },
  {
    name: "file that stands for git's folder",
    path: "sub/.git",
    plant: ({ root, outside }) => {
      mkdirSync(join(root, "sub"));
      writeFileSync(join(root, "sub/.git"), `gitdir: ${outside}\n`);
    },
  },
  {
    name: "git's folder in other letters",
    path: "sub/.GIT/config",
    plant: ({ root }) => {
      mkdirSync(join(root, "sub/.GIT"), { recursive: true });
      writeFileSync(join(root, "sub/.GIT/config"), "[core]\n\tfsmonitor = touch pwned\n");
    },
  },
  {
    name: "repository in the folder",
    path: "sub/.git/config",
    plant: ({ root }) => {
      mkdirSync(join(root, "sub"));
      execFileSync("git", ["-C", join(root, "sub"), "init", "-q"]);
    },
  },
  {
    name: "folder made to look like a repository",
    path: "bare/HEAD",
    plant: ({ root }) => {
      for (const folder of ["bare/objects", "bare/refs"]) mkdirSync(join(root, folder), { recursive: true });
      writeFileSync(join(root, "bare/HEAD"), "ref: refs/heads/main\n");
      writeFileSync(join(root, "bare/config"), "[core]\n\tfsmonitor = touch pwned\n");
    },
    harmless: ["read"],
  },
];
