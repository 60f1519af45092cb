/** The parts of a GGUF file, as bytes: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */

/** A tensor as the header announces it. */
export interface TensorInfo {
  readonly name: string;
  readonly sizes: readonly number[];
  /** As in the file: 0 is 32-bit, 1 is 16-bit floating point, 8 is q8_0, … */
  readonly type: number;
  readonly dataBytes: number;
}

/** Everything before the data of the first tensor. The data of each follows, padded as `paddedBytes` says. */
export function ggufHead(keys: readonly Buffer[], tensors: readonly TensorInfo[]): Buffer {
  let offset = 0;
  const infos = tensors.map((tensor) => {
    const sizes = tensor.sizes.map((size) => le64(size));
    const info = Buffer.concat([string(tensor.name), le32(sizes.length), ...sizes, le32(tensor.type), le64(offset)]);
    offset += paddedBytes(tensor.dataBytes);
    return info;
  });
  return aligned(
    Buffer.concat([Buffer.from("GGUF"), le32(3), le64(tensors.length), le64(keys.length), ...keys, ...infos]),
  );
}

export function aligned(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(paddedBytes(bytes.length) - bytes.length)]);
}

export function paddedBytes(bytes: number): number {
  return Math.ceil(bytes / 32) * 32;
}

export function text(name: string, value: string): Buffer {
  return key(name, 8, string(value));
}

export function u32(name: string, value: number): Buffer {
  return key(name, 4, le32(value));
}

export function f32(name: string, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return key(name, 6, bytes);
}

export function bool(name: string, value: boolean): Buffer {
  return key(name, 7, Buffer.from([value ? 1 : 0]));
}

export function texts(name: string, values: readonly string[]): Buffer {
  return array(name, 8, values.map(string));
}

/** An array of signed 32-bit numbers. */
export function i32s(name: string, values: readonly number[]): Buffer {
  return array(name, 5, values.map(le32));
}

export function bools(name: string, values: readonly boolean[]): Buffer {
  return array(name, 7, [Buffer.from(values.map((value) => (value ? 1 : 0)))], values.length);
}

/** IEEE half precision of a number well inside its range. */
export function half(value: number): number {
  const bits = new Uint32Array(new Float32Array([value]).buffer)[0] ?? 0;
  const exponent = ((bits >>> 23) & 0xff) - 112;
  return exponent <= 0 ? 0 : ((bits >>> 16) & 0x8000) | (exponent << 10) | ((bits >>> 13) & 0x3ff);
}

/** The printable characters that byte-level vocabularies write for the 256 bytes. */
export function byteNames(): string[] {
  const printable = (byte: number): boolean => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
}

function array(name: string, type: number, items: readonly Buffer[], count = items.length): Buffer {
  return key(name, 9, Buffer.concat([le32(type), le64(count), ...items]));
}

function key(name: string, type: number, value: Buffer): Buffer {
  return Buffer.concat([string(name), le32(type), value]);
}

function string(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([le64(bytes.length), bytes]);
}

function le32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value | 0);
  return bytes;
}

function le64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
