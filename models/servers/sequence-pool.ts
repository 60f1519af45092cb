import { ModelError } from "../errors.ts";
import { untilAborted } from "./until-aborted.ts";

/** A sequence that nobody else uses until the end of the block. */
export interface Taken<S> extends Disposable {
  readonly sequence: S;
}

/** Sequences that are made when they are first needed. */
interface LaterSequences<S> {
  readonly count: number;
  readonly make: () => Promise<S>;
}

interface Entry<S> {
  readonly sequence: Promise<S>;
  /** Those who use it or wait for it. */
  users: number;
  /** Resolves when the last of them is done. */
  tail: Promise<void>;
}

/** Gives each name its own sequence, so that each conversation finds its KV cache again; the name unused longest gives way. */
export class SequencePool<S> {
  readonly #free: Promise<S>[];
  readonly #size: number;
  readonly #later: LaterSequences<S> | undefined;
  #unmade: number;
  /** In the order of use, oldest first. */
  readonly #entries = new Map<string, Entry<S>>();

  constructor(sequences: readonly S[], later?: LaterSequences<S>) {
    this.#free = sequences.map((sequence) => Promise.resolve(sequence));
    this.#later = later;
    this.#unmade = later?.count ?? 0;
    this.#size = sequences.length + this.#unmade;
  }

  /**
   * Waits while the same name is in use.
   * @throws ModelError `busy` when every sequence is used by another name; the signal's reason when it aborts first; why one could not be made.
   */
  async take(name: string, signal: AbortSignal): Promise<Taken<S>> {
    signal.throwIfAborted();
    const entry = this.#entry(name);
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    entry.users += 1;
    const before = entry.tail;
    let free = (): void => undefined;
    entry.tail = new Promise((resolve) => {
      free = resolve;
    });
    let taken = true;
    const leave = (): void => {
      if (!taken) return;
      taken = false;
      entry.users -= 1;
      // One who leaves the queue early must not let the next one overtake those before.
      void before.then(free);
    };
    try {
      const sequence = await untilAborted(
        before.then(() => entry.sequence),
        signal,
      );
      return { sequence, [Symbol.dispose]: leave };
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** Frees the sequence of a name that will not be used again. */
  forget(name: string): void {
    const entry = this.#entries.get(name);
    if (entry === undefined || entry.users > 0) return;
    this.#entries.delete(name);
    this.#free.push(entry.sequence);
  }

  #entry(name: string): Entry<S> {
    const known = this.#entries.get(name);
    if (known !== undefined) return known;
    const sequence = this.#free.pop() ?? this.#made(name) ?? this.#evict();
    return { sequence, users: 0, tail: Promise.resolve() };
  }

  /** One that cannot be made is tried again for whoever asks next. */
  #made(name: string): Promise<S> | undefined {
    if (this.#later === undefined || this.#unmade === 0) return;
    this.#unmade -= 1;
    const sequence = this.#later.make();
    sequence.catch(() => {
      this.#unmade += 1;
      if (this.#entries.get(name)?.sequence === sequence) this.#entries.delete(name);
    });
    return sequence;
  }

  #evict(): Promise<S> {
    for (const [name, entry] of this.#entries) {
      if (entry.users > 0) continue;
      this.#entries.delete(name);
      return entry.sequence;
    }
    throw new ModelError("busy", `All ${this.#size} conversations that this model can hold are being answered`);
  }
}
