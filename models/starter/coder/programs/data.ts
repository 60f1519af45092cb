import { type Program, text } from "./program.ts";

/** Sorting, searching, and files of data. */
export const dataPrograms: readonly Program[] = [
  {
    name: "binary-search",
    done: "It finds a number in a sorted list by halving the list.",
    texts: [
      text(
        "python",
        "binary_search.py",
        `
import sys


def binary_search(items, wanted):
    low, high = 0, len(items)
    while low < high:
        middle = (low + high) // 2
        if items[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low if low < len(items) and items[low] == wanted else -1


wanted, *items = [int(word) for word in sys.argv[1:]]
print(binary_search(sorted(items), wanted))
`,
      ),
      text(
        "javascript",
        "binary_search.js",
        `
function binarySearch(items, wanted) {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (items[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return items[low] === wanted ? low : -1;
}

const [wanted, ...items] = process.argv.slice(2).map(Number);
console.log(binarySearch(items.sort((a, b) => a - b), wanted));
`,
      ),
    ],
  },
  {
    name: "bubble-sort",
    done: "It sorts numbers by letting the large ones rise.",
    texts: [
      text(
        "python",
        "bubble_sort.py",
        `
import sys


def bubble_sort(items):
    for end in range(len(items) - 1, 0, -1):
        for index in range(end):
            if items[index] > items[index + 1]:
                items[index], items[index + 1] = items[index + 1], items[index]
    return items


print(*bubble_sort([int(word) for word in sys.argv[1:]]))
`,
      ),
      text(
        "javascript",
        "bubble_sort.js",
        `
function bubbleSort(items) {
  for (let end = items.length - 1; end > 0; end--) {
    for (let index = 0; index < end; index++) {
      if (items[index] > items[index + 1]) {
        [items[index], items[index + 1]] = [items[index + 1], items[index]];
      }
    }
  }
  return items;
}

console.log(bubbleSort(process.argv.slice(2).map(Number)).join(" "));
`,
      ),
    ],
  },
  {
    name: "csv-reader",
    done: "It reads a CSV file and prints each row with the names of its columns.",
    texts: [
      text(
        "python",
        "read_csv.py",
        `
import csv
import sys

with open(sys.argv[1], newline="", encoding="utf-8") as file:
    for row in csv.DictReader(file):
        print(", ".join(f"{name}: {value}" for name, value in row.items()))
`,
      ),
    ],
  },
  {
    name: "json-printer",
    done: "It prints a JSON file so that people can read it.",
    texts: [
      text(
        "python",
        "pretty_json.py",
        `
import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    print(json.dumps(json.load(file), indent=2, sort_keys=True, ensure_ascii=False))
`,
      ),
      text(
        "javascript",
        "pretty_json.js",
        `
const { readFileSync } = process.getBuiltinModule("node:fs");

console.log(JSON.stringify(JSON.parse(readFileSync(process.argv[2], "utf8")), null, 2));
`,
      ),
    ],
  },
  {
    name: "file-renamer",
    done: "It shows how files would be renamed, and renames nothing.",
    texts: [
      text(
        "python",
        "rename_files.py",
        `
import pathlib
import sys

folder, old, new = sys.argv[1:4]
for path in sorted(pathlib.Path(folder).iterdir()):
    if path.is_file() and old in path.name:
        print(path.name, "->", path.name.replace(old, new))
print("This was a dry run: nothing is renamed.")
`,
      ),
      text(
        "bash",
        "rename_files.sh",
        `
#!/usr/bin/env bash
cd "$1" || exit 1
for file in *"$2"*; do
  echo "$file -> $(echo "$file" | sed "s/$2/$3/")"
done
echo "This was a dry run: nothing is renamed."
`,
      ),
    ],
  },
  {
    name: "web-server",
    done: "It serves the files of a folder on this computer only.",
    texts: [
      text(
        "python",
        "web_server.py",
        `
import sys
from http.server import HTTPServer, SimpleHTTPRequestHandler

port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
server = HTTPServer(("127.0.0.1", port), SimpleHTTPRequestHandler)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
`,
      ),
      text(
        "javascript",
        "web_server.js",
        String.raw`
const { createServer } = process.getBuiltinModule("node:http");

const server = createServer((request, response) => {
  response.setHeader("content-type", "text/plain");
  response.end("Hello from " + request.url + "\n");
});
server.listen(Number(process.argv[2] ?? 8000), "127.0.0.1", () => {
  console.log("http://127.0.0.1:" + server.address().port);
});
`,
      ),
    ],
  },
];
