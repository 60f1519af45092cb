import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shapeFromShow } from "../../../../models/memory/ollama-shape.ts";
import { modelsFolder, weightsOf } from "../../../../models/servers/ollama/model-files.ts";
import { blobOf } from "../../../support/fake-ollama-models.ts";
import { never, ollamaWorld, voice } from "./ollama-world.ts";

let folder: string;
const sum = "ab".repeat(32);
const layers = [
  { mediaType: "application/vnd.ollama.image.license", digest: `sha256:${"cd".repeat(32)}` },
  { mediaType: "application/vnd.ollama.image.model", digest: `sha256:${sum}` },
];

async function install(...path: string[]): Promise<void> {
  const file = join(folder, "manifests", ...path);
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, JSON.stringify({ schemaVersion: 2, layers }));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ollama-models-"));
  await mkdir(join(folder, "blobs"), { recursive: true });
  await writeFile(join(folder, "blobs", `sha256-${sum}`), "GGUF and more");
  await install("registry.ollama.ai", "library", "qwen3", "4b");
  await install("registry.ollama.ai", "library", "voice", "latest");
  await install("registry.ollama.ai", "someone", "voice", "q4");
  await install("hf.co", "someone", "voice-GGUF", "Q4_K_M");
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe("the weights of an installed model", () => {
  test("are found by its manifest, whatever its name looks like", async () => {
    const found = { blob: `sha256:${sum}`, path: join(folder, "blobs", `sha256-${sum}`), bytes: 13 };
    for (const name of ["qwen3:4b", "voice", "someone/voice:q4", "hf.co/someone/voice-GGUF:Q4_K_M"]) {
      expect(await weightsOf(name, "", folder), name).toEqual(found);
    }
  });

  test("are found by what the Modelfile says, be it another machine's path", async () => {
    const modelfile = `# FROM qwen3:4b\nFROM /srv/ollama/blobs/sha256-${sum}\nTEMPLATE "FROM /etc/passwd"`;
    expect(await weightsOf("unknown", modelfile, folder)).toMatchObject({
      path: join(folder, "blobs", `sha256-${sum}`),
    });
    expect(await weightsOf("unknown", modelfile, "/nowhere")).toEqual({
      blob: `sha256:${sum}`,
      path: undefined,
      bytes: undefined,
    });
  });

  test("are unknown when nothing tells, and a path is no blob because somebody says so", async () => {
    expect(await weightsOf("unknown", "", folder)).toBeUndefined();
    expect(await weightsOf("unknown", "FROM /etc/passwd", folder)).toBeUndefined();
  });

  test("are where OLLAMA_MODELS says", () => {
    expect(modelsFolder({ OLLAMA_MODELS: "/srv/models" })).toBe("/srv/models");
    expect(modelsFolder({})).toMatch(/\.ollama[/\\]models$/);
  });

  test("are told with the facts, with their path when it can be read, and shared by two names", async () => {
    const alias = { ...voice, name: "alias:latest" };
    const { server, fake, close } = await ollamaWorld({ folder, models: [voice, alias] }, { shapeOf: shapeFromShow });
    const path = join(folder, "blobs", blobOf(voice).replace(":", "-"));
    await writeFile(path, "GGUF");
    expect(await server.facts("alias", never)).toEqual({
      model: "alias",
      blob: blobOf(voice),
      fileBytes: 4,
      path,
      shape: expect.objectContaining({ architecture: "llama", layers: 32 }),
    });
    expect((await server.facts(voice.name, never)).blob).toBe(blobOf(voice));
    await server.facts(voice.name, never);
    const asked = fake.bodies("/api/show").map((body) => body["verbose"]);
    expect(asked).toEqual([true, true]);
    await close();
  });
});
