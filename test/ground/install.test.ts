import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";

const lock = z
  .object({
    packages: z.record(
      z.string(),
      z.object({
        hasInstallScript: z.boolean().optional(),
        resolved: z.string().optional(),
        integrity: z.string().optional(),
        optional: z.boolean().optional(),
        os: z.array(z.string()).optional(),
        optionalDependencies: z.record(z.string(), z.string()).optional(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync("package-lock.json", "utf8")));
const { allowScripts } = z
  .object({ allowScripts: z.record(z.string(), z.boolean()) })
  .parse(JSON.parse(readFileSync("package.json", "utf8")));
const installed = Object.entries(lock.packages).filter(([path]) => path !== "");

test("npm 11 is told of every package with an install script, and runs none", () => {
  const scripted = installed
    .filter(([, entry]) => entry.hasInstallScript)
    .map(([path]) => path.replace(/^.*node_modules\//, ""));
  expect(scripted).toContain("onnxruntime-node");
  for (const name of scripted) expect(allowScripts, name).toHaveProperty([name], false);
});

test("npm 10 tells onnxruntime's install script not to download", () => {
  expect(readFileSync(".npmrc", "utf8")).toMatch(/^onnxruntime-node-install=skip$/m);
});

test("the lock file pins every package by hash and names no registry", () => {
  expect(installed.length).toBeGreaterThan(50);
  for (const [path, entry] of installed) {
    expect(entry.resolved, path).toBeUndefined();
    // A library of a platform that the registry at hand does not serve can only be pinned by its version.
    if (entry.integrity === undefined) expect(entry, path).toMatchObject({ optional: true, os: [expect.any(String)] });
    else expect(entry.integrity, path).toMatch(/^sha512-/);
  }
});

// A registry that lacks another platform's library makes npm leave it out of the file; `npm ci` then refuses, and on that
// platform the library is missing. Such entries are written by hand: version, os, cpu, libc.
test("the lock file knows the libraries of every platform", () => {
  const names = new Set(installed.map(([path]) => path.replace(/^.*node_modules\//, "")));
  const optional = installed.flatMap(([, entry]) => Object.keys(entry.optionalDependencies ?? {}));
  expect(optional).toContain("@node-llama-cpp/win-x64");
  expect(optional.filter((name) => !names.has(name))).toEqual([]);
});
