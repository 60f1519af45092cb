/**
 * A binary frame of audio from server to client, `sotto.v1` only: stream number and index of the first sample, each
 * u32 little-endian, then the samples in the session's output format. `sotto.audio.started` says what a stream is.
 */
export interface PlaybackFrame {
  readonly stream: number;
  readonly firstSample: number;
  readonly bytes: Uint8Array;
}

const headerBytes = 8;

export function encodePlaybackFrame(frame: PlaybackFrame): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(headerBytes + frame.bytes.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, frame.stream, true);
  view.setUint32(4, frame.firstSample, true);
  out.set(frame.bytes, headerBytes);
  return out;
}

/** @returns undefined when there is no whole header. */
export function decodePlaybackFrame(message: Uint8Array): PlaybackFrame | undefined {
  if (message.length < headerBytes) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  return {
    stream: view.getUint32(0, true),
    firstSample: view.getUint32(4, true),
    bytes: message.subarray(headerBytes),
  };
}
