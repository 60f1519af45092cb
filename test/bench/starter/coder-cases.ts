import { readTask } from "../../../models/starter/coder/task.ts";
import { taskIntents, taskSlots } from "../../../models/starter/coder/tasks.ts";
import { createMatcher } from "../../../models/starter/phrase-book/matcher.ts";
import { pick, type Random, sampleTemplate } from "../../../models/starter/phrase-book/sample.ts";

/** A task, and what must come of it. */
export interface CodingCase {
  readonly text: string;
  /** The program that was meant; null where the coder must say that it can not. */
  readonly program: string | null;
  readonly language: "python" | "javascript" | "bash";
  /** The file's name where the words give one. */
  readonly file?: string;
}

const endings = { python: "py", javascript: "js", bash: "sh" } as const;
const fileWords = ["main", "my_work", "demo", "attempt-2", "Thing"];
const withFile: readonly ((text: string, stem: string, ending: string) => string)[] = [
  (text, stem, ending) => `${text} called ${stem}.${ending}`,
  (text, stem) => `${text} named ${stem}`,
  (text, stem, ending) => `${text} in a file called ${stem} dot ${ending}`,
  (text, stem, ending) => `${text} and save it as src/${stem}.${ending}`,
];

/** Tasks from the book's wordings; every fourth names a file, every third a language. */
export function bookTasks(list: "wordings" | "heldOut", perWording: number, random: Random): CodingCase[] {
  const all = taskIntents.flatMap(({ name, answer: _, ...intent }) =>
    intent[list].flatMap((template) =>
      Array.from({ length: perWording }, () =>
        dressed(
          sampleTemplate(template, random, (slot) => pick(taskSlots[slot] ?? [], random)),
          name === "vague" ? null : name,
          random,
        ),
      ),
    ),
  );
  return [...new Map(all.map((one) => [one.text, one])).values()];
}

function dressed(text: string, program: string | null, random: Random): CodingCase {
  const language = random() < 0.33 ? pick(["python", "javascript", "bash"] as const, random) : "python";
  const spoken = language === "python" && random() < 0.5 ? text : `${text} in ${language}`;
  if (random() >= 0.25 || program === null) return { text: spoken, program, language };
  const stem = pick(fileWords, random);
  const index = Math.floor(random() * withFile.length);
  const ending = endings[language];
  const file = index === 3 ? `src/${stem}.${ending}` : index === 1 ? stem : `${stem}.${ending}`;
  return { text: withFile[index]?.(spoken, stem, ending) ?? spoken, program, language, file };
}

const byHand: readonly (readonly [string, string, string?])[] = [
  ["fizz-buzz", "could we have the good old fizz buzz"],
  ["fizz-buzz", "Please write FizzBuzz as hello.py", "hello.py"],
  ["hello-world", "give me a hello world to start with"],
  ["hello-world", "make a file named greet.py that says hello", "greet.py"],
  ["fibonacci", "a little program for the fibonacci numbers would be nice"],
  ["fibonacci", "print out the fibonacci sequence in bash"],
  ["primes", "find me the primes up to one hundred"],
  ["primes", "I'd like a script for finding prime numbers, in JavaScript"],
  ["factorial", "a program to compute factorials"],
  ["word-count", "count how many words there are in a file"],
  ["word-count", "write a word counter in bash"],
  ["reverse-string", "can you code something that reverses a string"],
  ["palindrome", "a palindrome checker in javascript, please"],
  ["guessing-game", "let us make a number guessing game"],
  ["guessing-game", "code a game in which i guess a number"],
  ["temperature-converter", "convert celsius to fahrenheit"],
  ["temperature-converter", "a converter for temperatures"],
  ["dice-roller", "write something to roll dice"],
  ["dice-roller", "code up a dice roller in bash called roll.sh", "roll.sh"],
  ["rock-paper-scissors", "make a rock paper scissors game"],
  ["to-do-list", "i need a small to do list app"],
  ["stop-watch", "could you build a stopwatch"],
  ["csv-reader", "read a csv file and print it"],
  ["json-printer", "pretty print a json file"],
  ["file-renamer", "a dry run tool to rename files"],
  ["calculator", "build a very simple calculator"],
  ["calculator", "write calc.js, a calculator", "calc.js"],
  ["bubble-sort", "implement the bubble sort algorithm please"],
  ["binary-search", "implement a binary search for me"],
  ["caesar-cipher", "write a caesar cipher tool"],
  ["password-generator", "generate a random password"],
  ["leap-year", "is a given year a leap year"],
  ["multiplication-table", "print a multiplication table"],
  ["countdown", "make me a countdown from ten"],
  ["prime-factors", "get the prime factors of a number"],
  ["gcd", "compute the greatest common divisor"],
  ["anagram", "tell whether two words are anagrams"],
  ["vowel-count", "count the vowels in a sentence"],
  ["roman-numerals", "turn numbers into roman numerals"],
  ["binary-converter", "convert a number to binary"],
  ["average", "the average of a few numbers please"],
  ["shopping-list", "write a grocery list program"],
  ["coin-toss", "flip a coin for me in javascript"],
  ["tic-tac-toe", "make a tic tac toe game for two"],
  ["quiz", "make a short quiz"],
  ["chat", "write a tiny chat bot"],
  ["web-server", "a simple local web server"],
  ["alarm-clock", "make an alarm clock"],
  ["unit-converter", "convert between units"],
  ["unit-tests", "show me an example of unit tests"],
  ["read-me", "write me a readme"],
  ["git-ignore", "create a .gitignore file"],
  ["package-json", "create a package.json for my project"],
];

/** A JavaScript or Bash wording says so itself. */
export function handTypedTasks(): CodingCase[] {
  const trainedText = createMatcher(taskIntents, "heldOut", taskSlots);
  return byHand
    .map(([program, text, file]): CodingCase => {
      const named = readTask(text).language;
      const language = named === "javascript" || named === "bash" ? named : "python";
      return { text, program, language, ...(file === undefined ? {} : { file }) };
    })
    .filter(({ text }) => trainedText.match(readTask(text).words) === null);
}

const unknown: readonly string[] = [
  "write a snake game in python",
  "write a chess engine",
  "build a web shop",
  "make a weather app",
  "fix the bug in the parser module",
  "add tests for the login module",
  "refactor the server class",
  "rename the function foo to bar",
  "write a quick sort in rust",
  "write a fizz buzz in java",
  "create a calculator in c",
  "explain the parser module",
  "add a dark mode to the page",
  "write an operating system",
  "make a program that plays the guitar",
  "write a driver for my printer",
  "train a neural network",
  "write a dungeon game",
  "create a bitcoin miner",
  "make a photo editor",
  "write a mail client",
  "translate this code to go",
  "delete all my files",
  "write a script that backs up my disk",
  "write a tool that merges two pdf files",
  "make a calendar app",
  "write a markdown renderer",
  "code a tetris clone",
  "write a spell checker",
  "make a music player",
  "write a program that sorts my photos",
  "write a countdown to my birthday with fireworks and music",
  "create a database for my books",
  "what time is it",
  "tell me a joke",
  "write a poem about the sea",
  "how do i cook rice",
  "update the documentation of the api",
  "make the loader faster",
  "port the script to windows",
];

export function unknownTasks(): CodingCase[] {
  return unknown.map((text) => ({ text, program: null, language: "python" }));
}
