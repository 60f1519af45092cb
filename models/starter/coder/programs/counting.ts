import { type Program, text } from "./program.ts";

/** Programs that count on. */
export const countingPrograms: readonly Program[] = [
  {
    name: "fizz-buzz",
    done: "It prints the numbers from one to a hundred, with fizz and buzz.",
    texts: [
      text(
        "python",
        "fizz_buzz.py",
        `
for number in range(1, 101):
    word = ("Fizz" if number % 3 == 0 else "") + ("Buzz" if number % 5 == 0 else "")
    print(word or number)
`,
      ),
      text(
        "javascript",
        "fizz_buzz.js",
        `
for (let number = 1; number <= 100; number++) {
  const word = (number % 3 === 0 ? "Fizz" : "") + (number % 5 === 0 ? "Buzz" : "");
  console.log(word || number);
}
`,
      ),
      text(
        "bash",
        "fizz_buzz.sh",
        `
#!/usr/bin/env bash
for number in $(seq 1 100); do
  word=""
  if (( number % 3 == 0 )); then word="Fizz"; fi
  if (( number % 5 == 0 )); then word="$word"Buzz; fi
  if [[ -z $word ]]; then echo "$number"; else echo "$word"; fi
done
`,
      ),
    ],
  },
  {
    name: "fibonacci",
    done: "It prints Fibonacci numbers, ten unless you say how many.",
    texts: [
      text(
        "python",
        "fibonacci.py",
        `
import sys

count = int(sys.argv[1]) if len(sys.argv) > 1 else 10
a, b = 0, 1
for _ in range(count):
    print(a)
    a, b = b, a + b
`,
      ),
      text(
        "javascript",
        "fibonacci.js",
        `
const count = Number(process.argv[2] ?? 10);
let [a, b] = [0n, 1n];
for (let index = 0; index < count; index++) {
  console.log(String(a));
  [a, b] = [b, a + b];
}
`,
      ),
      text(
        "bash",
        "fibonacci.sh",
        `
#!/usr/bin/env bash
count=$1
a=0
b=1
for (( i = 0; i < count; i++ )); do
  echo "$a"
  sum=$(( a + b ))
  a=$b
  b=$sum
done
`,
      ),
    ],
  },
  {
    name: "leap-year",
    done: "It says whether a year is a leap year.",
    texts: [
      text(
        "python",
        "leap_year.py",
        `
import sys


def is_leap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


year = int(sys.argv[1])
print(year, "is a leap year." if is_leap(year) else "is not a leap year.")
`,
      ),
      text(
        "javascript",
        "leap_year.js",
        `
function isLeap(year) {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

const year = Number(process.argv[2]);
console.log(year, isLeap(year) ? "is a leap year." : "is not a leap year.");
`,
      ),
      text(
        "bash",
        "leap_year.sh",
        `
#!/usr/bin/env bash
year=$1
if (( year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) )); then
  echo "$year is a leap year."
else
  echo "$year is not a leap year."
fi
`,
      ),
    ],
  },
  {
    name: "multiplication-table",
    done: "It prints the multiplication table up to ten times ten.",
    texts: [
      text(
        "python",
        "multiplication_table.py",
        `
for row in range(1, 11):
    print("".join(f"{row * column:4}" for column in range(1, 11)))
`,
      ),
      text(
        "javascript",
        "multiplication_table.js",
        `
for (let row = 1; row <= 10; row++) {
  let line = "";
  for (let column = 1; column <= 10; column++) line += String(row * column).padStart(4);
  console.log(line);
}
`,
      ),
      text(
        "bash",
        "multiplication_table.sh",
        `
#!/usr/bin/env bash
for row in $(seq 1 10); do
  for column in $(seq 1 10); do
    printf "%4d" $(( row * column ))
  done
  echo
done
`,
      ),
    ],
  },
];
