import { type Program, text } from "./program.ts";

/** Small helpers for every day. */
export const everydayPrograms: readonly Program[] = [
  {
    name: "calculator",
    done: "It calculates with two numbers, such as six times seven.",
    texts: [
      text(
        "python",
        "calculator.py",
        `
import operator
import sys

OPERATIONS = {"+": operator.add, "-": operator.sub, "x": operator.mul, "/": operator.truediv}

if len(sys.argv) != 4 or sys.argv[2] not in OPERATIONS:
    sys.exit("Use it like this: calculator.py 6 x 7")
a, b = float(sys.argv[1]), float(sys.argv[3])
if sys.argv[2] == "/" and b == 0:
    sys.exit("Nothing can be divided by zero.")
print(OPERATIONS[sys.argv[2]](a, b))
`,
      ),
      text(
        "javascript",
        "calculator.js",
        `
const operations = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  x: (a, b) => a * b,
  "/": (a, b) => a / b,
};

const [a, sign, b] = process.argv.slice(2);
const operation = operations[sign];
console.log(operation ? operation(Number(a), Number(b)) : "Use it like this: calculator.js 6 x 7");
`,
      ),
    ],
  },
  {
    name: "temperature-converter",
    done: "It turns Celsius into Fahrenheit and back.",
    texts: [
      text(
        "python",
        "temperature.py",
        `
import sys

degrees, unit = float(sys.argv[1]), sys.argv[2].upper()
if unit == "C":
    print(round(degrees * 9 / 5 + 32, 1), "F")
elif unit == "F":
    print(round((degrees - 32) * 5 / 9, 1), "C")
else:
    print("Use it like this: temperature.py 20 C")
`,
      ),
      text(
        "javascript",
        "temperature.js",
        `
const degrees = Number(process.argv[2]);
const unit = (process.argv[3] ?? "").toUpperCase();
if (unit === "C") console.log(((degrees * 9) / 5 + 32).toFixed(1), "F");
else if (unit === "F") console.log((((degrees - 32) * 5) / 9).toFixed(1), "C");
else console.log("Use it like this: temperature.js 20 C");
`,
      ),
      text(
        "bash",
        "temperature.sh",
        `
#!/usr/bin/env bash
echo "$1 C is $(( $1 * 9 / 5 + 32 )) F"
`,
      ),
    ],
  },
  {
    name: "unit-converter",
    done: "It converts between meters, feet, miles and other units of length.",
    texts: [
      text(
        "python",
        "units.py",
        `
import sys

METERS = {"mm": 0.001, "cm": 0.01, "m": 1, "km": 1000, "inch": 0.0254, "foot": 0.3048, "mile": 1609.344}

if len(sys.argv) != 4 or not {sys.argv[2], sys.argv[3]} <= METERS.keys():
    sys.exit("Use it like this: units.py 5 km mile")
amount, source, target = float(sys.argv[1]), sys.argv[2], sys.argv[3]
print(round(amount * METERS[source] / METERS[target], 4), target)
`,
      ),
    ],
  },
  {
    name: "to-do-list",
    done: "It keeps a to do list in a file: add, done, or no word to see it.",
    texts: [
      text(
        "python",
        "todo.py",
        String.raw`
import pathlib
import sys

FILE = pathlib.Path("todo.txt")
tasks = FILE.read_text().splitlines() if FILE.exists() else []
command, words = (sys.argv[1:2] or ["list"])[0], sys.argv[2:]
if command == "add":
    tasks.append(" ".join(words))
elif command == "done":
    tasks.pop(int(words[0]) - 1)
FILE.write_text("".join(task + "\n" for task in tasks))
for number, task in enumerate(tasks, 1):
    print(number, task)
`,
      ),
      text(
        "javascript",
        "todo.js",
        `
const { existsSync, readFileSync, writeFileSync } = process.getBuiltinModule("node:fs");

const file = "todo.json";
const tasks = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
const [command, ...words] = process.argv.slice(2);
if (command === "add") tasks.push(words.join(" "));
if (command === "done") tasks.splice(Number(words[0]) - 1, 1);
writeFileSync(file, JSON.stringify(tasks));
tasks.forEach((task, index) => console.log(index + 1, task));
`,
      ),
    ],
  },
  {
    name: "shopping-list",
    done: "It takes the things you need, sorts them and shows how often each was named.",
    texts: [
      text(
        "python",
        "shopping.py",
        `
from collections import Counter

items = Counter()
print("What do you need? An empty line ends the list.")
while item := input("> ").strip().lower():
    items[item] += 1
for item in sorted(items):
    print(items[item], "x", item)
`,
      ),
    ],
  },
  {
    name: "stop-watch",
    done: "It is a stop watch that you start and stop with the enter key.",
    texts: [
      text(
        "python",
        "stop_watch.py",
        `
import time

input("Press enter to start. ")
start = time.perf_counter()
input("Press enter to stop. ")
print(f"{time.perf_counter() - start:.2f} seconds")
`,
      ),
    ],
  },
  {
    name: "alarm-clock",
    done: "It waits until the time that you give it, and rings.",
    texts: [
      text(
        "python",
        "alarm.py",
        String.raw`
import datetime
import sys
import time

wanted = sys.argv[1]
print("The alarm is set to", wanted)
while datetime.datetime.now().strftime("%H:%M") != wanted:
    time.sleep(1)
print("\aWake up!")
`,
      ),
    ],
  },
  {
    name: "countdown",
    done: "It counts down second by second, from ten or from the number you give it.",
    texts: [
      text(
        "python",
        "countdown.py",
        `
import sys
import time

seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
for left in range(seconds, 0, -1):
    print(left, flush=True)
    time.sleep(1)
print("Go!")
`,
      ),
      text(
        "javascript",
        "countdown.js",
        `
let left = Number(process.argv[2] ?? 10);
const timer = setInterval(() => {
  console.log(left > 0 ? left : "Go!");
  if (left === 0) clearInterval(timer);
  left -= 1;
}, 1000);
`,
      ),
      text(
        "bash",
        "countdown.sh",
        `
#!/usr/bin/env bash
for (( left = $1; left > 0; left-- )); do
  echo "$left"
  sleep 1
done
echo "Go!"
`,
      ),
    ],
  },
];
