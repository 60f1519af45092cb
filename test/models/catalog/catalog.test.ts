import { describe, expect, test } from "vitest";
import { catalog } from "../../../models/catalog/catalog.ts";
import { catalogShape } from "../../../models/catalog/catalog-facts.ts";
import { footprint, kvBytesPerToken } from "../../../models/memory/footprint.ts";

const files = catalog.flatMap((model) =>
  model.files.map((file) => ({ name: `${model.id} in ${file.quantisation}`, model, file })),
);

describe("the catalog", () => {
  // The vocabulary's words and the chat template come on top: 6 to 8 MB, and OpenAI's 40.
  test.each(files)("$name: the tensors that follow from its figures fill the published file", ({ model, file }) => {
    const shape = catalogShape(model, file);
    const layers = shape.layerBytes.reduce((a, b) => a + b, 0);
    const weights = layers + shape.embeddingBytes + shape.outputBytes + shape.inputBytes + shape.otherBytes;
    expect(weights).toBeLessThan(file.bytes);
    expect(weights).toBeGreaterThan(file.bytes - 60_000_000);
    expect(weights / file.bytes).toBeGreaterThan(0.98);
  });

  test("has no two models of one name, and each does some work under some licence", () => {
    expect(new Set(catalog.map(({ id }) => id)).size).toBe(catalog.length);
    for (const { roles, licence, files: own } of catalog) {
      expect(roles.length).toBeGreaterThan(0);
      expect(own.length).toBeGreaterThan(0);
      expect(licence).not.toBe("");
      for (const { repo, file } of own) expect(`${repo}/${file}`).toMatch(/^[\w.-]+\/[\w.-]+\/[\w.-]+\.gguf$/);
    }
  });

  test("knows the windows of Gemma and gpt-oss, and the cache of Qwen3", () => {
    const shapeOf = (id: string) => {
      const model = catalog.find((it) => it.id === id);
      const file = model?.files[0];
      if (model === undefined || file === undefined) throw new Error(`There is no ${id}`);
      return catalogShape(model, file);
    };
    expect(shapeOf("gemma3:4b").sliding.filter((slides) => !slides)).toHaveLength(5);
    expect(shapeOf("gpt-oss:20b").sliding.filter((slides) => !slides)).toHaveLength(12);
    expect(kvBytesPerToken(shapeOf("qwen3:4b"), "f16")).toBe(147_456);
    const options = { contextTokens: 4_096, sequences: 1, kvType: "f16", batchTokens: 512, gpuLayers: "all" } as const;
    const gpu = [{ pool: "gpu0", part: 1, kind: "discrete" as const }];
    const { totalBytes } = footprint(shapeOf("qwen3:8b"), options, { hostPool: "ram", gpus: gpu, runner: "embedded" });
    expect(totalBytes / 1e9).toBeCloseTo(6.5, 0);
  });
});
