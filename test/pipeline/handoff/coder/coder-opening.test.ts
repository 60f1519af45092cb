import { expect, test } from "vitest";
import { folderMap } from "../../../../pipeline/handoff/coder/coder-opening.ts";
import { type FileGate, RefusedPath } from "../../../../pipeline/handoff/file-gate.ts";

const request = { task: "mend the parser", named: [], tokens: 2_000 };
const life = (): AbortSignal => new AbortController().signal;

/** A folder of so many files, and which of them were read. */
function bigFolder(
  paths: readonly string[],
  text: string,
): Pick<FileGate, "list" | "read"> & { readonly reads: string[] } {
  const reads: string[] = [];
  return {
    reads,
    list: async () => paths,
    read: async (path) => {
      reads.push(path);
      if (path.includes("secret")) throw new RefusedPath(path, "It may not be read.");
      return text;
    },
  };
}

test("of a large folder only what has to do with the task is read", async () => {
  const paths = [...Array.from({ length: 5_000 }, (_, n) => `src/file${n}.ts`), "src/deep/down/here/parser.ts"];
  const gate = bigFolder(paths, "export function one(): void {\n");
  const map = await folderMap(gate, request, life());
  expect(map.split("\n").slice(0, 2)).toEqual(["src/deep/down/here/parser.ts", "  export function one(): void"]);
  expect(gate.reads).toHaveLength(200);
  expect(gate.reads[0]).toBe("src/deep/down/here/parser.ts");
});

test("large files are not read without end", async () => {
  const gate = bigFolder(
    Array.from({ length: 100 }, (_, n) => `file${n}.ts`),
    "x".repeat(900_000),
  );
  await folderMap(gate, request, life());
  expect(gate.reads).toHaveLength(3);
});

test("files that may not be read, and those without signatures, are there by name", async () => {
  const gate = bigFolder(["logo.png", "parser.ts", "secret.ts"], "class Parser {\n");
  expect(await folderMap(gate, request, life())).toBe("parser.ts\n  class Parser\nlogo.png\nsecret.ts");
  expect(gate.reads).toEqual(["parser.ts", "secret.ts"]);
});

test("a folder that may not be listed has no map, and another error is not hidden", async () => {
  const refuse = { ...bigFolder([], ""), list: () => Promise.reject(new RefusedPath(".", "Too many files.")) };
  expect(await folderMap(refuse, request, life())).toBe("");
  const broken = { ...bigFolder([], ""), list: () => Promise.reject(new Error("EIO")) };
  await expect(folderMap(broken, request, life())).rejects.toThrow("EIO");
});

test("an abort ends the reading", async () => {
  const stop = new AbortController();
  const gate = bigFolder(["a.ts", "b.ts"], "");
  const read = async (path: string): Promise<string> => {
    stop.abort(new Error("Stopped"));
    return await gate.read(path);
  };
  await expect(folderMap({ ...gate, read }, request, stop.signal)).rejects.toThrow("Stopped");
  expect(gate.reads).toHaveLength(1);
});
