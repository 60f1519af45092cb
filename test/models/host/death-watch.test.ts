import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { DeathWatch } from "../../../models/host/death-watch.ts";
import { childProcesses } from "../../support/child-processes.ts";
import { until } from "../../support/until.ts";

function stateOf(pid: number): string {
  if (!existsSync(`/proc/${pid}/status`)) return "gone";
  return /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "gone";
}
const isGone = (pid: number): boolean => ["gone", "Z", "X"].includes(stateOf(pid));

/** The shells of ours that watch over a process. */
function shellsOf(pid: number): number[] {
  return childProcesses()
    .filter(({ command }) => command.includes(`sotto-death-watch ${pid}`))
    .map((shell) => shell.pid);
}

/** A process that starts another one, stops it, watches over it, and says its number. */
async function parentOfStopped() {
  const code = `
    import { spawn } from "node:child_process";
    import { DeathWatch } from ${JSON.stringify(pathToFileURL("models/host/death-watch.ts").href)};
    const child = spawn("sleep", ["600"], { stdio: "ignore" });
    new DeathWatch(child.pid, () => undefined);
    child.kill("SIGSTOP");
    console.log(child.pid);
    setInterval(() => undefined, 1_000);`;
  // A session of its own, as under a service manager: there the system wakes nobody.
  const parent = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", code], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const pid = await new Promise<number>((resolve) => {
    parent.stdout.setEncoding("utf8").once("data", (text: string) => resolve(Number(text)));
  });
  return { parent, pid };
}

test("a process that is stopped ends with the one that stopped it, even when that is killed", async () => {
  const { parent, pid } = await parentOfStopped();
  await until(() => stateOf(pid) === "T");
  parent.kill("SIGKILL");
  await until(() => isGone(pid));
});

test("nobody is killed when the watch is given up, or is itself killed", async () => {
  const child = spawn("sleep", ["600"], { stdio: "ignore" });
  const { pid = 0 } = child;
  const givenUp = new DeathWatch(pid, () => undefined);
  givenUp[Symbol.dispose]();
  expect(givenUp.isThere).toBe(false);
  await until(() => shellsOf(pid).length === 0);
  let lost = false;
  const watch = new DeathWatch(pid, () => {
    lost = true;
  });
  expect(watch.isThere).toBe(true);
  await until(() => shellsOf(pid).length === 1);
  for (const shell of shellsOf(pid)) process.kill(shell, "SIGKILL");
  await until(() => lost);
  expect(watch.isThere).toBe(false);
  expect(isGone(pid)).toBe(false);
  child.kill("SIGKILL");
  await until(() => isGone(pid));
});
