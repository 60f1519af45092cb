import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadToken } from "../../pipeline/access-token.ts";

let home = "";
beforeEach(async () => {
  home = join(await mkdtemp(join(tmpdir(), "sotto-token-")), "data", "sotto");
});
afterEach(async () => {
  await rm(join(home, "..", ".."), { recursive: true, force: true });
});

test("the first start makes a token that only its owner can read, later ones find it", async () => {
  const token = await loadToken(home);
  expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(await loadToken(home)).toBe(token);
  expect(await readFile(join(home, "token"), "utf8")).toBe(`${token}\n`);
  expect(await readdir(home)).toEqual(["token"]);
});

test.skipIf(process.platform === "win32")(
  "file and folder are closed to others (no such modes on Windows)",
  async () => {
    await loadToken(home);
    expect((await stat(home)).mode & 0o777).toBe(0o700);
    expect((await stat(join(home, "token"))).mode & 0o777).toBe(0o600);
    await chmod(join(home, "token"), 0o644);
    await loadToken(home);
    expect((await stat(join(home, "token"))).mode & 0o777).toBe(0o600);
  },
);

test("starts at the same moment agree on one token", async () => {
  const tokens = await Promise.all(Array.from({ length: 8 }, () => loadToken(home)));
  expect(new Set(tokens).size).toBe(1);
  expect(await readdir(home)).toEqual(["token"]);
});

test("a file that holds no token is an error that says what to do", async () => {
  await loadToken(home);
  for (const text of ["", "short", "has blanks in it and is long enough"]) {
    await writeFile(join(home, "token"), text);
    await expect(loadToken(home)).rejects.toThrow(
      /Cannot use the access token in .*token: .*Correct or delete that file\./,
    );
  }
});

test("a home that is a file is an error, not a hang", async () => {
  await loadToken(home);
  await expect(loadToken(join(home, "token"))).rejects.toThrow(/Cannot use the access token/);
});
