import { expect, test } from "vitest";
import { missingSound } from "../../../clients/mic/missing-sound.ts";
import { installedPrograms, playerDefinitions, recorderDefinitions } from "../../../clients/mic/sound-programs.ts";
import { fakePrograms } from "../../support/fake-programs.ts";

function installed(
  names: readonly string[],
  choice: { only?: string; device?: string; platform?: NodeJS.Platform } = {},
) {
  const programs = fakePrograms();
  for (const name of names) programs.add(name, "");
  return installedPrograms(recorderDefinitions, { env: programs.env, platform: "linux", ...choice });
}

test("of all that is on PATH the quickest comes first", () => {
  expect(installed(["ffmpeg", "sox", "arecord"]).map(({ name }) => name)).toEqual(["arecord", "sox", "ffmpeg"]);
  expect(installed([])).toEqual([]);
});

test("one that was asked for by name is the only one that will do", () => {
  expect(installed(["arecord", "sox"], { only: "sox" }).map(({ name }) => name)).toEqual(["sox"]);
  expect(installed(["arecord"], { only: "sox" })).toEqual([]);
});

test("every recorder gives raw 24 kHz mono, and none keeps SoX's large buffer", () => {
  const all = installed(recorderDefinitions.map(({ name }) => name));
  expect(all.length).toBe(recorderDefinitions.length);
  for (const { name, args } of all) {
    const line = args.join(" ");
    expect(line, name).toMatch(/24000/);
    expect(line, name).toMatch(/s16|S16_LE|-b 16/);
    expect(line, name).not.toMatch(/wav\b/);
    if (name === "sox" || name === "rec") expect(line, name).toContain("--buffer 1024");
  }
});

test("every player takes raw 24 kHz from its input", () => {
  const programs = fakePrograms();
  for (const { name } of playerDefinitions) programs.add(name, "");
  for (const { name, args } of installedPrograms(playerDefinitions, { env: programs.env, platform: "linux" })) {
    expect(args.join(" "), name).toMatch(/24000/);
  }
});

test("a device reaches the program in the way it understands", () => {
  const [arecord] = installed(["arecord"], { device: "hw:1" });
  expect(arecord?.args.slice(-2)).toEqual(["-D", "hw:1"]);
  const [sox] = installed(["sox"], { device: "hw:1" });
  expect(sox?.env).toEqual({ AUDIODEV: "hw:1" });
});

test("on Windows SoX is told which driver to use", () => {
  const definition = recorderDefinitions.find(({ name }) => name === "sox");
  expect(definition?.args(undefined, "win32").join(" ")).toContain("-t waveaudio default");
});

test("without any program it says what to install, and what works without", () => {
  expect(missingSound("record", "linux", undefined)).toMatch(/apt install alsa-utils[\s\S]*--file/);
  expect(missingSound("play", "darwin", undefined)).toContain("brew install sox");
  expect(missingSound("record", "linux", "parrot")).toMatch(/"parrot"\. It knows parec, pw-record, arecord/);
  expect(missingSound("play", "linux", "parrot")).toMatch(/play with "parrot"\. It knows pacat/);
  expect(missingSound("play", "linux", "aplay")).toMatch(/"aplay" is not installed\. .*--player/);
});
