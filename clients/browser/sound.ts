import { wireRateHz } from "../pcm16.ts";
import type { PageSpeaker } from "./page-speaker.ts";

/** Sound in and out of the page. It exists from the first click on, for browsers allow none before. */
export interface Sound {
  readonly context: AudioContext;
  /** How loud the assistant sounds just now, 0 to 1. */
  outputLevel(): number;
}

/**
 * The context keeps the device's own rate: Firefox refuses a microphone in any other, and the worklets convert.
 * @throws when the browser has no AudioWorklet, as on a page that is neither https nor localhost
 */
export async function openSound(speaker: PageSpeaker): Promise<Sound> {
  const context = new AudioContext({ latencyHint: "interactive" });
  if (!context.audioWorklet) throw new Error("Sound needs https or localhost.");
  await context.resume();
  await Promise.all([
    context.audioWorklet.addModule("capture-worklet.js"),
    context.audioWorklet.addModule("playback-worklet.js"),
  ]);
  const node = new AudioWorkletNode(context, "playback", { numberOfInputs: 0, outputChannelCount: [1] });
  const analyser = new AnalyserNode(context, { fftSize: 512, smoothingTimeConstant: 0.6 });
  node.connect(analyser).connect(context.destination);
  speaker.attach(node, context);
  // Phones suspend it when a call comes in or the page is put away.
  const wake = (): void => {
    if (document.visibilityState === "visible" && context.state !== "running" && context.state !== "closed")
      void context.resume();
  };
  document.addEventListener("visibilitychange", wake);
  document.addEventListener("pointerdown", wake);
  context.addEventListener("statechange", wake);
  const wave = new Float32Array(analyser.fftSize);
  return {
    context,
    outputLevel: () => {
      analyser.getFloatTimeDomainData(wave);
      let sum = 0;
      for (const value of wave) sum += value * value;
      return Math.min(1, Math.sqrt(sum / wave.length) * 4);
    },
  };
}

export interface Microphone {
  stop(): void;
}

/** A problem with the microphone, in words for the person. */
export class MicrophoneError extends Error {
  override readonly name = "MicrophoneError";
}

/** @param heard called every 20 ms with sound at 24 kHz, until the microphone is stopped */
export async function openMicrophone(
  sound: Sound,
  heard: (samples: Int16Array) => void,
  ended: () => void,
): Promise<Microphone> {
  const stream = await askForMicrophone();
  const source = new MediaStreamAudioSourceNode(sound.context, { mediaStream: stream });
  const node = new AudioWorkletNode(sound.context, "capture", {
    numberOfOutputs: 0,
    channelCount: 1,
    channelCountMode: "explicit",
  });
  node.port.onmessage = ({ data }: MessageEvent<Int16Array>) => heard(data);
  source.connect(node);
  const [track] = stream.getAudioTracks();
  track?.addEventListener("ended", ended);
  return {
    stop: () => {
      track?.removeEventListener("ended", ended);
      node.port.onmessage = null;
      source.disconnect();
      for (const each of stream.getTracks()) each.stop();
    },
  };
}

async function askForMicrophone(): Promise<MediaStream> {
  if (!navigator.mediaDevices)
    throw new MicrophoneError("This browser gives no microphone to pages without https. You can type instead.");
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
  } catch (error) {
    throw new MicrophoneError(reason(error instanceof DOMException ? error.name : ""), { cause: error });
  }
}

function reason(name: string): string {
  switch (name) {
    case "NotAllowedError":
      return "The microphone is blocked. Allow it in the address bar and press the button again – or type below.";
    case "NotFoundError":
      return "No microphone was found. Plug one in and press the button again – or type below.";
    case "NotReadableError":
      return "Another program is using the microphone. Close it and press the button again – or type below.";
    default:
      return "The microphone could not be opened. You can type below.";
  }
}

/** 20 ms of silence, sent while muted: the service tells the end of speech by it. */
export const silence = new Int16Array(wireRateHz * 0.02);
