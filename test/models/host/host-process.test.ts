import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../../models/clock.ts";
import type { HostCall } from "../../../models/host/host-process.ts";
import { TrialHosts } from "../../support/trial-host.ts";
import { until } from "../../support/until.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

let hosts: TrialHosts;
beforeAll(async () => {
  hosts = await TrialHosts.build();
});
afterAll(() => hosts[Symbol.asyncDispose]());

async function partsOf(call: HostCall): Promise<unknown[]> {
  const parts: unknown[] = [];
  for await (const part of call.parts()) parts.push(part);
  return parts;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A process that ended but was not yet reaped counts as gone.
  return !existsSync(`/proc/${pid}/status`) || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
}

describe("a host process", () => {
  test("says what it is when it is ready, and refuses calls before", async () => {
    await using host = hosts.start(systemClock);
    expect(host.status).toBe("starting");
    await expect(host.call("echo", 1).result()).rejects.toMatchObject({ code: "host-exited" });
    expect(await host.ready()).toEqual({ engine: "trial" });
    expect(host.status).toBe("ready");
    expect(host.starts).toBe(1);
  });

  test("answers calls with parts and a result, takes input while they run, keeps them apart", async () => {
    await using host = hosts.start(systemClock);
    await host.ready();
    const samples = Int16Array.from([1, -2, 3]);
    expect(await host.call("echo", { samples }).result()).toEqual({ samples });
    const sum = host.call("sum", null);
    const count = host.call("count", null);
    sum.input(4);
    expect(await partsOf(count)).toEqual([1, 2, 3]);
    expect(await count.result()).toBe("counted");
    sum.input(5);
    sum.inputEnd();
    expect(await partsOf(sum)).toEqual([4, 9]);
    expect(await sum.result()).toBe(9);
  });

  test("passes on its errors by code, and goes on", async () => {
    await using host = hosts.start(systemClock);
    await host.ready();
    await expect(host.call("refuse", null).result()).rejects.toMatchObject({
      name: "ModelError",
      code: "busy",
      message: "There is no room.",
    });
    await expect(partsOf(host.call("refuse", null))).rejects.toMatchObject({ code: "busy" });
    await expect(host.call("nonsense", null).result()).rejects.toMatchObject({ code: "engine-failed" });
    expect(await host.call("echo", 1).result()).toBe(1);
    expect(host.starts).toBe(1);
  });

  test("hears of an abort; the caller hears nothing more", async () => {
    const marker = hosts.file("abort");
    await using host = hosts.start(systemClock, "well", marker);
    await host.ready();
    const scope = new AbortController();
    const call = host.call("untilAborted", null, scope.signal);
    const parts = call.parts()[Symbol.asyncIterator]();
    expect(await parts.next()).toEqual({ done: false, value: "began" });
    const reason = new Error("Enough");
    scope.abort(reason);
    await expect(parts.next()).rejects.toBe(reason);
    await expect(call.result()).rejects.toBe(reason);
    await until(() => existsSync(marker));
    await expect(host.call("echo", 1, scope.signal).result()).rejects.toBe(reason);
    expect(await host.call("echo", 2).result()).toBe(2);
  });

  test("that dies fails its calls at once and is started again", async () => {
    await using host = hosts.start(systemClock);
    await host.ready();
    const { pid } = host;
    const others = [host.call("sum", null), host.call("untilAborted", null)].map((call) => call.result());
    const failures = Promise.allSettled(others);
    await expect(host.call("exit", null).result()).rejects.toMatchObject({
      code: "host-exited",
      message: "The trial process ended (exit code 5)",
    });
    for (const outcome of await failures) expect(outcome).toMatchObject({ reason: { code: "host-exited" } });
    await host.ready();
    expect(host.starts).toBe(2);
    expect(host.pid).not.toBe(pid);
    expect(await host.call("echo", 1).result()).toBe(1);
  });

  test("that dies of an error of its own says which, not which Node it ran on", async () => {
    await using host = hosts.start(systemClock);
    await host.ready();
    await expect(host.call("throwOutside", null).result()).rejects.toMatchObject({
      message: "The trial process ended (exit code 1): RangeError: the engine fell over",
    });
  });

  test("that knows why it cannot start is not started again", async () => {
    await using host = hosts.start(systemClock, "failing");
    const reason = { code: "bad-model", message: "The file is no model: choose another." };
    await expect(host.ready()).rejects.toMatchObject(reason);
    await expect(host.call("echo", 1).result()).rejects.toMatchObject(reason);
    expect(host.status).toBe("failed");
    expect(host.starts).toBe(1);
  });

  test("that dies at every start is given up after four, with its last words", async () => {
    const clock = new VirtualClock();
    await using host = hosts.start(clock, "breaking");
    const reason = {
      code: "host-exited",
      message: "The trial process ended (exit code 7): libtrial.so: cannot open shared object file",
    };
    const never = expect(host.ready()).rejects.toMatchObject(reason);
    for (const delayMs of [200, 400, 800]) {
      await until(() => host.status === "waiting");
      const { starts } = host;
      await clock.advance(delayMs - 1);
      expect(host.starts).toBe(starts);
      await clock.advance(1);
      expect(host.starts).toBe(starts + 1);
    }
    await never;
    expect(host.status).toBe("failed");
    expect(host.starts).toBe(4);
  });

  test("that starts at the second attempt is ready all the same", async () => {
    const clock = new VirtualClock();
    await using host = hosts.start(clock, "hesitant", hosts.file("hesitant"));
    const ready = host.ready();
    await until(() => host.status === "waiting");
    await clock.advance(200);
    expect(await ready).toEqual({ engine: "trial" });
    expect(host.starts).toBe(2);
  });

  test("that never becomes ready is killed when its time is up, and says so", async () => {
    const clock = new VirtualClock();
    await using host = hosts.start(clock, "mute");
    const { pid = 0 } = host;
    await clock.advance(19_999);
    expect(isAlive(pid)).toBe(true);
    await clock.advance(1);
    await until(() => host.status === "waiting");
    expect(isAlive(pid)).toBe(false);
    expect(hosts.logs.at(-1)).toBe("The trial process was not ready within 20 s");
  });

  test("that is overdue twice in a row is given up: nobody waits for ever", async () => {
    const clock = new VirtualClock();
    await using host = hosts.start(clock, "mute");
    const never = expect(host.ready()).rejects.toMatchObject({
      code: "host-exited",
      message: "The trial process was not ready within 20 s",
    });
    await clock.advance(20_000);
    await until(() => host.status === "waiting");
    await clock.advance(400);
    expect(host.status).toBe("starting");
    await clock.advance(20_000);
    await until(() => host.status !== "starting");
    await never;
    expect(host.status).toBe("failed");
    expect(host.starts).toBe(2);
    await clock.advance(60_000);
    expect(host.starts).toBe(2);
  });

  test("that is overdue once and dies at its next two starts is given up, too", async () => {
    const clock = new VirtualClock();
    await using host = hosts.start(clock, "mute-then-breaking", hosts.file("overdue"));
    const never = expect(host.ready()).rejects.toMatchObject({ message: expect.stringContaining("exit code 7") });
    // It must have left its mark before it is killed.
    await until(() => existsSync(hosts.file("overdue")));
    await clock.advance(20_000);
    for (const delayMs of [400, 800]) {
      await until(() => host.status === "waiting");
      await clock.advance(delayMs);
    }
    await never;
    expect(host.starts).toBe(3);
  });

  test("stops waiting for readiness when the caller does", async () => {
    await using host = hosts.start(new VirtualClock(), "mute");
    const scope = new AbortController();
    const ready = host.ready(scope.signal);
    scope.abort(new Error("Enough"));
    await expect(ready).rejects.toThrow("Enough");
  });
});

describe("the end of a host process", () => {
  test("fails the calls in flight, and no later call begins", async () => {
    const host = hosts.start(systemClock);
    await host.ready();
    const { pid = 0 } = host;
    const call = expect(host.call("untilAborted", null).result()).rejects.toMatchObject({ code: "host-exited" });
    await host[Symbol.asyncDispose]();
    await call;
    expect(isAlive(pid)).toBe(false);
    expect(host.status).toBe("stopped");
    await expect(host.call("echo", 1).result()).rejects.toMatchObject({ code: "host-exited" });
    await expect(host.ready()).rejects.toMatchObject({ message: "The trial process was stopped" });
    expect(host.starts).toBe(1);
    await host[Symbol.asyncDispose]();
  });

  test("that hangs in its engine is taken by force after a second, on the clock that it was given", async () => {
    const clock = new VirtualClock();
    const marker = hosts.file("hanging");
    const host = hosts.start(clock, "well", marker);
    await host.ready();
    const { pid = 0 } = host;
    const failed = expect(host.call("hang", null).result()).rejects.toMatchObject({ code: "host-exited" });
    await until(() => existsSync(marker));
    let ended = false;
    const ending = host[Symbol.asyncDispose]().then(() => {
      ended = true;
    });
    await clock.advance(999);
    expect([ended, isAlive(pid), clock.sleepers]).toEqual([false, true, 1]);
    await clock.advance(1);
    await Promise.all([ending, failed]);
    expect(isAlive(pid)).toBe(false);
    expect(clock.sleepers).toBe(0);
  });

  test("while it waits to be started again leaves no timer and starts nothing", async () => {
    const clock = new VirtualClock();
    const host = hosts.start(clock, "breaking");
    await until(() => host.status === "waiting");
    await host[Symbol.asyncDispose]();
    expect(clock.sleepers).toBe(0);
    await clock.advance(10_000);
    expect(host.starts).toBe(1);
    expect(host.status).toBe("stopped");
  });

  test("comes with the end of its parent", async () => {
    const parent = spawn(
      process.execPath,
      [
        "-e",
        `const host = require("node:child_process").fork(process.argv[1], ["well"], { serialization: "advanced" });
         host.once("message", () => console.log(host.pid));`,
        hosts.entry,
      ],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const pid = await new Promise<number>((resolve) => {
      parent.stdout.setEncoding("utf8").once("data", (text: string) => resolve(Number(text)));
    });
    expect(isAlive(pid)).toBe(true);
    parent.kill("SIGKILL");
    await until(() => !isAlive(pid));
  });
});
