import { execFileSync } from "node:child_process";

/** Host processes run from dist/, so tests build it first: what is tested is what starts. */
export default function setup(): void {
  execFileSync(process.execPath, ["build.js"], { stdio: "inherit" });
}
