import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { PlayedReport } from "../../../clients/loudspeaker.ts";
import { ProgramSpeaker } from "../../../clients/mic/program-speaker.ts";
import { fakePrograms } from "../../support/fake-programs.ts";
import { settle, VirtualClock } from "../../support/virtual-clock.ts";

/** Writes down how many bytes came, and says so when its input has ended. */
const countingPlayer = `
  let bytes = 0;
  const fs = require("node:fs");
  const log = __dirname + "/played-" + process.pid;
  fs.writeFileSync(log, "started");
  process.stdin.on("data", (chunk) => { bytes += chunk.length; });
  process.stdin.on("end", () => fs.writeFileSync(log, "ended " + bytes));
`;

function setUp(body: string = countingPlayer) {
  const programs = fakePrograms();
  programs.add("play", body);
  const clock = new VirtualClock();
  const reports: PlayedReport[] = [];
  const failures: string[] = [];
  const speaker = new ProgramSpeaker({
    program: { name: "play", path: join(programs.folder, "play"), args: [], env: {} },
    clock: { nowMs: () => clock.nowMs(), sleep: (ms, signal) => clock.sleep(ms, signal) },
    report: (report) => reports.push(report),
    failed: (why) => failures.push(why),
  });
  return { programs, clock, reports, failures, speaker };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

test("it reckons by the clock what has been heard, later than it was written by the device's delay", async () => {
  const { clock, reports, speaker } = setUp();
  using _speaker = speaker;
  speaker.play("a", new Int16Array(24_000));
  await clock.advance(120);
  expect(reports).toEqual([]);
  await clock.advance(500);
  expect(reports.at(-1)).toMatchObject({ itemId: "a", playing: true });
  expect(reports.at(-1)?.playedSamples).toBeGreaterThan(24 * 380);
  expect(reports.at(-1)?.playedSamples).toBeLessThanOrEqual(24 * 500);
});

test("it never claims more than was written, and goes on when more comes", async () => {
  const { clock, reports, speaker } = setUp();
  using _speaker = speaker;
  speaker.play("a", new Int16Array(2_400));
  await clock.advance(2_000);
  expect(reports.at(-1)).toEqual({ itemId: "a", playedSamples: 2_400, playing: true });
  speaker.play("a", new Int16Array(2_400));
  speaker.end("a");
  await clock.advance(2_000);
  expect(reports.at(-1)).toEqual({ itemId: "a", playedSamples: 4_800, playing: false });
});

test("a whole answer reaches the program, which then ends by itself", async () => {
  const { clock, programs, reports, speaker, failures } = setUp();
  speaker.play("a", new Int16Array(2_400));
  speaker.play("b", new Int16Array(1_200));
  speaker.end("b");
  await clock.advance(2_000);
  expect(reports.filter((report) => !report.playing)).toEqual([
    { itemId: "a", playedSamples: 2_400, playing: false },
    { itemId: "b", playedSamples: 1_200, playing: false },
  ]);
  const { readdirSync } = await import("node:fs");
  const logs = (): readonly string[] =>
    readdirSync(join(programs.folder, "scripts"))
      .filter((name) => name.startsWith("played-"))
      .map((name) => readFileSync(join(programs.folder, "scripts", name), "utf8"));
  await until(() => logs().some((log) => log.startsWith("ended")));
  expect(logs()).toEqual(["ended 7200"]);
  expect(failures).toEqual([]);
});

test("silenced, it says how far it was, drops what comes late, and the next answer is heard", async () => {
  const { clock, reports, failures, speaker } = setUp();
  using _speaker = speaker;
  speaker.play("a", new Int16Array(48_000));
  await clock.advance(1_120);
  speaker.clear();
  await settle();
  expect(reports.at(-1)).toMatchObject({ itemId: "a", playing: false });
  expect(reports.at(-1)?.playedSamples).toBeGreaterThan(20_000);
  expect(reports.at(-1)?.playedSamples).toBeLessThanOrEqual(24_000);
  const before = reports.length;
  speaker.play("a", new Int16Array(2_400));
  await clock.advance(1_000);
  expect(reports.length).toBe(before);
  speaker.play("b", new Int16Array(2_400));
  speaker.end("b");
  await clock.advance(1_000);
  expect(reports.at(-1)).toEqual({ itemId: "b", playedSamples: 2_400, playing: false });
  expect(failures).toEqual([]);
});

test("a player that fails is told once, and the answer counts as heard so far", async () => {
  const { reports, failures, speaker } = setUp("process.exit(3)");
  speaker.play("a", new Int16Array(100_000));
  await until(() => failures.length > 0);
  expect(failures).toEqual(["play stopped with exit code 3"]);
  expect(reports).toEqual([{ itemId: "a", playedSamples: 0, playing: false }]);
});
