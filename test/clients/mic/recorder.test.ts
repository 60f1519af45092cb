import { expect, test } from "vitest";
import { startRecorder } from "../../../clients/mic/recorder.ts";
import type { SoundProgram } from "../../../clients/mic/sound-programs.ts";
import { fakePrograms } from "../../support/fake-programs.ts";

function program(body: string): SoundProgram {
  const programs = fakePrograms();
  programs.add("rec", body);
  return { name: "rec", path: `${programs.folder}/rec`, args: ["--quiet"], env: { FAKE_DEVICE: "front" } };
}

/** Records until something has happened often enough. */
function record(
  given: SoundProgram,
  frames: number,
): Promise<{ readonly frames: readonly Uint8Array[]; readonly failure: string | null }> {
  return new Promise((resolve) => {
    const heard: Uint8Array[] = [];
    const recorder = startRecorder(given, {
      frame: (bytes) => {
        heard.push(bytes);
        if (heard.length !== frames) return;
        recorder[Symbol.dispose]();
        resolve({ frames: heard, failure: null });
      },
      failed: (failure) => resolve({ frames: heard, failure }),
    });
  });
}

test("it hands on whole frames of 20 ms, however the program cuts its output", async () => {
  const body = `
    const sound = Buffer.from(Int16Array.from({ length: 2400 }, (_, i) => i).buffer);
    let at = 0;
    setInterval(() => { process.stdout.write(sound.subarray(at, at + 333)); at += 333; }, 2);
  `;
  const { frames } = await record(program(body), 4);
  expect(frames.map((frame) => frame.length)).toEqual([960, 960, 960, 960]);
  const joined = Buffer.concat(frames);
  expect(Array.from({ length: 1_920 }, (_, i) => joined.readInt16LE(i * 2))).toEqual(
    Array.from({ length: 1_920 }, (_, i) => i),
  );
});

test("it passes on the program's arguments and environment, as they are", async () => {
  const body = `process.stderr.write(JSON.stringify([process.argv.slice(2), process.env.FAKE_DEVICE])); process.exit(1);`;
  expect((await record(program(body), 1)).failure).toContain('[["--quiet"],"front"]');
});

test("a program that is not there is told, and ends nothing", async () => {
  const missing = { name: "sox", path: "/nowhere/sox", args: [], env: {} };
  expect((await record(missing, 1)).failure).toMatch(/sox cannot be started .*ENOENT/);
});

test("a program that fails is told with what it said", async () => {
  const body = `process.stderr.write("cannot open audio device"); process.exitCode = 2;`;
  expect((await record(program(body), 1)).failure).toBe("rec stopped: cannot open audio device");
});

test("a program that ends by itself without a word is told too", async () => {
  expect((await record(program(""), 1)).failure).toBe("rec stopped");
});

test("stopping is no failure, even of a program that ends with an error code when it is stopped", async () => {
  const body = `
    process.on("SIGTERM", () => { process.stdout.write(Buffer.alloc(960)); process.exit(1); });
    setInterval(() => process.stdout.write(Buffer.alloc(9_600)), 5);
  `;
  let failures = 0;
  let late = 0;
  const given = program(body);
  await new Promise<void>((resolve) => {
    let stopped = false;
    const recorder = startRecorder(given, {
      frame: () => {
        if (stopped) late += 1;
        stopped = true;
        recorder[Symbol.dispose]();
        setTimeout(resolve, 300);
      },
      failed: () => {
        failures += 1;
      },
    });
  });
  expect({ failures, late }).toEqual({ failures: 0, late: 0 });
});
