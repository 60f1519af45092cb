/** Microphone audio that could not be sent yet. Keeps the newest, for what was said last matters most. */
export interface WaitingAudio {
  readonly bytes: number;
  push(chunk: Uint8Array<ArrayBuffer>): void;
  /** Everything kept, oldest first; afterwards nothing is kept. */
  takeAll(): readonly Uint8Array<ArrayBuffer>[];
}

export function createWaitingAudio(limitBytes: number): WaitingAudio {
  let chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    push(chunk) {
      chunks.push(chunk);
      bytes += chunk.length;
      while (bytes > limitBytes) {
        bytes -= chunks[0]?.length ?? 0;
        chunks.shift();
      }
    },
    takeAll() {
      const all = chunks;
      chunks = [];
      bytes = 0;
      return all;
    },
  };
}
