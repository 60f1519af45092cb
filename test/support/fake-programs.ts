import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** A folder of programs that pretend to be recorders and players, to be put on PATH. */
export interface FakePrograms {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** @param body JavaScript; `process.argv.slice(2)` is what the program was given */
  add(name: string, body: string): void;
}

/** @param beside the real PATH too */
export function fakePrograms(beside = false): FakePrograms {
  const folder = mkdtempSync(join(tmpdir(), "sotto-programs-"));
  const scripts = join(folder, "scripts");
  mkdirSync(scripts);
  return {
    folder,
    env: { PATH: beside ? `${folder}${delimiter}${process.env["PATH"] ?? ""}` : folder },
    add: (name, body) => {
      const script = join(scripts, `${name}.cjs`);
      writeFileSync(script, body);
      const path = join(folder, name);
      writeFileSync(path, `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`);
      chmodSync(path, 0o755);
    },
  };
}
