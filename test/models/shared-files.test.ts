import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { RoleSetting } from "../../models/language-models.ts";
import { FakeOllama } from "../support/fake-ollama.ts";
import type { FakeModel } from "../support/fake-ollama-models.ts";
import { gigabyte, languageWorld, said } from "../support/language-world.ts";
import { tinyGguf } from "../support/tiny-gguf.ts";

const never = new AbortController().signal;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** Two names of one file, and one of another. */
const models: readonly FakeModel[] = [
  { name: "voice:1b", weights: "one", weightBytes: gigabyte },
  { name: "mine:latest", weights: "one", weightBytes: gigabyte },
  { name: "other:8b", weights: "two", weightBytes: 5 * gigabyte },
];

async function open(settings: readonly RoleSetting[], environment: Readonly<Record<string, string>> = {}) {
  const fake = await new FakeOllama({ version: "0.32.15", models, parallel: 4 }).start();
  closers.push(() => fake.stop());
  const it = await languageWorld({ settings, environment, places: [{ name: "ollama", url: fake.address }] });
  closers.push(it.close);
  return { ...it, fake };
}

describe("two roles that want one file", () => {
  test("in two ways are refused at the start, with both named, under whatever names they want it", async () => {
    const voice = { role: "voice", model: "ollama:voice:1b", contextTokens: 4_096 } as const;
    for (const model of ["ollama:voice:1b", "ollama:mine"]) {
      await expect(open([voice, { role: "director", model, contextTokens: 8_192 }])).rejects.toThrow(
        /voice\.contextTokens is 4096 and director\.contextTokens is 8192, but both want the same file/,
      );
    }
  });

  test("in two ways in files of this machine are refused, too, and a link is the same file", async () => {
    const folder = await folderOf("sotto-shared-");
    await writeFile(join(folder, "tiny.gguf"), tinyGguf());
    await symlink(join(folder, "tiny.gguf"), join(folder, "link.gguf"));
    const director = { role: "director", model: join(folder, "tiny.gguf"), threads: 1 } as const;
    const coder = { role: "coder", model: join(folder, "link.gguf"), threads: 2 } as const;
    await expect(open([director, coder])).rejects.toThrow(/director\.threads is 1 and coder\.threads is 2/);
  });

  test("and say nothing against it share one model, loaded once", async () => {
    const it = await open([
      { role: "voice", model: "ollama:voice:1b" },
      { role: "director", model: "ollama:mine", contextTokens: 3_000 },
      { role: "coder", model: "ollama:other:8b" },
    ]);
    await it.models.residency.ready(never);
    expect(await said(it, "voice")).toMatch(/^why 0\./);
    expect(await said(it, "director")).toMatch(/^why 0\./);
    const loads = it.fake.bodies("/api/generate").map(({ model, options }) => [model, Object(options).num_ctx]);
    expect(loads).toEqual([["voice:1b", 3_000]]);
    expect(it.models.nameOf("director")).toBe("ollama:voice:1b");
  });
});

test("what an Ollama of this machine was started with counts in the estimate, and nothing else is asked of it", async () => {
  const settings = [{ role: "director", model: "ollama:other:8b", contextTokens: 8_192 }] as const;
  const [plain, wide] = [await open(settings), await open(settings, { OLLAMA_NUM_PARALLEL: "4" })];
  const bytes = (it: typeof plain): number => it.models.residency.state.models[0]?.ladder[0]?.shares[0]?.bytes ?? 0;
  // One layer's keys and values, 16 bits each, of 32 heads of 128, for three conversations more.
  expect(bytes(wide) - bytes(plain)).toBe(3 * 8_192 * 2 * 2 * 32 * 128);
  const quantised = await open(settings, { OLLAMA_NUM_PARALLEL: "4", OLLAMA_KV_CACHE_TYPE: "q8_0" });
  expect(bytes(wide) - bytes(quantised)).toBe(4 * 8_192 * 2 * (2 - 34 / 32) * 32 * 128);
  expect(await said(quantised, "director")).toMatch(/^why 0\./);
});

describe("a file of Ollama's in our own llama.cpp", () => {
  /** As Ollama lays its models out. */
  async function ollamaFolder(name: string, gguf: Buffer): Promise<string> {
    const folder = await folderOf("sotto-ollama-");
    const sum = createHash("sha256").update(gguf).digest("hex");
    const manifests = join(folder, "manifests", "registry.ollama.ai", "library", name);
    await mkdir(manifests, { recursive: true });
    await mkdir(join(folder, "blobs"));
    await writeFile(join(folder, "blobs", `sha256-${sum}`), gguf);
    const layers = [{ mediaType: "application/vnd.ollama.image.model", digest: `sha256:${sum}`, size: gguf.length }];
    await writeFile(join(manifests, "latest"), JSON.stringify({ schemaVersion: 2, layers }));
    return folder;
  }

  test("is found by its name alone, loaded where it lies, and answers; Ollama is not asked", async () => {
    const folder = await ollamaFolder("tiny", tinyGguf());
    const it = await open([{ role: "voice", model: "file:ollama:tiny", contextTokens: 512 }], {
      OLLAMA_MODELS: folder,
    });
    await it.models.residency.ready(never);
    expect(it.models.pid("voice")).toBeGreaterThan(0);
    expect(it.models.nameOf("voice")).toBe("file:ollama:tiny");
    await said(it, "voice");
    expect(it.fake.calls).toEqual([]);
  });

  test("that is not there is refused with how to get it; a director so missing does not keep Sotto from starting", async () => {
    const environment = { OLLAMA_MODELS: await ollamaFolder("tiny", tinyGguf()) };
    await expect(open([{ role: "voice", model: "file:ollama:huge:70b" }], environment)).rejects.toMatchObject({
      code: "not-installed",
      message: expect.stringMatching(/voice\.model: .*"huge:70b".*ollama pull huge:70b/),
    });
    const it = await open([{ role: "director", model: "file:ollama:huge:70b" }], environment);
    await expect(said(it, "director")).rejects.toMatchObject({ code: "not-installed" });
  });
});

async function folderOf(prefix: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
