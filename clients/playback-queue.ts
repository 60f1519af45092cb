/** How far one answer has been played, in frames of the loudspeaker. */
export interface Played {
  readonly key: string;
  readonly frames: number;
  /** False once nothing more of it will be played. */
  readonly playing: boolean;
}

interface Entry {
  readonly key: string;
  chunks: Float32Array[];
  /** Frames of `chunks[0]` that were already played. */
  offset: number;
  buffered: number;
  played: number;
  ended: boolean;
}

/** At 24 or 48 kHz about a millisecond: too short to hear, long enough not to click. */
const fadeFrames = 32;
const rememberedKeys = 64;

/**
 * What waits to be heard, answer after answer, pulled at the loudspeaker's pace. It counts what was really played, so
 * that a conversation can remember what was heard and not what was sent.
 */
export class PlaybackQueue {
  readonly #prefillFrames: number;
  readonly #report: (played: Played) => void;
  #entries: Entry[] = [];
  readonly #dropped = new Set<string>();
  #flowing = false;
  #clearing = false;
  #lastValue = 0;
  #tail = 0;

  /**
   * @param options.prefillFrames kept back before an answer begins, and again after a gap, so that it does not stutter
   * @param options.report called when an answer has been played to its end or was cleared
   */
  constructor(options: { readonly prefillFrames: number; readonly report: (played: Played) => void }) {
    this.#prefillFrames = options.prefillFrames;
    this.#report = options.report;
  }

  /** The answer that is being played just now. */
  get current(): Played | undefined {
    const entry = this.#entries[0];
    return entry && { key: entry.key, frames: entry.played, playing: true };
  }

  get empty(): boolean {
    return this.#entries.length === 0;
  }

  push(key: string, samples: Float32Array): void {
    if (this.#dropped.has(key) || samples.length === 0) return;
    const entry = this.#entry(key);
    entry.chunks.push(samples);
    entry.buffered += samples.length;
  }

  /** No more will come of this answer. */
  end(key: string): void {
    const entry = this.#entries.find((other) => other.key === key);
    if (entry) entry.ended = true;
    this.#finishPlayed();
  }

  /** Silences everything, within a millisecond; what still comes of these answers is dropped. */
  clear(): void {
    for (const entry of this.#entries) this.#remember(entry.key);
    this.#clear();
  }

  /** Never plays any of this answer, now or later. */
  drop(key: string): void {
    this.#remember(key);
    this.#clear();
  }

  /** Fills `output` with the next frames, silence where there are none. */
  pull(output: Float32Array): void {
    let at = 0;
    if (this.#clearing) at = this.#fadeOut(output);
    while (at < output.length) {
      const entry = this.#next();
      if (!entry) break;
      at += this.#copy(entry, output, at);
      this.#finishPlayed();
    }
    this.#silence(output, at);
  }

  #entry(key: string): Entry {
    const known = this.#entries.find((entry) => entry.key === key);
    if (known) return known;
    const entry: Entry = { key, chunks: [], offset: 0, buffered: 0, played: 0, ended: false };
    // A new answer begins only when the one before has been sent whole, even if its end was never announced.
    for (const earlier of this.#entries) earlier.ended = true;
    this.#entries.push(entry);
    return entry;
  }

  #next(): Entry | undefined {
    const entry = this.#entries[0];
    if (!entry || entry.buffered === 0) {
      this.#flowing = false;
      return undefined;
    }
    this.#flowing ||= entry.ended || entry.buffered >= this.#prefillFrames;
    return this.#flowing ? entry : undefined;
  }

  #copy(entry: Entry, output: Float32Array, at: number): number {
    const chunk = entry.chunks[0];
    if (!chunk) return 0;
    const count = Math.min(chunk.length - entry.offset, output.length - at);
    output.set(chunk.subarray(entry.offset, entry.offset + count), at);
    entry.offset += count;
    entry.buffered -= count;
    entry.played += count;
    if (entry.offset === chunk.length) {
      entry.chunks.shift();
      entry.offset = 0;
    }
    this.#lastValue = output[at + count - 1] ?? 0;
    this.#tail = fadeFrames;
    return count;
  }

  /** Plays a last millisecond, ever softer, then forgets everything. */
  #fadeOut(output: Float32Array): number {
    const entry = this.#entries[0];
    const frames = Math.min(fadeFrames, output.length, entry?.buffered ?? 0);
    let at = 0;
    while (entry && at < frames) at += this.#copy(entry, output.subarray(0, frames), at);
    for (let i = 0; i < frames; i += 1) output[i] = (output[i] ?? 0) * (1 - (i + 1) / frames);
    this.#lastValue = 0;
    this.#tail = 0;
    this.#clearing = false;
    this.#flowing = false;
    this.#forgetDropped();
    return frames;
  }

  /** Where the sound breaks off, the last value sinks to zero: a jump would click. */
  #silence(output: Float32Array, from: number): void {
    for (let at = from; at < output.length; at += 1) {
      output[at] = this.#tail > 0 ? (this.#lastValue * (this.#tail - 1)) / fadeFrames : 0;
      if (this.#tail > 0) this.#tail -= 1;
    }
  }

  #finishPlayed(): void {
    for (let entry = this.#entries[0]; entry?.ended && entry.buffered === 0; entry = this.#entries[0]) {
      this.#entries.shift();
      this.#remember(entry.key);
      this.#report({ key: entry.key, frames: entry.played, playing: false });
    }
  }

  /** What sounds just now is faded out by the next pull; anything else can go at once. */
  #clear(): void {
    const [first] = this.#entries;
    if (this.#flowing && first && this.#dropped.has(first.key)) this.#clearing = true;
    else this.#forgetDropped();
  }

  #forgetDropped(): void {
    const gone = this.#entries.filter((entry) => this.#dropped.has(entry.key));
    this.#entries = this.#entries.filter((entry) => !this.#dropped.has(entry.key));
    for (const entry of gone) this.#report({ key: entry.key, frames: entry.played, playing: false });
  }

  #remember(key: string): void {
    this.#dropped.add(key);
    const [oldest] = this.#dropped;
    if (this.#dropped.size > rememberedKeys && oldest !== undefined) this.#dropped.delete(oldest);
  }
}
