/** Layout of GGUF: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */

/** Headers carry the vocabulary; the largest ones known are about 20 MB. */
export const headerLimitBytes = 64 * 1024 * 1024;

/** The bytes given end before the header does. */
export class TruncatedHeader extends Error {
  override readonly name = "TruncatedHeader";
}

export interface RawHeader {
  /** Numbers and texts by key; arrays are left out. */
  readonly values: ReadonlyMap<string, number | string>;
  /** Least size of a whole file: where the data of its last tensor ends. */
  readonly endBytes: number;
}

const mostKeys = 10_000;
const mostTensors = 100_000;
const longestKeyBytes = 65_536;
const mostDimensions = 4;

/** @throws TruncatedHeader when more bytes are needed; Error saying "is …" or "has …" when they would not help. */
export function readHeader(bytes: Buffer): RawHeader {
  const cursor = new Cursor(bytes);
  if (cursor.bytes(4).toString("latin1") !== "GGUF") throw new Error("is not a GGUF file");
  const version = cursor.u32();
  if (version !== 2 && version !== 3) throw new Error(`has GGUF version ${version}, not 2 or 3`);
  const tensorCount = cursor.count(mostTensors, "tensors");
  const keyCount = cursor.count(mostKeys, "keys");
  const values = new Map<string, number | string>();
  for (let i = 0; i < keyCount; i++) {
    const key = cursor.text(longestKeyBytes);
    const value = readValue(cursor, cursor.u32());
    if (value !== undefined) values.set(key, value);
  }
  let dataBytes = 0;
  for (let i = 0; i < tensorCount; i++) dataBytes = Math.max(dataBytes, readTensorEnd(cursor));
  const declared = values.get("general.alignment");
  const alignment = typeof declared === "number" && declared > 0 ? declared : 32;
  return { values, endBytes: Math.ceil(cursor.at / alignment) * alignment + dataBytes };
}

function readTensorEnd(cursor: Cursor): number {
  cursor.text(longestKeyBytes);
  const dimensions = cursor.u32();
  if (dimensions > mostDimensions) throw new Error(`has a tensor of ${dimensions} dimensions`);
  let elements = 1;
  for (let i = 0; i < dimensions; i++) elements *= cursor.u64();
  const [blockElements, blockBytes] = tensorBlocks.get(cursor.u32()) ?? [1, 0];
  const end = cursor.u64() + (elements / blockElements) * blockBytes;
  if (!Number.isSafeInteger(Math.ceil(end))) throw new Error("has a tensor of impossible size");
  return Math.ceil(end);
}

function readValue(cursor: Cursor, type: number): number | string | undefined {
  if (type === textType) return cursor.text(headerLimitBytes);
  if (type === arrayType) return skipArray(cursor);
  const read = scalars.get(type);
  if (read === undefined) throw new Error(`has a value of unknown type ${type}`);
  return read(cursor);
}

function skipArray(cursor: Cursor): undefined {
  const type = cursor.u32();
  if (type === arrayType) throw new Error("has an array of arrays");
  const length = cursor.count(headerLimitBytes, "array elements");
  const scalarBytes = scalarSizes.get(type);
  if (type === textType) for (let i = 0; i < length; i++) cursor.text(headerLimitBytes);
  else if (scalarBytes !== undefined) cursor.bytes(length * scalarBytes);
  else throw new Error(`has an array of unknown type ${type}`);
}

class Cursor {
  readonly #bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  bytes(length: number): Buffer {
    if (length > this.#bytes.length - this.at) throw new TruncatedHeader();
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  u32(): number {
    return this.bytes(4).readUInt32LE();
  }

  u64(): number {
    return Number(this.bytes(8).readBigUInt64LE());
  }

  /** A count that must be plausible before anything is looped or allocated by it. */
  count(most: number, what: string): number {
    const value = this.u64();
    if (value > most) throw new Error(`has an impossible number of ${what} (${value})`);
    return value;
  }

  text(mostBytes: number): string {
    return this.bytes(this.count(mostBytes, "characters in a text")).toString("utf8");
  }
}

const textType = 8;
const arrayType = 9;
const scalarSizes: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [1, 1],
  [2, 2],
  [3, 2],
  [4, 4],
  [5, 4],
  [6, 4],
  [7, 1],
  [10, 8],
  [11, 8],
  [12, 8],
]);
const scalars: ReadonlyMap<number, (cursor: Cursor) => number> = new Map([
  [0, (cursor: Cursor) => cursor.bytes(1).readUInt8()],
  [1, (cursor: Cursor) => cursor.bytes(1).readInt8()],
  [2, (cursor: Cursor) => cursor.bytes(2).readUInt16LE()],
  [3, (cursor: Cursor) => cursor.bytes(2).readInt16LE()],
  [4, (cursor: Cursor) => cursor.u32()],
  [5, (cursor: Cursor) => cursor.bytes(4).readInt32LE()],
  [6, (cursor: Cursor) => cursor.bytes(4).readFloatLE()],
  [7, (cursor: Cursor) => cursor.bytes(1).readUInt8()],
  [10, (cursor: Cursor) => cursor.u64()],
  [11, (cursor: Cursor) => Number(cursor.bytes(8).readBigInt64LE())],
  [12, (cursor: Cursor) => cursor.bytes(8).readDoubleLE()],
]);
/** Tensor type → elements and bytes of one block; types not listed are not checked for length. */
const tensorBlocks: ReadonlyMap<number, readonly [number, number]> = new Map([
  [0, [1, 4]],
  [1, [1, 2]],
  [2, [32, 18]],
  [3, [32, 20]],
  [6, [32, 22]],
  [7, [32, 24]],
  [8, [32, 34]],
  [10, [256, 84]],
  [11, [256, 110]],
  [12, [256, 144]],
  [13, [256, 176]],
  [14, [256, 210]],
  [20, [32, 18]],
  [23, [256, 136]],
  [30, [1, 2]],
]);
