import { half } from "./gguf-writer.ts";

export type WeightType = keyof typeof quantised;

interface WeightKind {
  /** Its number in a GGUF file. */
  readonly type: number;
  readonly blockElements: number;
  readonly blockBytes: number;
  /** Makes random bytes into blocks of numbers whose spread is about `scale`. */
  readonly shape: (bytes: Buffer, scale: number) => void;
}

const quantised = {
  f16: {
    type: 1,
    blockElements: 1,
    blockBytes: 2,
    shape: (bytes: Buffer, scale: number) => {
      for (let at = 0; at < bytes.length; at += 2) {
        bytes.writeUInt16LE(half((bytes.readInt16LE(at) / 32_768) * 1.7 * scale), at);
      }
    },
  },
  q8_0: { type: 8, blockElements: 32, blockBytes: 34, shape: blocks(34, [[0, 1 / 74]]) },
  q4_0: { type: 2, blockElements: 32, blockBytes: 18, shape: blocks(18, [[0, 1 / 4.6]]) },
  q4_K: {
    type: 12,
    blockElements: 256,
    blockBytes: 144,
    shape: blocks(144, [
      [0, 1 / 150],
      [2, 1 / 20],
    ]),
  },
} as const satisfies Record<string, WeightKind>;

const kinds: Record<WeightType | "f32", WeightKind> = {
  ...quantised,
  f32: {
    type: 0,
    blockElements: 1,
    blockBytes: 4,
    shape: (bytes, scale) => {
      for (let at = 0; at < bytes.length; at += 4) bytes.writeFloatLE((bytes.readInt32LE(at) / 2 ** 31) * scale, at);
    },
  },
};

/** What a file says of each type, and how many bytes so many numbers take. */
export const weightTypes = Object.fromEntries(
  Object.entries(kinds).map(([name, kind]) => [
    name,
    { type: kind.type, bytesOf: (elements: number) => (elements / kind.blockElements) * kind.blockBytes },
  ]),
) as Record<WeightType | "f32", { type: number; bytesOf: (elements: number) => number }>;

/** Enough that rows do not repeat in step, little enough to be made at once. */
const templateBlocks = 32_749;

/** Random weights without end. One stretch is made for each type and scale, and repeated. */
export class WeightSource {
  #state: number;
  readonly #templates = new Map<string, Buffer>();

  constructor(seed: number) {
    this.#state = seed | 1;
  }

  *take(name: WeightType | "f32", scale: number, bytes: number): Generator<Buffer> {
    const template = this.#template(name, scale);
    for (let left = bytes; left > 0; left -= template.length)
      yield template.subarray(0, Math.min(left, template.length));
  }

  #template(name: WeightType | "f32", scale: number): Buffer {
    const key = `${name} ${scale}`;
    const known = this.#templates.get(key);
    if (known !== undefined) return known;
    const kind = kinds[name];
    // A prime number of blocks, so that no row is like one near it.
    const bytes = this.#random(templateBlocks * kind.blockBytes * (kind.blockBytes < 8 ? 16 : 1));
    kind.shape(bytes, scale);
    this.#templates.set(key, bytes);
    return bytes;
  }

  #random(bytes: number): Buffer {
    const words = new Uint32Array(Math.ceil(bytes / 4));
    let state = this.#state;
    for (let i = 0; i < words.length; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      words[i] = state;
    }
    this.#state = state;
    return Buffer.from(words.buffer, 0, bytes);
  }
}

/** Writes half-precision scales into each block, at these places, as these shares of the spread. */
function blocks(blockBytes: number, scales: readonly (readonly [number, number])[]) {
  return (bytes: Buffer, scale: number): void => {
    for (let start = 0; start < bytes.length; start += blockBytes) {
      for (const [at, share] of scales) bytes.writeUInt16LE(half(share * scale), start + at);
    }
  };
}
