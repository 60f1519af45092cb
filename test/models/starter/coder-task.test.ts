import { describe, expect, test } from "vitest";
import { fileNameFor, readTask } from "../../../models/starter/coder/task.ts";

describe("a coding task", () => {
  test.each([
    ["Create a fizz buzz script in Python!", "create a fizz buzz script", "python"],
    ["write a python script", "write a script", "python"],
    ["write a python three script", "write a script", "python"],
    ["create a bash project", "create a project", "bash"],
    ["a shell script for a countdown", "a script for a countdown", "bash"],
    ["write a hello world in java script", "write a hello world", "javascript"],
    ["write a script in node that counts words", "write a script that counts words", "javascript"],
    ["write a fizz buzz in Java", "write a fizz buzz", "java"],
    ["implement a calculator in c", "implement a calculator", "c"],
    ["a calculator in C++", "a calculator", "c plus plus"],
    ["write a go program for a quiz", "write a program for a quiz", "go"],
    ["i want a rust program for a quiz", "i want a program for a quiz", "rust"],
    ["please build me a dice roller with html", "please build me a dice roller", "html"],
    ["write a countdown that says go at the end", "write a countdown that says go at the end", null],
    ["write a temperature converter with c and f", "write a temperature converter and f", "c"],
    ["show me a binary search", "show me a binary search", null],
    ["", "", null],
  ])("%j leaves %j, in %s", (text, words, language) => {
    expect(readTask(text)).toEqual({ words, language, fileName: null });
  });

  test.each([
    ["create a fizz buzz script called hello.py", "create a fizz buzz script", "hello.py"],
    ["a quiz named Trivia", "a quiz", "Trivia"],
    ["write a stopwatch and save it as watch.js", "write a stopwatch", "watch.js"],
    ["make a dice roller in a file called dice dot p y", "make a dice roller", "dice.py"],
    ['a countdown in a file named "final-count.sh"', "a countdown", "final-count.sh"],
    ["create src/tools/main.py with fizz buzz", "create with fizz buzz", "src/tools/main.py"],
    ["write calc.js, a calculator", "write a calculator", "calc.js"],
    [
      "i have badly named files write it in a file called attempt-2 dot sh",
      "i have badly named files write it",
      "attempt-2.sh",
    ],
    ["write a test named after my cat", "write a test named after my cat", null],
    ["write hello world called the first", "write hello world called the first", null],
  ])("%j leaves %j, for the file %s", (text, words, fileName) => {
    expect(readTask(text)).toMatchObject({ words, fileName });
  });

  test("takes its language from the file's ending when no other is named", () => {
    expect(readTask("a quiz called trivia.js").language).toBe("javascript");
    expect(readTask("a quiz in python called trivia.js").language).toBe("python");
    expect(readTask("a quiz called trivia.txt").language).toBeNull();
  });

  test.each(["../../etc/passwd.py", "/etc/passwd.py", "..\\up.py", "~/x.py", "a/../b.py", ".hidden.py"])(
    "never has a file outside of the folder: %s",
    (path) => {
      for (const text of [`a quiz called ${path}`, `write ${path}`, `a quiz and save it as "${path}"`]) {
        const name = fileNameFor(readTask(text), "quiz.py");
        expect(name, text).toMatch(/^[\w-]+(\/[\w-]+)*(\.\w+)+$/);
      }
    },
  );
});

describe("the file's name", () => {
  test.each([
    ["a quiz", "quiz.py"],
    ["a quiz called trivia", "trivia.py"],
    ["a quiz called trivia.txt", "trivia.txt"],
    ["a quiz named mine dot p y", "mine.py"],
  ])("of %j is %s", (text, name) => {
    expect(fileNameFor(readTask(text), "quiz.py")).toBe(name);
  });

  test("is the usual one for a file that begins with a dot", () => {
    expect(fileNameFor(readTask("a git ignore"), ".gitignore")).toBe(".gitignore");
  });
});
