import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inspectGguf } from "../../../models/memory/gguf-header.ts";
import { readHeader } from "../../../models/memory/gguf-reader.ts";
import { bools, f32, ggufHead, i32s, type TensorInfo, text, texts, u32 } from "../../support/gguf-writer.ts";

const embedding: TensorInfo = { name: "token_embd.weight", sizes: [32, 64], type: 8, dataBytes: 2_176 };
const keysOf = (block: TensorInfo["type"]): TensorInfo => ({
  name: "blk.0.attn_k.weight",
  sizes: [32, 32],
  type: block,
  dataBytes: 1_088,
});
const keys = [
  text("general.architecture", "gemma4"),
  u32("gemma4.block_count", 1),
  u32("gemma4.embedding_length", 32),
  u32("gemma4.attention.head_count", 2),
  i32s("gemma4.attention.head_count_kv", [2]),
  u32("gemma4.attention.sliding_window", 128),
  bools("gemma4.attention.sliding_window_pattern", [true]),
];
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sotto-reader-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function inspected(more: readonly Buffer[], tensors: readonly TensorInfo[]) {
  const path = join(folder, "model.gguf");
  await writeFile(path, Buffer.concat([ggufHead([...keys, ...more], tensors), Buffer.alloc(8_192)]));
  return await inspectGguf(path);
}

describe("a GGUF header", () => {
  test("keeps arrays with an entry for each layer, and leaves those of the vocabulary out", () => {
    const scores = Array.from({ length: 600 }, (_, index) => index);
    const words = texts("tokenizer.ggml.tokens", ["a", "b", "c"]);
    const header = readHeader(ggufHead([...keys, words, i32s("tokenizer.ggml.token_type", scores), f32("x", 0.5)], []));
    expect([...header.arrays]).toEqual([
      ["gemma4.attention.head_count_kv", [2]],
      ["gemma4.attention.sliding_window_pattern", [1]],
    ]);
    expect(header.values.get("x")).toBe(0.5);
  });

  test("tells the size of every tensor", () => {
    expect(readHeader(ggufHead(keys, [embedding, keysOf(8)])).tensors).toEqual([
      { name: "token_embd.weight", sizes: [32, 64], bytes: (2_048 / 32) * 34 },
      { name: "blk.0.attn_k.weight", sizes: [32, 32], bytes: 1_088 },
    ]);
  });

  test("gives a shape", async () => {
    expect((await inspected([], [embedding, keysOf(8)])).shape).toMatchObject({
      sliding: [true],
      kvHeads: [2],
      windowTokens: 128,
    });
  });

  test("gives none for a tensor type that is newer, nor for one part of several files", async () => {
    expect((await inspected([], [embedding, keysOf(77)])).shape).toBeUndefined();
    expect((await inspected([u32("split.count", 3)], [embedding, keysOf(8)])).shape).toBeUndefined();
  });

  test.each([
    ["tensors without end", [{ ...embedding, sizes: [2 ** 40, 2 ** 40] }]],
    ["five dimensions", [{ ...embedding, sizes: [1, 1, 1, 1, 1] }]],
  ])("with %s is refused", async (_, tensors) => {
    await expect(inspected([], tensors)).rejects.toMatchObject({ code: "bad-model" });
  });

  test("whose array claims more than there can be is refused, without reading on for it", async () => {
    const array = i32s("general.x", [1, 2]);
    // The length lies before the two numbers.
    array.writeBigUInt64LE(2n ** 60n, array.length - 16);
    await expect(inspected([array], [embedding])).rejects.toMatchObject({ code: "bad-model" });
    array.writeBigUInt64LE(2n ** 25n, array.length - 16);
    await expect(inspected([array], [embedding])).rejects.toMatchObject({
      message: expect.stringContaining("cut short"),
    });
  });
});
