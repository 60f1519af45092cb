import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { applyChange } from "../../../../pipeline/handoff/workspace/apply-change.ts";
import { type Content, changeOf } from "../../../support/change-of.ts";
import { MemoryBlobs, snapshotOf, TrialWorkspace } from "../../../support/trial-workspace.ts";

const { signal } = new AbortController();

test("killed at any system call, it is finished by trying again, and never twice", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 6 }, (_, n): [string, readonly [Content, Content]] => [
      `f${n}/x.txt`,
      n % 3 === 0 ? [null, `new ${n}\n`] : n % 3 === 1 ? [`old ${n}\n`, `new ${n}\n`] : [`old ${n}\n`, null],
    ]),
  );
  const old = Object.fromEntries(
    Object.entries(files).flatMap(([path, [from]]) => (typeof from === "string" ? [[path, from]] : [])),
  );
  using model = new TrialWorkspace(old);
  const blobs = new MemoryBlobs();
  const change = await changeOf(blobs, files);
  await applyChange(change, { root: model.root, blobs, ciAllowed: [] }, signal);
  const wanted = snapshotOf(model.root);
  const bytes = Object.fromEntries(
    change.files.flatMap(({ oldHash, newHash }) =>
      [oldHash, newHash].flatMap((hash) =>
        hash === null ? [] : [[hash, Buffer.from(blobs.get(hash)).toString("base64")]],
      ),
    ),
  );
  const [task, program] = [join(model.home, "task.json"), join(model.home, "mortal-apply.mjs")];
  writeFileSync(task, JSON.stringify({ change, bytes }));
  await build({
    entryPoints: [fileURLToPath(new URL("../../../support/mortal-apply.ts", import.meta.url))],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  let killed = 0;
  for (let step = 1; ; step += 1) {
    using trial = new TrialWorkspace(old);
    const child = spawn(process.execPath, [program, task, trial.root, `${step}`], {
      stdio: "inherit",
    });
    const [code, how] = await once(child, "exit");
    if (how === "SIGKILL") killed += 1;
    else expect(code).toBe(0);
    expect(await applyChange(change, { root: trial.root, blobs, ciAllowed: [], resumed: true }, signal)).toEqual({
      outcome: "applied",
    });
    expect(snapshotOf(trial.root)).toEqual(wanted);
    if (how !== "SIGKILL") break;
  }
  expect(killed).toBeGreaterThan(10);
});
