import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { configKeys } from "../../pipeline/config-schema.ts";
import { runSotto } from "../support/run-sotto.ts";

const readme = readFileSync("README.md", "utf8");

/** What the README says about settings, made from the schema that decides. */
function settingsTable(): string {
  const rows = configKeys.map(({ name, about, expected, fallback }) => {
    const usual = fallback === undefined ? "" : `\`${JSON.stringify(fallback).replaceAll('"', "")}\``;
    return `| \`${name}\` | ${usual} | ${expected} | ${about} |`;
  });
  return ["| key | default | values | what it does |", "|---|---|---|---|", ...rows].join("\n");
}

test("the README's settings are the ones there are", () => {
  const [, written] = /<!-- settings -->\n([\s\S]*?)\n?<!-- \/settings -->/.exec(readme) ?? [];
  expect(written).toBe(settingsTable());
});

test("the README lists every command", async () => {
  await using help = runSotto(["--help"]);
  await help.ended;
  const commands = [...help.stdout().matchAll(/^ {2}([a-z]+) \[options\]/gm)].map(([, name]) => name);
  expect(commands.length).toBeGreaterThan(2);
  for (const name of commands) expect(readme).toContain(`| \`sotto ${name}\` |`);
});

test.each(["README.md", "pipeline/design.md", "models/design.md"])("every file that %s points to exists", (page) => {
  const text = readFileSync(page, "utf8");
  const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, target]) => join(dirname(page), target ?? ""));
  expect(links.filter((target) => !existsSync(target))).toEqual([]);
  const folder = dirname(page);
  // In the design pages the last column of a table names files.
  const rows = folder === "." ? [] : text.split("\n").filter((line) => line.startsWith("|") && line.includes("`"));
  const named = rows.flatMap((row) =>
    [...(row.split("|").at(-2) ?? "").matchAll(/`([\w./-]+\.ts|[\w./-]+\/)`/g)].map(([, name]) => name ?? ""),
  );
  const missing = named.filter((name) => !existsSync(join(folder, name)));
  expect(missing).toEqual([]);
});

test("no text that we ship names a path of the machine it was written on", () => {
  for (const page of [
    "README.md",
    "pipeline/design.md",
    "models/design.md",
    "package.json",
    "package-lock.json",
    ".npmrc",
  ]) {
    expect(readFileSync(page, "utf8"), page).not.toMatch(/\/(root|work|tmp)\/|registry\.npmjs/);
  }
});
