/**
 * Programs write sound in chunks of any length, even in the middle of a sample. This cuts it into whole frames.
 * @param frameBytes even
 */
export function createSampleAligner(frameBytes: number): (chunk: Uint8Array) => readonly Uint8Array<ArrayBuffer>[] {
  let kept = new Uint8Array(0);
  return (chunk) => {
    const joined = new Uint8Array(kept.length + chunk.length);
    joined.set(kept);
    joined.set(chunk, kept.length);
    const frames: Uint8Array<ArrayBuffer>[] = [];
    let at = 0;
    for (; at + frameBytes <= joined.length; at += frameBytes) frames.push(joined.slice(at, at + frameBytes));
    kept = joined.slice(at);
    return frames;
  };
}
