const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text that these bytes are; null when they are none. */
export function textOf(bytes: Uint8Array): string | null {
  // A file may be cut short in the middle of a character only at its end, and then it is no text.
  if (bytes.subarray(0, 8_000).includes(0)) return null;
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}
