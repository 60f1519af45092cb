import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type MappedFile, repoMap, worthReading } from "../../../../pipeline/handoff/coder/repo-map.ts";
import { signatures } from "../../../../pipeline/handoff/coder/signatures.ts";
import { estimateTokens } from "../../../../pipeline/handoff/coder/token-estimate.ts";

describe("signatures", () => {
  test.each([
    [
      "a.ts",
      "import x from 'y';\nexport interface Shape {\n  area(): number;\n}\nexport const double = (n: number): number => n * 2;\nconst five = 5;\nexport async function load(path: string): Promise<void> {\n  return;\n}\nclass Box {\n}\n",
      [
        "export interface Shape",
        "export const double = (n: number): number => n * 2;",
        "export async function load(path: string): Promise<void>",
        "class Box",
      ],
    ],
    [
      "a.js",
      "module.exports = { a };\nfunction a() {\n}\nconst b = async x => x;\n",
      ["module.exports = { a };", "function a()", "const b = async x => x;"],
    ],
    [
      "a.py",
      "import os\nclass Cat(Animal):\n    def meow(self) -> str:\n        x = 1\nasync def run():\n    pass\n",
      ["class Cat(Animal):", "    def meow(self) -> str:", "async def run():"],
    ],
    [
      "a.go",
      "package a\n\nfunc (s *Server) Run() error {\n\treturn nil\n}\ntype Server struct {\n",
      ["func (s *Server) Run() error", "type Server struct"],
    ],
    [
      "a.rs",
      "use std::io;\npub(crate) fn parse(s: &str) -> Ast {\nimpl Ast {\n    pub fn new() -> Self {\n        let x = 1;\n",
      ["pub(crate) fn parse(s: &str) -> Ast", "impl Ast", "    pub fn new() -> Self"],
    ],
    [
      "A.java",
      "import x;\npublic class A {\n    private int x = 1;\n    public static void main(String[] args) {\n",
      ["public class A", "    public static void main(String[] args)"],
    ],
    ["run.sh", "#!/bin/sh\nset -e\nbuild() {\n  echo hi\n}\nfunction clean {\n", ["build()", "function clean"]],
    ["a.md", "# Title\ntext # not\n## Part\n#### deep\n", ["# Title", "## Part"]],
    ["a.bin", "def x():\n", []],
  ])("of %s", (path, text, expected) => {
    expect(signatures(path, text)).toEqual(expected);
  });

  test("a minified file costs little and tells nothing", () => {
    expect(signatures("a.js", `function a(){${"x".repeat(1_000_000)}}`)).toEqual([]);
  });
});

const project: readonly MappedFile[] = [
  { path: "README.md", text: "# Calculator\n" },
  { path: "src/cli.ts", text: "export function main(): void {\n}\n" },
  { path: "src/parser.ts", text: "export function parse(text: string): Node {\n}\nexport class Parser {\n}\n" },
  { path: "src/printer.ts", text: "export function print(node: Node): string {\n}\n" },
  { path: "assets/logo.png", text: null },
];

describe("the map", () => {
  test("what the task is about comes first, with what is in it", () => {
    const map = repoMap(project, { task: "add unit tests for the parser", named: [], tokens: 1_000 });
    expect(map.split("\n").slice(0, 3)).toEqual([
      "src/parser.ts",
      "  export function parse(text: string): Node",
      "  export class Parser",
    ]);
    expect(map).toContain("assets/logo.png");
  });

  test("what is in a file counts, and not its name alone", () => {
    const map = repoMap(project, {
      task: "the string should be printed in colour: print node",
      named: [],
      tokens: 1_000,
    });
    expect(map.split("\n")[0]).toBe("src/printer.ts");
  });

  test("named files are before all others", () => {
    const map = repoMap(project, { task: "parse it", named: ["src/cli.ts"], tokens: 1_000 });
    expect(map.split("\n").slice(0, 2)).toEqual(["src/cli.ts", "src/parser.ts"]);
  });

  test("says how many it leaves out", () => {
    const many = Array.from({ length: 500 }, (_, n): MappedFile => ({ path: `src/file${n}.ts`, text: null }));
    const map = repoMap(many, { task: "x", named: [], tokens: 200 });
    const shown = map.split("\n").length - 1;
    expect(map.split("\n").at(-1)).toBe(`… and ${500 - shown} more files; LIST shows all.`);
    expect(estimateTokens(map)).toBeGreaterThan(150);
  });

  test("an empty folder has none", () => {
    expect(repoMap([], { task: "x", named: [], tokens: 1_000 })).toBe("");
  });

  test("is never more than its tokens, and has no path twice", () => {
    const file = fc.record({
      path: fc.stringMatching(/^[a-z]{1,8}(\/[a-zA-Zé]{1,12}){0,3}\.(ts|py|md|png)$/),
      text: fc.option(
        fc
          .array(fc.stringMatching(/^(def |# |export function )[a-z]{1,60}\(.{0,60}$/), { maxLength: 20 })
          .map((l) => l.join("\n")),
      ),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(file, { selector: ({ path }) => path, maxLength: 60 }),
        fc.string(),
        fc.nat(600),
        (files, task, tokens) => {
          const map = repoMap(files, { task, named: files.slice(0, 1).map(({ path }) => path), tokens });
          expect(estimateTokens(map)).toBeLessThanOrEqual(tokens);
          const paths = map
            .split("\n")
            .filter((line) => line !== "" && !line.startsWith(" ") && !line.startsWith("… and"));
          expect(new Set(paths).size).toBe(paths.length);
          const all = new Set(files.map(({ path }) => path));
          expect(paths.every((path) => all.has(path))).toBe(true);
        },
      ),
    );
  });
});

test("what is worth reading: named, then by the words of the task, in camel case and in plural, too", () => {
  const paths = ["zoo.ts", "src/userAccounts.ts", "lib/user.ts", "a.ts"];
  expect(worthReading(paths, { task: "close the accounts of users", named: ["a.ts"] })).toEqual([
    "a.ts",
    "src/userAccounts.ts",
    "lib/user.ts",
    "zoo.ts",
  ]);
});
