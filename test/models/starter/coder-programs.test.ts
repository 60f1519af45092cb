import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { programs } from "../../../models/starter/coder/programs/all.ts";
import type { Language } from "../../../models/starter/coder/programs/program.ts";

const folder = mkdtempSync(join(tmpdir(), "sotto-programs-"));
afterAll(() => rmSync(folder, { recursive: true }));
for (const { content, file } of programs.flatMap(({ texts }) => texts)) writeFileSync(join(folder, file), content);
writeFileSync(join(folder, "sample.txt"), "one two\nthree\n");
writeFileSync(join(folder, "sample.csv"), 'name,age\nAnn,30\n"Bo, Jr.",7\n');
writeFileSync(join(folder, "sample.json"), '{"b":[1,2],"a":"\u00e9"}');

const interpreters: Partial<Record<Language, string>> = {
  python: "python3",
  javascript: process.execPath,
  bash: "bash",
};

interface Run {
  readonly args?: readonly string[];
  readonly input?: string;
  /** What it prints; a text must be all of it. */
  readonly prints: string | RegExp;
  /** What it prints when it is not written in Python. */
  readonly otherwise?: string | RegExp;
}

const numbersTo = (end: number): number[] => Array.from({ length: end }, (_, index) => index + 1);
const fizzBuzz = numbersTo(100).map((n) =>
  n % 15 === 0 ? "FizzBuzz" : n % 3 === 0 ? "Fizz" : n % 5 === 0 ? "Buzz" : n,
);
const table = numbersTo(10).map((row) =>
  numbersTo(10)
    .map((column) => `${row * column}`.padStart(4))
    .join(""),
);
/** Every guess in turn is right sooner or later. */
const allGuesses = `${numbersTo(100).join("\n")}\n`;
const lines = (...all: readonly (string | number)[]): string => `${all.join("\n")}\n`;

const runs: Readonly<Record<string, readonly Run[]>> = {
  "fizz-buzz": [{ prints: lines(...fizzBuzz) }],
  fibonacci: [{ args: ["8"], prints: lines(0, 1, 1, 2, 3, 5, 8, 13) }],
  "leap-year": [
    { args: ["2000"], prints: "2000 is a leap year.\n" },
    { args: ["1900"], prints: "1900 is not a leap year.\n" },
    { args: ["2024"], prints: "2024 is a leap year.\n" },
    { args: ["2026"], prints: "2026 is not a leap year.\n" },
  ],
  "multiplication-table": [{ prints: lines(...table) }],
  primes: [{ args: ["30"], prints: "2 3 5 7 11 13 17 19 23 29\n" }],
  "prime-factors": [
    { args: ["84"], prints: "2 x 2 x 3 x 7\n" },
    { args: ["97"], prints: "97\n" },
  ],
  factorial: [
    { args: ["5"], prints: "120\n" },
    { args: ["25"], prints: "15511210043330985984000000\n" },
  ],
  gcd: [{ args: ["84", "36"], prints: "12\n" }],
  average: [
    { args: ["1", "2", "4.5"], prints: "average: 2.5\n" },
    { args: [], prints: "Give me some numbers.\n" },
  ],
  "hello-world": [{ prints: "Hello, world!\n" }],
  "word-count": [{ args: ["sample.txt"], prints: lines("lines: 2", "words: 3", "characters: 14") }],
  "reverse-string": [{ args: ["abc", "de"], prints: "ed cba\n" }],
  palindrome: [
    { args: ["A man, a plan, a canal: Panama"], prints: "That is a palindrome.\n" },
    { args: ["abc"], prints: "That is no palindrome.\n" },
  ],
  anagram: [
    { args: ["Listen", "silent"], prints: "Those are anagrams.\n" },
    { args: ["one", "two"], prints: "Those are no anagrams.\n" },
  ],
  "vowel-count": [{ args: ["banana", "split"], prints: lines("a 3", "e 0", "i 1", "o 0", "u 0") }],
  "caesar-cipher": [
    { args: ["3", "Xyz, abc!"], prints: "Abc, def!\n" },
    { args: ["-3", "Abc"], prints: "Xyz\n" },
  ],
  "roman-numerals": [
    { args: ["1994"], prints: "MCMXCIV\n" },
    { args: ["8"], prints: "VIII\n" },
  ],
  "binary-converter": [
    { args: ["10"], prints: "0b1010\n" },
    { args: ["0b1010"], prints: "10\n" },
  ],
  "password-generator": [
    { args: ["20"], prints: /^[A-Za-z0-9]{20}\n$/ },
    { args: [], prints: /^[A-Za-z0-9]{16}\n$/ },
  ],
  "guessing-game": [{ input: allGuesses, prints: /Right, after \d+ tries\.\n$/ }],
  "dice-roller": [{ args: ["2"], prints: /^[1-6] [1-6] sum: \d+\n$/ }],
  "coin-toss": [{ prints: /^(Heads|Tails)\n$/ }],
  "rock-paper-scissors": [
    { input: "Rock\n", prints: /(draw|win)!\n$/ },
    { input: "stone\n", prints: /That is not in the game\.\n$/ },
  ],
  "tic-tac-toe": [
    { input: "1\n4\n2\n5\n3\n", prints: /X wins!\n$/ },
    { input: "1\n2\n3\n5\n4\n6\n8\n7\n9\n", prints: /A draw!\n$/ },
  ],
  quiz: [{ input: "Paris\n6\n42\n", prints: /No, it is 8\.[\s\S]*You have 2 of 3 points\.\n$/ }],
  chat: [{ input: "Hello\nfnord\nbye\n", prints: /Hello to you![\s\S]*Tell me more\.[\s\S]*Goodbye!\n$/ }],
  calculator: [
    { args: ["6", "x", "7"], prints: "42.0\n", otherwise: "42\n" },
    { args: ["1", "/", "4"], prints: "0.25\n" },
  ],
  "temperature-converter": [{ args: ["20", "C"], prints: "68.0 F\n", otherwise: /^(68\.0 F|20 C is 68 F)\n$/ }],
  "unit-converter": [{ args: ["5", "km", "mile"], prints: "3.1069 mile\n" }],
  "to-do-list": [
    { args: ["add", "buy", "milk"], prints: "1 buy milk\n" },
    { args: ["add", "rest"], prints: "1 buy milk\n2 rest\n" },
    { args: ["done", "1"], prints: "1 rest\n" },
    { args: [], prints: "1 rest\n" },
  ],
  "shopping-list": [{ input: "milk\nBread\nmilk\n\n", prints: /1 x bread\n2 x milk\n$/ }],
  "stop-watch": [{ input: "\n\n", prints: /\d+\.\d\d seconds\n$/ }],
  countdown: [{ args: ["1"], prints: "1\nGo!\n" }],
  "binary-search": [
    { args: ["7", "3", "9", "7", "1"], prints: "2\n" },
    { args: ["4", "1", "9"], prints: "-1\n" },
  ],
  "bubble-sort": [{ args: ["5", "-1", "10", "2"], prints: "-1 2 5 10\n" }],
  "csv-reader": [{ args: ["sample.csv"], prints: lines("name: Ann, age: 30", "name: Bo, Jr., age: 7") }],
  "json-printer": [
    {
      args: ["sample.json"],
      prints: '{\n  "a": "\u00e9",\n  "b": [\n    1,\n    2\n  ]\n}\n',
      otherwise: '{\n  "b": [\n    1,\n    2\n  ],\n  "a": "\u00e9"\n}\n',
    },
  ],
  "file-renamer": [
    { args: [".", "sample", "other"], prints: /sample\.csv -> other\.csv\n[\s\S]*nothing is renamed\.\n$/ },
  ],
};

/** Programs that go on until they are ended, or are no programs. */
const runOtherwise = ["web-server", "alarm-clock", "unit-tests", "read-me", "git-ignore", "package-json"];

const present = new Map<string, Promise<boolean>>();
function isPresent(command: string): Promise<boolean> {
  const known =
    present.get(command) ??
    new Promise<boolean>((resolve) => execFile(command, ["--version"], (error) => resolve(error === null)));
  present.set(command, known);
  return known;
}

/** Where the interpreter is missing that is said aloud, and the test says no more than that. */
async function interpreter(language: Language): Promise<string | null> {
  const command = interpreters[language];
  if (command !== undefined && (await isPresent(command))) return command;
  process.stderr.write(`\n!! ${command ?? language} is not on this machine: its programs are NOT being run.\n`);
  return null;
}

function output(command: string, file: string, { args = [], input = "" }: Omit<Run, "prints">): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, PYTHONIOENCODING: "utf-8", PYTHONDONTWRITEBYTECODE: "1" };
    const child = execFile(command, [file, ...args], { cwd: folder, env, timeout: 60_000 }, (error, stdout, stderr) =>
      error === null ? resolve(stdout) : reject(new Error(`${file}: ${error.message}\n${stderr}`)),
    );
    // A program may end before it has read everything.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}

const cases = programs.flatMap(({ name, texts }) =>
  texts
    .filter(({ language }) => interpreters[language] !== undefined)
    .flatMap(({ language, file }) => (runs[name] ?? []).map((run) => ({ name, language, file, run }))),
);

describe("a program of the starter coder", () => {
  test.each(cases)("$file $run.args prints what it should", { timeout: 90_000 }, async ({ language, file, run }) => {
    const command = await interpreter(language);
    if (command === null) return;
    const expected = language === "python" ? run.prints : (run.otherwise ?? run.prints);
    const printed = await output(command, file, run);
    if (typeof expected === "string") expect(printed).toBe(expected);
    else expect(printed).toMatch(expected);
  });

  test("is run, each one of them", () => {
    const names = programs.map(({ name }) => name);
    expect(new Set([...Object.keys(runs), ...runOtherwise])).toEqual(new Set(names));
  });

  test.each(["python", "javascript"] as const)(
    "web server in %s answers on this computer",
    { timeout: 90_000 },
    async (language) => {
      const file = language === "python" ? "web_server.py" : "web_server.js";
      const command = await interpreter(language);
      if (command === null) return;
      const child = spawn(command, [file, "0"], { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
      try {
        const address = await new Promise<string>((resolve) =>
          child.stdout.once("data", (data: Buffer) => resolve(data.toString().trim())),
        );
        expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
        expect((await fetch(`${address}/sample.txt`)).ok).toBe(true);
      } finally {
        child.kill();
      }
    },
  );

  test("alarm clock rings at the time that it is given", { timeout: 90_000 }, async () => {
    const command = await interpreter("python");
    if (command === null) return;
    const atHalfPastSeven = [
      "import datetime, runpy, sys",
      "class Early(datetime.datetime):",
      "    now = classmethod(lambda cls: cls(2026, 1, 1, 7, 30))",
      "datetime.datetime = Early",
      'sys.argv = ["alarm.py", "07:30"]',
      'runpy.run_path("alarm.py")',
    ].join("\n");
    expect(await output(command, "-c", { args: [atHalfPastSeven] })).toBe(
      "The alarm is set to 07:30\n\u0007Wake up!\n",
    );
  });

  test("unit tests pass", { timeout: 90_000 }, async () => {
    expect(await output(process.execPath, "stack.test.js", {})).toMatch(/pass 2/);
    const command = await interpreter("python");
    if (command !== null) await expect(output(command, "test_stack.py", {})).resolves.toBe("");
  });

  test("is a file that can be read as what it is", async () => {
    const read = (file: string): string => readFileSync(join(folder, file), "utf8");
    expect(JSON.parse(read("package.json"))).toHaveProperty("scripts");
    expect(read("README.md")).toMatch(/^# \w/);
    expect(read("index.html")).toMatch(/^<!doctype html>[\s\S]*<h1>[\s\S]*<\/html>\n$/);
    expect(read(".gitignore").trim().split("\n").length).toBeGreaterThan(5);
  });

  test.each(programs.flatMap(({ texts }) => texts))("$file is short and whole", ({ content, file }) => {
    expect(content.split("\n").length - 1, file).toBeLessThanOrEqual(30);
    expect(content).toMatch(/[^\n]\n$/);
    expect(content).not.toMatch(/`|\t| \n/);
  });
});
