import { type Program, text } from "./program.ts";

/** What a new project begins with. */
export const projectPrograms: readonly Program[] = [
  {
    name: "unit-tests",
    done: "It is an example of unit tests, with a small module to test.",
    texts: [
      text(
        "python",
        "test_stack.py",
        `
import unittest


class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

    def pop(self):
        return self.items.pop()


class StackTest(unittest.TestCase):
    def test_gives_back_the_last_item_first(self):
        stack = Stack()
        stack.push(1)
        stack.push(2)
        self.assertEqual([stack.pop(), stack.pop()], [2, 1])

    def test_an_empty_stack_has_nothing_to_give(self):
        self.assertRaises(IndexError, Stack().pop)


unittest.main()
`,
      ),
      text(
        "javascript",
        "stack.test.js",
        `
const test = process.getBuiltinModule("node:test");
const assert = process.getBuiltinModule("node:assert/strict");

function createStack() {
  const items = [];
  return { push: (item) => items.push(item), pop: () => items.pop() };
}

test("gives back the last item first", () => {
  const stack = createStack();
  stack.push(1);
  stack.push(2);
  assert.deepEqual([stack.pop(), stack.pop()], [2, 1]);
});

test("an empty stack has nothing to give", () => {
  assert.equal(createStack().pop(), undefined);
});
`,
      ),
    ],
  },
  {
    name: "read-me",
    done: "It is the beginning of a read me, and the words about your project are up to you.",
    texts: [
      text(
        "text",
        "README.md",
        `
# Project

What it does, in one sentence.

## Install

How to install it.

## Use

An example that works.

## License

Who may use it.
`,
      ),
    ],
  },
  {
    name: "git-ignore",
    done: "It keeps build output, installed packages and secrets out of git.",
    texts: [
      text(
        "text",
        ".gitignore",
        `
node_modules/
dist/
build/
__pycache__/
*.pyc
.venv/
.env
*.log
.DS_Store
`,
      ),
    ],
  },
  {
    name: "package-json",
    done: "It is a package file for a small Node project.",
    texts: [
      text(
        "text",
        "package.json",
        `
{
  "name": "project",
  "version": "0.1.0",
  "private": true,
  "type": "module",
  "scripts": {
    "start": "node main.js",
    "test": "node --test"
  }
}
`,
      ),
    ],
  },
];
