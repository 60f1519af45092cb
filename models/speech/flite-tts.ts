import type { Clock } from "../clock.ts";
import { ModelError } from "../errors.ts";
import { hostEntry } from "../host/entries.ts";
import { HostProcess } from "../host/host-process.ts";
import type { AudioFrame, SpeechFrame, Tts } from "../roles.ts";
import { fliteVoice, voiceNames } from "./flite-voices.ts";
import { type SpeakParams, spokenPart } from "./mouth-messages.ts";
import { speechFrames } from "./speech-frames.ts";

export interface MouthOptions {
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

/** Starts the process in which flite speaks; whoever starts it disposes of it. */
export function mouthProcess({ clock, log }: MouthOptions): HostProcess {
  return new HostProcess({
    name: "mouth",
    entry: hostEntry("mouth-host"),
    args: [],
    clock,
    log,
    readyTimeoutMs: 20_000,
  });
}

/**
 * Speech synthesis by flite, in frames of 32 ms at 16 kHz. Silence before the words is cut, a short pause after them kept.
 * Words are timed by flite itself. An abort ends `speak` within one frame, with the signal's reason.
 */
export function fliteTts(host: HostProcess): Tts {
  return {
    voices: voiceNames,
    async *speak(text, { voice, speed }, signal): AsyncGenerator<SpeechFrame, void, void> {
      const known = fliteVoice(voice);
      if (known === undefined) {
        throw new ModelError("engine-failed", `There is no voice "${voice}"; there are ${voiceNames.join(", ")}`);
      }
      const params: SpeakParams = { text, voice: known, speed: within(speed, 0.25, 4) };
      let sent = 0;
      // A piece's last frame waits for the times of its words, which come a moment behind the sound.
      let last: AudioFrame | undefined;
      for await (const value of host.call("speak", params, signal).parts()) {
        const part = spokenPart.parse(value);
        const frames: SpeechFrame[] = "samples" in part ? [...speechFrames(part.samples, sent)] : [];
        if (last !== undefined) frames.unshift("words" in part ? { ...last, words: part.words } : last);
        last = "samples" in part ? frames.pop() : undefined;
        if ("samples" in part) sent += part.samples.length;
        for (const frame of frames) {
          signal.throwIfAborted();
          yield frame;
        }
      }
      signal.throwIfAborted();
      if (last !== undefined) yield last;
    },
  };
}

function within(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Number.isFinite(value) ? value : 1));
}
