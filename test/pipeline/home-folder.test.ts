import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openHome } from "../../pipeline/home-folder.ts";
import { runSotto } from "../support/run-sotto.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sotto-home-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe("the folder for all that is kept", () => {
  test("is made with those above it, for its owner alone", async () => {
    const home = join(folder, "share", "sotto");
    await openHome(home);
    expect(modeOf(home)).toBe(0o700);
    await openHome(home);
    expect(modeOf(home)).toBe(0o700);
  });

  test("keeps the rights that it has", async () => {
    const home = join(folder, "mine");
    mkdirSync(home);
    chmodSync(home, 0o750);
    await openHome(home);
    expect(modeOf(home)).toBe(0o750);
  });

  test.each(["file", "file/below"])("that is %s is refused with what to do", async (path) => {
    writeFileSync(join(folder, "file"), "");
    const home = join(folder, path);
    await expect(openHome(home)).rejects.toThrow(
      `Sotto cannot keep anything in ${home}: that is a file, or lies below one. Name another folder in SOTTO_HOME.`,
    );
  });

  // In a process of its own: where it is tried for ever, nothing else in the process goes on.
  test.runIf(existsSync("/proc/self")).each(["/proc/nope", "/proc/nope/below"])(
    "that is %s, where none can be made, is refused with what to do",
    async (home) => {
      await using sotto = runSotto(["serve", "--port", "0"], { SOTTO_HOME: home });
      expect(await sotto.ended).toBe(1);
      expect(sotto.stderr()).toContain(
        `sotto: Sotto cannot keep anything in ${home}: no folder can be made there. Name another folder in SOTTO_HOME.\n`,
      );
    },
  );
});
