import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { elidedLine } from "../../../../pipeline/handoff/edits/elision.ts";

const elided = [
  "# ... rest of the code remains the same ...",
  "// rest of the code remains unchanged",
  "# Rest of your code here",
  "// ... (rest of the implementation)",
  "# (rest of the file remains unchanged)",
  "/* ... other styles ... */",
  "// ... keep the existing methods as they are",
  "// Existing code...",
  "# existing imports...",
  "<!-- rest of the HTML -->",
  "{/* ... existing JSX ... */}",
  "// other methods remain unchanged",
  "# The rest of the functions stay the same",
  "# [unchanged code]",
  "# ... [rest of file unchanged]",
  "// [...]",
  "# … (unchanged)",
  "-- rest of the query unchanged",
  "// (no changes to the rest of the file)",
  "# --- rest of the file unchanged ---",
  "# keep the rest of the code as is",
  "    pass  # ... rest of the code",
  "# code continues as before",
];

const honest = [
  "...",
  "def area(self) -> float: ...",
  "# Other methods",
  "# Loading the existing configuration...",
  "// the rest of the message is read by the caller",
  "# the previous code point",
  "// keep the original order",
  'print("... rest of the code unchanged")',
  "call(...existing)  // spread",
  "// Retry the remaining requests",
  "# unchanged files are skipped",
];

for (const line of elided) {
  test(`leaves something out: ${line}`, () => {
    expect(elidedLine("app.py", ["x = 1", line], ["x = 1", "y = 1"])).toBe(line.trim());
    expect(elidedLine("app.py", ["x = 1", line], ["x = 1", line])).toBeNull();
  });
}

for (const line of honest) {
  test(`leaves nothing out: ${line}`, () => {
    expect(elidedLine("app.py", ["x = 1", line], [])).toBeNull();
  });
}

test("no file of this project looks as if something was left out", () => {
  const folder = new URL("../../../../", import.meta.url);
  const files = ["models", "pipeline", "clients"].flatMap((name) => sourcesIn(new URL(`${name}/`, folder)));
  expect(files.length).toBeGreaterThan(100);
  for (const file of files) expect(elidedLine(file, readFileSync(file, "utf8").split("\n"), []), file).toBeNull();
});

function sourcesIn(folder: URL): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => fileURLToPath(new URL(name, folder)));
}
