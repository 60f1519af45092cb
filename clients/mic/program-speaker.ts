import { type ChildProcess, spawn } from "node:child_process";
import type { ClientClock } from "../client-clock.ts";
import { type Loudspeaker, type PlayedReport, reportEveryMs } from "../loudspeaker.ts";
import { bytesOfSamples, wireRateHz } from "../pcm16.ts";
import type { SoundProgram } from "./sound-programs.ts";

interface Entry {
  readonly itemId: string;
  written: number;
  played: number;
  ended: boolean;
}

export interface ProgramSpeakerOptions {
  readonly program: SoundProgram;
  readonly clock: ClientClock;
  readonly report: (played: PlayedReport) => void;
  /** The program cannot be started or gave up. */
  readonly failed: (why: string) => void;
}

const tickMs = 20;
/** From a sample's being written to its being heard: start of the program, its buffer and the device's. */
const deviceMs = 120;
const rememberedDrops = 64;

/**
 * Plays through another program: one process for each stretch of speech, ended by closing its input, silenced by
 * killing it. Such programs do not say how far they are, so it is reckoned by the clock since sound was there to play.
 */
export class ProgramSpeaker implements Loudspeaker, Disposable {
  readonly #options: ProgramSpeakerOptions;
  readonly #dropped = new Set<string>();
  #life = new AbortController();
  #entries: Entry[] = [];
  #process: ChildProcess | undefined;
  #waitMs = 0;
  #running = false;

  constructor(options: ProgramSpeakerOptions) {
    this.#options = options;
  }

  play(itemId: string, samples: Int16Array): void {
    if (this.#dropped.has(itemId)) return;
    this.#process ??= this.#spawn();
    this.#process.stdin?.write(bytesOfSamples(samples));
    let entry = this.#entries.find((other) => other.itemId === itemId);
    if (!entry) {
      for (const earlier of this.#entries) earlier.ended = true;
      entry = { itemId, written: 0, played: 0, ended: false };
      this.#entries.push(entry);
    }
    entry.written += samples.length;
    if (!this.#running) void this.#follow();
  }

  end(itemId: string): void {
    const entry = this.#entries.find((other) => other.itemId === itemId);
    if (entry) entry.ended = true;
  }

  clear(): void {
    for (const entry of this.#entries) this.#drop(entry.itemId);
    this.#silence();
  }

  drop(itemId: string): void {
    this.#drop(itemId);
    // One process plays them all; a later answer cannot have begun before this one was over.
    if (this.#entries.some((entry) => entry.itemId === itemId)) this.#silence();
  }

  [Symbol.dispose](): void {
    this.clear();
  }

  #spawn(): ChildProcess {
    const { program, failed } = this.#options;
    const child = spawn(program.path, [...program.args], {
      stdio: ["pipe", "ignore", "ignore"],
      env: { ...process.env, ...program.env },
    });
    const gone = (why: string): void => {
      if (this.#process !== child) return;
      this.#silence();
      failed(why);
    };
    child.on("error", (error) => gone(`${program.name} cannot be started (${error.message})`));
    child.on("exit", (code) => gone(`${program.name} stopped with exit code ${code ?? "none"}`));
    // It is killed in the middle of a write whenever somebody cuts in.
    child.stdin.on("error", () => undefined);
    this.#waitMs = deviceMs;
    return child;
  }

  #silence(): void {
    const gone = this.#process;
    this.#process = undefined;
    gone?.kill("SIGKILL");
    const entries = this.#entries;
    this.#entries = [];
    this.#life.abort();
    this.#life = new AbortController();
    for (const { itemId, played } of entries)
      this.#options.report({ itemId, playedSamples: Math.floor(played), playing: false });
  }

  /** Follows what must be sounding by now, until all of it has. */
  async #follow(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#life;
    this.#running = true;
    let lastMs = clock.nowMs();
    let reportedMs = Number.NEGATIVE_INFINITY;
    try {
      while (this.#entries.length > 0 && !signal.aborted) {
        await clock.sleep(tickMs, signal);
        const nowMs = clock.nowMs();
        this.#advance(nowMs - lastMs);
        lastMs = nowMs;
        const [entry] = this.#entries;
        if (!entry || entry.played === 0 || nowMs - reportedMs < reportEveryMs) continue;
        reportedMs = nowMs;
        this.#options.report({ itemId: entry.itemId, playedSamples: Math.floor(entry.played), playing: true });
      }
      this.#rest();
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#running = false;
      if (this.#entries.length > 0) void this.#follow();
    }
  }

  #advance(elapsedMs: number): void {
    const waited = Math.min(this.#waitMs, elapsedMs);
    this.#waitMs -= waited;
    let frames = ((elapsedMs - waited) * wireRateHz) / 1_000;
    for (let entry = this.#entries[0]; entry; entry = this.#entries[0]) {
      const step = Math.min(frames, entry.written - entry.played);
      entry.played += step;
      frames -= step;
      if (!entry.ended || entry.played < entry.written) return;
      this.#entries.shift();
      this.#drop(entry.itemId);
      this.#options.report({ itemId: entry.itemId, playedSamples: entry.written, playing: false });
    }
  }

  /** Everything has been said: the program plays what it still has and goes. */
  #rest(): void {
    const done = this.#process;
    this.#process = undefined;
    done?.stdin?.end();
  }

  #drop(itemId: string): void {
    this.#dropped.add(itemId);
    const [oldest] = this.#dropped;
    if (this.#dropped.size > rememberedDrops && oldest !== undefined) this.#dropped.delete(oldest);
  }
}
