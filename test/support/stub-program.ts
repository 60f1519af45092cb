import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { StubScript } from "./acp-stub.ts";

/** An ACP agent that is a program of its own. */
export interface StubProgram extends AsyncDisposable {
  readonly file: string;
  /** A program that runs the agent whose command it is given. */
  readonly owner: string;
  /** @param how it behaves as a program: "well", "exits", "garbage", "huge", "greets", "answers-nobody", "stubborn", "leaves-a-child" */
  argv(how: string, script?: StubScript): readonly string[];
}

export async function buildStubProgram(): Promise<StubProgram> {
  const folder = await mkdtemp(join(tmpdir(), "sotto-stub-"));
  const file = join(folder, "acp-stub-program.mjs");
  const owner = join(folder, "agent-owner.mjs");
  await build({
    entryPoints: [
      fileURLToPath(new URL("../fixtures/acp-stub-program.ts", import.meta.url)),
      fileURLToPath(new URL("../fixtures/agent-owner.ts", import.meta.url)),
    ],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
  });
  return {
    file,
    owner,
    argv: (how, script = { steps: [] }) => [process.execPath, file, how, JSON.stringify(script)],
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
