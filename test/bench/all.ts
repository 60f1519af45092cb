/** Runs the benches one after the other, each in a process of its own: `npm run bench`, or `npm run bench -- mouth latency`. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const folder = new URL(".", import.meta.url);
const benches = readdirSync(folder)
  .filter((name) => name.endsWith(".bench.ts"))
  .map((name) => name.replace(/\.bench\.ts$/, ""));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !benches.includes(name));
if (unknown.length > 0) {
  console.error(`There is no bench called ${unknown.join(", ")}; there are: ${benches.join(", ")}`);
  process.exit(2);
}

const tsx = createRequire(import.meta.url).resolve("tsx/cli");
const failed = (wanted.length > 0 ? wanted : benches).filter((name) => {
  console.log(`\n${name}\n${"=".repeat(name.length)}`);
  const { status } = spawnSync(process.execPath, [tsx, fileURLToPath(new URL(`${name}.bench.ts`, folder))], {
    stdio: "inherit",
  });
  return status !== 0;
});
if (failed.length > 0) console.error(`\nMissed their figures or failed: ${failed.join(", ")}`);
process.exitCode = failed.length > 0 ? 1 : 0;
