/** Layout of GGUF: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */
import { tensorBytes, tensorType } from "./tensor-types.ts";

/** Headers carry the vocabulary; the largest ones known are about 20 MB. */
export const headerLimitBytes = 64 * 1024 * 1024;

/** The bytes given end before the header does. */
export class TruncatedHeader extends Error {
  override readonly name = "TruncatedHeader";
}

export interface RawHeader {
  /** Numbers, truth values (0 or 1) and texts by key. */
  readonly values: ReadonlyMap<string, number | string>;
  /** Arrays of numbers or truth values, up to `longestKeptArray` of them; longer ones belong to the vocabulary. */
  readonly arrays: ReadonlyMap<string, readonly number[]>;
  readonly tensors: readonly RawTensor[];
  /** Least size of a whole file: where the data of its last tensor ends. */
  readonly endBytes: number;
}

export interface RawTensor {
  readonly name: string;
  readonly sizes: readonly number[];
  /** Undefined when its type is newer than this program. */
  readonly bytes: number | undefined;
}

/** llama.cpp's limit of layers: per-layer arrays are no longer than that. */
const longestKeptArray = 512;
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
  const arrays = new Map<string, readonly number[]>();
  for (let i = 0; i < keyCount; i++) {
    const key = cursor.text(longestKeyBytes);
    const value = readValue(cursor, cursor.u32());
    if (typeof value === "object") arrays.set(key, value);
    else if (value !== undefined) values.set(key, value);
  }
  const tensors: RawTensor[] = [];
  let dataBytes = 0;
  for (let i = 0; i < tensorCount; i++) {
    const { endBytes, ...tensor } = readTensor(cursor);
    tensors.push(tensor);
    dataBytes = Math.max(dataBytes, endBytes);
  }
  const declared = values.get("general.alignment");
  const alignment = typeof declared === "number" && declared > 0 ? declared : 32;
  const endBytes = Math.ceil(cursor.at / alignment) * alignment + dataBytes;
  return { values, arrays, tensors, endBytes };
}

function readTensor(cursor: Cursor): RawTensor & { readonly endBytes: number } {
  const name = cursor.text(longestKeyBytes);
  const dimensions = cursor.u32();
  if (dimensions > mostDimensions) throw new Error(`has a tensor of ${dimensions} dimensions`);
  const sizes: number[] = [];
  for (let i = 0; i < dimensions; i++) sizes.push(cursor.u64());
  const type = tensorType(cursor.u32());
  const bytes = type === undefined ? undefined : tensorBytes(sizes, type);
  const endBytes = cursor.u64() + (bytes ?? 0);
  if (!Number.isSafeInteger(endBytes)) throw new Error("has a tensor of impossible size");
  return { name, sizes, bytes, endBytes };
}

function readValue(cursor: Cursor, type: number): number | string | readonly number[] | undefined {
  if (type === textType) return cursor.text(headerLimitBytes);
  if (type === arrayType) return readArray(cursor);
  const read = scalars.get(type);
  if (read === undefined) throw new Error(`has a value of unknown type ${type}`);
  return read(cursor);
}

/** Undefined of a long one, and of texts: those belong to the vocabulary. */
function readArray(cursor: Cursor): readonly number[] | undefined {
  const type = cursor.u32();
  if (type === arrayType) throw new Error("has an array of arrays");
  const length = cursor.count(headerLimitBytes, "array elements");
  if (type === textType) {
    for (let i = 0; i < length; i++) cursor.skipText(headerLimitBytes);
    return;
  }
  const [read, scalarBytes] = [scalars.get(type), scalarSizes.get(type)];
  if (read === undefined || scalarBytes === undefined) throw new Error(`has an array of unknown type ${type}`);
  if (length <= longestKeptArray) return Array.from({ length }, () => read(cursor));
  cursor.bytes(length * scalarBytes);
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
    return this.skipText(mostBytes).toString("utf8");
  }

  skipText(mostBytes: number): Buffer {
    return this.bytes(this.count(mostBytes, "characters in a text"));
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
