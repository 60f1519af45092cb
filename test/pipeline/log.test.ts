import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, expect, test } from "vitest";
import { type Clock, systemClock } from "../../models/clock.ts";
import { openLog } from "../../pipeline/log.ts";

const folder = mkdtempSync(join(tmpdir(), "sotto-log-"));
afterAll(() => rmSync(folder, { recursive: true }));
const clock: Clock = { ...systemClock, today: () => new Date("2026-11-21T10:00:00Z") };

function memory(): { readonly stream: PassThrough; readonly text: () => string } {
  const stream = new PassThrough();
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return { stream, text: () => text };
}

test("writes one line each, with time and level, and leaves out what is below the level", async () => {
  const { stream, text } = memory();
  await using logging = openLog({ level: "info" }, stream, clock);
  logging.log("the voice process ended\n  at something\n");
  logging.log("frames", "debug");
  logging.log("no model", "error");
  await new Promise(setImmediate);
  expect(text()).toBe(
    "2026-11-21T10:00:00.000Z info the voice process ended | at something\n2026-11-21T10:00:00.000Z error no model\n",
  );
});

test("silent is silent", async () => {
  const { stream, text } = memory();
  await using logging = openLog({ level: "silent" }, stream, clock);
  logging.log("no model", "error");
  await new Promise(setImmediate);
  expect(text()).toBe("");
});

test("a file takes the lines instead, and nobody else may read it", async () => {
  const { stream, text } = memory();
  const file = join(folder, "sotto.log");
  {
    await using logging = openLog({ level: "info", file }, stream, clock);
    logging.log("ready");
  }
  expect(readFileSync(file, "utf8")).toBe("2026-11-21T10:00:00.000Z info ready\n");
  expect(statSync(file).mode & 0o077).toBe(0);
  expect(text()).toBe("");
});

test("a file that cannot be written is said once, and no line is lost after that", async () => {
  const { stream, text } = memory();
  await using logging = openLog({ level: "info", file: join(folder, "no", "such", "folder.log") }, stream, clock);
  while (!text().includes("cannot write the log")) await new Promise(setImmediate);
  logging.log("still here");
  await new Promise(setImmediate);
  expect(text()).toMatch(
    /^sotto: cannot write the log: .*; set log\.file to a file that can be written\n.* info still here\n$/,
  );
});
