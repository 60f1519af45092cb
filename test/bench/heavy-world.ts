import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { systemClock } from "../../models/clock.ts";
import { type LanguageModels, openLanguageModels, type RoleSetting } from "../../models/language-models.ts";
import { FixedEngines } from "../../models/residency/fixed-engines.ts";
import { MemoryBooks } from "../../models/residency/memory-books.ts";
import type { ReplyPart, ReplyRequest, Writer } from "../../models/roles.ts";
import type { Completion } from "../../models/servers/server.ts";
import { llamaOfBytes, writeRandomGguf } from "../support/random-gguf.ts";

const swapEnd = z.object({ actualMs: z.number() });

/** Language models under the budgeter, as the service has them, without the rest of it. */
export interface HeavyWorld extends AsyncDisposable {
  readonly languages: LanguageModels;
  /** What the last swap took, from its first step to a model that is ready: how long others were let to stay before is not in it. */
  readonly lastSwapMs: () => number;
}

/** @param slotBytes Most that models beside the voice may take together; otherwise what is there. */
export async function openHeavyWorld(settings: readonly RoleSetting[], slotBytes?: number): Promise<HeavyWorld> {
  const { signal } = new AbortController();
  const folder = await mkdtemp(join(tmpdir(), "sotto-bench-"));
  const log = (line: string): void => console.error(line);
  const slot = slotBytes === undefined ? {} : { slotBytes };
  const books = await MemoryBooks.open({ folder, reserveBytes: 500_000_000, ...slot, clock: systemClock, log }, signal);
  const languages = await openLanguageModels(
    {
      settings,
      books,
      engines: new FixedEngines({}),
      places: [],
      writerFor: (_role, _isStarter, completion) => plainWriter(completion),
      clock: systemClock,
      log,
    },
    signal,
  );
  await languages.residency.ready(signal);
  return {
    languages,
    lastSwapMs: () => {
      const last = books.journal.last(50).findLast(({ type }) => type === "swap-end");
      return last === undefined ? Number.NaN : swapEnd.parse(JSON.parse(last.detail)).actualMs;
    },
    [Symbol.asyncDispose]: async () => {
      await languages.residency[Symbol.asyncDispose]();
      books[Symbol.dispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Goes on from the last words, whatever comes: models of random weights would write calls that nobody can read. */
export function plainWriter(completion: Completion): Writer {
  return {
    async *reply({ conversation, messages, maxTokens }, inner): AsyncGenerator<ReplyPart, void, void> {
      const last = messages.at(-1);
      const text = last !== undefined && "text" in last ? last.text : "";
      const prompt = [{ text, special: false }];
      const request = { sequence: conversation, prompt, maxTokens, temperature: 1, stop: [] };
      for await (const part of completion.generate(request, inner)) yield { type: "text", text: part.text };
    },
  };
}

/** A model of about so many bytes: random weights, real shape. */
export async function heavyFile(bytes: number, seed = 1): ReturnType<typeof writeRandomGguf> {
  return await writeRandomGguf({ ...llamaOfBytes(bytes), seed });
}

export function question(
  conversation: string,
  maxTokens: number,
  text = "what can you tell me about it",
): ReplyRequest {
  return { conversation, messages: [{ from: "user", text }], tools: [], toolChoice: "none", maxTokens };
}

export interface TimedReply {
  readonly firstMs: number;
  readonly wholeMs: number;
  readonly parts: number;
}

/** Anything that answers. */
export type Ask = (request: ReplyRequest, signal: AbortSignal) => AsyncIterable<unknown>;

/** A voice turn as the session makes it: heavy models keep still from its first word to its first sound. */
export async function* turn(
  { residency }: LanguageModels,
  request: ReplyRequest,
  signal: AbortSignal,
): AsyncIterable<unknown> {
  using hold = residency.holdVoiceTurn();
  using lease = await residency.lease({ role: "voice" }, signal);
  for await (const part of lease.engine.reply(request, signal)) {
    hold[Symbol.dispose]();
    yield part;
  }
}

export async function timed(ask: Ask, request: ReplyRequest): Promise<TimedReply> {
  const { signal } = new AbortController();
  const beganMs = systemClock.nowMs();
  let firstMs: number | undefined;
  let parts = 0;
  for await (const _part of ask(request, signal)) {
    firstMs ??= systemClock.nowMs() - beganMs;
    parts += 1;
  }
  const lastMs = systemClock.nowMs() - beganMs;
  const first = firstMs ?? lastMs;
  // A model may end before it has written all that it might: the rest is reckoned at the same pace.
  const wholeMs = parts < 2 ? lastMs : first + ((lastMs - first) / (parts - 1)) * (request.maxTokens - 1);
  return { firstMs: first, wholeMs, parts };
}

/** A heavy model that writes and writes, until it is disposed of. */
export class Babble implements Disposable {
  readonly #life = new AbortController();
  #written = 0;
  #error: unknown;

  constructor(ask: Ask) {
    const write = async (): Promise<void> => {
      for (let round = 0; ; round += 1) {
        for await (const _part of ask(question(`babble ${round}`, 1_000, "go"), this.#life.signal)) this.#written += 1;
      }
    };
    write().catch((error: unknown) => {
      if (!this.#life.signal.aborted) this.#error = error;
    });
  }

  /** Resolves when so many more words are written. */
  async words(count: number): Promise<void> {
    for (const until = this.#written + count; this.#written < until; ) {
      if (this.#error !== undefined) throw this.#error;
      await systemClock.sleep(5);
    }
  }

  [Symbol.dispose](): void {
    this.#life.abort();
  }
}
