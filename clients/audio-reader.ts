import { decodeBase64, encodeBase64 } from "../pipeline/realtime/base64.ts";
import type { ClientEventMessage } from "../pipeline/realtime/client-events.ts";
import { decodePlaybackFrame } from "../pipeline/realtime/playback-frame.ts";
import { samplesOfBytes } from "./pcm16.ts";

export interface AnswerAudio {
  readonly responseId: string;
  readonly itemId: string;
  readonly samples: Int16Array;
}

/** Turns both ways in which answers come, binary frames and base64 events, into samples of a known item. */
export interface AudioReader {
  started(stream: { readonly stream: number; readonly response_id: string; readonly item_id: string }): void;
  /** @returns undefined for a frame of a stream that was never announced */
  frame(message: Uint8Array): AnswerAudio | undefined;
  delta(event: {
    readonly response_id: string;
    readonly item_id: string;
    readonly delta: string;
  }): AnswerAudio | undefined;
  /** Microphone audio for servers that take no binary frames. */
  append(bytes: Uint8Array): ClientEventMessage;
}

export function createAudioReader(): AudioReader {
  const streams = new Map<number, { readonly responseId: string; readonly itemId: string }>();
  return {
    started: ({ stream, response_id, item_id }) => {
      streams.set(stream, { responseId: response_id, itemId: item_id });
      // Streams are numbered upwards; frames of one long past cannot come any more.
      if (streams.size > 64) for (const old of [...streams.keys()].slice(0, 32)) streams.delete(old);
    },
    frame: (message) => {
      const frame = decodePlaybackFrame(message);
      const stream = frame && streams.get(frame.stream);
      return frame && stream && { ...stream, samples: samplesOfBytes(frame.bytes) };
    },
    delta: ({ response_id, item_id, delta }) => {
      const bytes = decodeBase64(delta);
      return bytes && { responseId: response_id, itemId: item_id, samples: samplesOfBytes(bytes) };
    },
    append: (bytes) => ({ type: "input_audio_buffer.append", audio: encodeBase64(bytes) }),
  };
}
