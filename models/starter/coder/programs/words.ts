import { type Program, text } from "./program.ts";

/** Programs that work on words and letters. */
export const wordPrograms: readonly Program[] = [
  {
    name: "hello-world",
    done: "It says hello to the world.",
    texts: [
      text("python", "hello.py", 'print("Hello, world!")\n'),
      text("javascript", "hello.js", 'console.log("Hello, world!");\n'),
      text("bash", "hello.sh", '#!/usr/bin/env bash\necho "Hello, world!"\n'),
      text(
        "html",
        "index.html",
        `
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Hello</title>
  </head>
  <body>
    <h1>Hello, world!</h1>
  </body>
</html>
`,
      ),
    ],
  },
  {
    name: "word-count",
    done: "It counts the lines, words and characters of a file.",
    texts: [
      text(
        "python",
        "word_count.py",
        `
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    text = file.read()
print("lines:", len(text.splitlines()))
print("words:", len(text.split()))
print("characters:", len(text))
`,
      ),
      text(
        "javascript",
        "word_count.js",
        String.raw`
const { readFileSync } = process.getBuiltinModule("node:fs");

const text = readFileSync(process.argv[2], "utf8");
console.log("lines:", text.split("\n").length - 1);
console.log("words:", text.split(/\s+/).filter(Boolean).length);
console.log("characters:", text.length);
`,
      ),
      text(
        "bash",
        "word_count.sh",
        `
#!/usr/bin/env bash
echo "lines: $(( $(wc -l < "$1") ))"
echo "words: $(( $(wc -w < "$1") ))"
echo "characters: $(( $(wc -m < "$1") ))"
`,
      ),
    ],
  },
  {
    name: "reverse-string",
    done: "It turns a text around.",
    texts: [
      text("python", "reverse.py", 'import sys\n\nprint(" ".join(sys.argv[1:])[::-1])\n'),
      text(
        "javascript",
        "reverse.js",
        `
const text = process.argv.slice(2).join(" ");
console.log([...text].reverse().join(""));
`,
      ),
      text(
        "bash",
        "reverse.sh",
        '#!/usr/bin/env bash\necho "$*" | awk \'{ for (i = length; i > 0; i--) printf "%s", substr($0, i, 1); print "" }\'\n',
      ),
    ],
  },
  {
    name: "palindrome",
    done: "It says whether a text reads the same backwards.",
    texts: [
      text(
        "python",
        "palindrome.py",
        `
import sys


def is_palindrome(text):
    letters = [letter for letter in text.lower() if letter.isalnum()]
    return letters == letters[::-1]


text = " ".join(sys.argv[1:])
print("That is a palindrome." if is_palindrome(text) else "That is no palindrome.")
`,
      ),
      text(
        "javascript",
        "palindrome.js",
        `
function isPalindrome(text) {
  const letters = text.toLowerCase().match(/[a-z0-9]/g) ?? [];
  return letters.join("") === letters.reverse().join("");
}

const text = process.argv.slice(2).join(" ");
console.log(isPalindrome(text) ? "That is a palindrome." : "That is no palindrome.");
`,
      ),
    ],
  },
  {
    name: "anagram",
    done: "It says whether two words have the same letters.",
    texts: [
      text(
        "python",
        "anagram.py",
        `
import sys

first, second = sys.argv[1].lower(), sys.argv[2].lower()
if sorted(first) == sorted(second):
    print("Those are anagrams.")
else:
    print("Those are no anagrams.")
`,
      ),
    ],
  },
  {
    name: "vowel-count",
    done: "It counts the vowels of a text.",
    texts: [
      text(
        "python",
        "vowels.py",
        `
import sys

text = " ".join(sys.argv[1:]).lower()
for vowel in "aeiou":
    print(vowel, text.count(vowel))
`,
      ),
    ],
  },
];
