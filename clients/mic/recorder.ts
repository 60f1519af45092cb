import { fileURLToPath } from "node:url";
import lpcm16 from "node-record-lpcm16";
import { bytesPerSample, wireRateHz } from "../pcm16.ts";
import { createSampleAligner } from "./sample-aligner.ts";
import type { SoundProgram } from "./sound-programs.ts";

export interface RecorderListener {
  /** 20 ms of sound. */
  frame(bytes: Uint8Array<ArrayBuffer>): void;
  /** The recorder is gone though nobody stopped it. Called at most once. */
  failed(why: string): void;
}

const definitionPath = fileURLToPath(new URL("./recorder-definition.cjs", import.meta.url));
const frameBytes = (wireRateHz * bytesPerSample * 20) / 1_000;
const keptComplaintChars = 400;

/** Records until the end of the block. Never throws later on: whatever goes wrong is told to the listener. */
export function startRecorder(program: SoundProgram, listener: RecorderListener): Disposable {
  let over = false;
  let complaint = "";
  const fail = (why: string): void => {
    if (over) return;
    over = true;
    listener.failed(complaint.trim() === "" ? why : `${why}: ${complaint.trim()}`);
  };
  const recording = lpcm16.record({
    sampleRate: wireRateHz,
    channels: 1,
    audioType: "raw",
    recorder: definitionPath,
    program: { cmd: program.path, args: program.args, spawnOptions: { env: { ...process.env, ...program.env } } },
  });
  const align = createSampleAligner(frameBytes);
  const stream = recording.stream();
  // The library leaves both of these without a listener, which would end the process: one when the program cannot be
  // started, the other whenever it ends with anything but 0, our own stopping it included.
  recording.process.on("error", (error) => fail(`${program.name} cannot be started (${error.message})`));
  stream.on("error", () => fail(`${program.name} stopped`));
  recording.process.on("close", () => fail(`${program.name} stopped`));
  recording.process.stderr?.on("data", (chunk: Buffer) => {
    complaint = (complaint + chunk.toString("utf8")).slice(-keptComplaintChars);
  });
  stream.on("data", (chunk: Buffer) => {
    for (const frame of align(chunk)) {
      // A listener may stop it at any frame, and wants none after that.
      if (over) return;
      listener.frame(frame);
    }
  });
  return {
    [Symbol.dispose]: () => {
      over = true;
      recording.stop();
    },
  };
}
