import { applyPatch } from "diff";
import fc from "fast-check";
import { expect, test } from "vitest";
import { filePatch, reversedPatch } from "../../../../pipeline/handoff/workspace/file-patch.ts";

const bytes = (text: string): Buffer => Buffer.from(text);

test("a patch leads from the old text to the new one, and its reverse back", async () => {
  const line = fc.constantFrom("a", "b", "  c", "", "- x", "+ y", "\\ No newline", "--- q", "d\r");
  const text = fc
    .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom("", "\n"))
    .map(([lines, end]) => lines.join("\n") + end);
  await fc.assert(
    fc.asyncProperty(text, text, async (from, to) => {
      fc.pre(from !== to);
      const { patch, addedLines, removedLines } = await filePatch("a.txt", bytes(from), bytes(to));
      expect(applyPatch(from, patch)).toBe(to);
      expect(applyPatch(to, reversedPatch(patch))).toBe(from);
      expect(reversedPatch(reversedPatch(patch))).toBe(patch);
      expect(addedLines + removedLines).toBeGreaterThan(0);
    }),
  );
});

test("new, deleted and binary files are shown as such", async () => {
  const added = await filePatch("n.txt", null, bytes("new\n"));
  expect(added.patch).toBe("--- /dev/null\n+++ b/n.txt\n@@ -0,0 +1,1 @@\n+new\n");
  expect(reversedPatch(added.patch)).toBe((await filePatch("n.txt", bytes("new\n"), null)).patch);
  const binary = await filePatch("a and b.png", null, Buffer.from([0, 1]));
  expect(binary).toEqual({
    patch: "Binary files /dev/null and b/a and b.png differ\n",
    addedLines: 0,
    removedLines: 0,
  });
  expect(reversedPatch(binary.patch)).toBe("Binary files a/a and b.png and /dev/null differ\n");
});

test("two files with nothing in common are told of without a search for likenesses", async () => {
  const from = Array.from({ length: 20_000 }, (_, n) => `from ${n}\n`).join("");
  const to = Array.from({ length: 20_000 }, (_, n) => `to ${n}\n`).join("");
  const { patch, addedLines, removedLines } = await filePatch("a.txt", bytes(from), bytes(to));
  expect([addedLines, removedLines]).toEqual([20_000, 20_000]);
  expect(applyPatch(from, patch)).toBe(to);
});
