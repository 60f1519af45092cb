import { type Program, text } from "./program.ts";

/** Programs that write things in other signs. */
export const cipherPrograms: readonly Program[] = [
  {
    name: "caesar-cipher",
    done: "It shifts the letters of a text by as many places as you say.",
    texts: [
      text(
        "python",
        "caesar.py",
        `
import sys


def shifted(letter, places):
    if not ("a" <= letter.lower() <= "z"):
        return letter
    first = ord("a") if letter.islower() else ord("A")
    return chr((ord(letter) - first + places) % 26 + first)


places = int(sys.argv[1])
print("".join(shifted(letter, places) for letter in " ".join(sys.argv[2:])))
`,
      ),
      text(
        "javascript",
        "caesar.js",
        `
function shifted(letter, places) {
  const first = letter < "a" ? 65 : 97;
  return String.fromCharCode(((((letter.charCodeAt(0) - first + places) % 26) + 26) % 26) + first);
}

const places = Number(process.argv[2]);
const text = process.argv.slice(3).join(" ");
console.log(text.replace(/[a-z]/gi, (letter) => shifted(letter, places)));
`,
      ),
    ],
  },
  {
    name: "roman-numerals",
    done: "It writes a number in Roman numerals.",
    texts: [
      text(
        "python",
        "roman.py",
        `
import sys

NUMERALS = [
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
]

number = int(sys.argv[1])
roman = ""
for value, numeral in NUMERALS:
    while number >= value:
        roman += numeral
        number -= value
print(roman)
`,
      ),
      text(
        "javascript",
        "roman.js",
        `
const numerals = [
  [1000, "M"], [900, "CM"], [500, "D"], [400, "CD"], [100, "C"], [90, "XC"],
  [50, "L"], [40, "XL"], [10, "X"], [9, "IX"], [5, "V"], [4, "IV"], [1, "I"],
];

let number = Number(process.argv[2]);
let roman = "";
for (const [value, numeral] of numerals) {
  while (number >= value) {
    roman += numeral;
    number -= value;
  }
}
console.log(roman);
`,
      ),
    ],
  },
  {
    name: "binary-converter",
    done: "It turns a decimal number into a binary one, and back.",
    texts: [
      text(
        "python",
        "binary.py",
        `
import sys

word = sys.argv[1]
if word.startswith("0b"):
    print(int(word, 2))
else:
    print(bin(int(word)))
`,
      ),
    ],
  },
  {
    name: "password-generator",
    done: "It makes a random password, sixteen characters long unless you say otherwise.",
    texts: [
      text(
        "python",
        "password.py",
        `
import secrets
import string
import sys

length = int(sys.argv[1]) if len(sys.argv) > 1 else 16
characters = string.ascii_letters + string.digits
print("".join(secrets.choice(characters) for _ in range(length)))
`,
      ),
      text(
        "javascript",
        "password.js",
        `
const { randomInt } = process.getBuiltinModule("node:crypto");

const length = Number(process.argv[2] ?? 16);
const characters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
let password = "";
while (password.length < length) password += characters[randomInt(characters.length)];
console.log(password);
`,
      ),
      text(
        "bash",
        "password.sh",
        `
#!/usr/bin/env bash
length=16
if [[ -n $1 ]]; then length=$1; fi
head -c 4096 /dev/urandom | LC_ALL=C tr -dc A-Za-z0-9 | head -c "$length"
echo
`,
      ),
    ],
  },
];
