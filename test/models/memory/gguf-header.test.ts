import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { packageFile } from "../../../models/host/entries.ts";
import { inspectGguf } from "../../../models/memory/gguf-header.ts";
import { tinyGguf } from "../../support/tiny-gguf.ts";

const whole = tinyGguf();
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sotto-header-"));
});

async function written(bytes: Buffer): Promise<string> {
  const path = join(folder, "model.gguf");
  await writeFile(path, bytes);
  return path;
}

describe("the header of a model file", () => {
  test("says what the model is", async () => {
    expect(await inspectGguf(await written(whole))).toMatchObject({
      name: "tiny",
      architecture: "llama",
      chatml: false,
      trainedContextTokens: 512,
      // 2 layers × 2 heads × 32 numbers, keys and values, 2 bytes each.
      kvBytesPerToken: 512,
      fileBytes: whole.length,
      shape: { layers: 2, kvHeads: [2, 2], keyLength: [32, 32], vocabularySize: 261, sliding: [false, false] },
    });
  });

  test("tells whether a chat model speaks ChatML", async () => {
    expect(await inspectGguf(packageFile("models/starter/voice.gguf"))).toMatchObject({ chatml: true });
  });

  test.each([
    ["is not a GGUF file", (bytes: Buffer) => bytes.write("GGML", 0, "latin1")],
    ["has GGUF version 9", (bytes: Buffer) => bytes.writeUInt32LE(9, 4)],
    ["has an impossible number of tensors", (bytes: Buffer) => bytes.writeBigUInt64LE(2n ** 63n, 8)],
    ["has an impossible number of keys", (bytes: Buffer) => bytes.writeBigUInt64LE(2n ** 40n, 16)],
    ["has an impossible number of characters", (bytes: Buffer) => bytes.writeBigUInt64LE(2n ** 62n, 24)],
  ])("that %s is refused with the path and what to do", async (message, damage) => {
    const bytes = Buffer.from(whole);
    damage(bytes);
    const path = await written(bytes);
    await expect(inspectGguf(path)).rejects.toMatchObject({
      code: "bad-model",
      message: expect.stringMatching(new RegExp(`${path} ${message}.*It must be`)),
    });
  });

  test("of a missing file or a folder is refused", async () => {
    await expect(inspectGguf(join(folder, "none.gguf"))).rejects.toMatchObject({ code: "bad-model" });
    await expect(inspectGguf(folder)).rejects.toMatchObject({ code: "bad-model" });
  });

  test("finds every truncation", async () => {
    const cuts = fc.integer({ min: 0, max: whole.length - 33 });
    await fc.assert(
      fc.asyncProperty(cuts, async (length) => {
        const path = await written(whole.subarray(0, length));
        await expect(inspectGguf(path)).rejects.toMatchObject({ code: "bad-model" });
      }),
      { numRuns: 200, examples: [[0], [3], [4], [8], [23], [24], [whole.length - 33]] },
    );
  });

  test("survives any damage: it is read or refused, never anything else", async () => {
    const damage = fc.array(fc.tuple(fc.integer({ min: 4, max: 6_000 }), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(damage, async (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes.writeUInt8(value, at);
        const outcome = await inspectGguf(await written(bytes)).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toMatchObject({ name: "ModelError", code: "bad-model" });
      }),
      { numRuns: 150 },
    );
  });
});
