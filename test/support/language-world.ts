import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../models/clock.ts";
import { type LanguageModels, type LanguageModelsOptions, openLanguageModels } from "../../models/language-models.ts";
import { FixedEngines } from "../../models/residency/fixed-engines.ts";
import { MemoryBooks } from "../../models/residency/memory-books.ts";
import type { LanguageRole, ReplyPart, ReplyRequest } from "../../models/roles.ts";
import { ChatWriter } from "../../models/servers/chat-writer.ts";
import { ScriptedMachine } from "./scripted-machine.ts";

const never: AbortSignal = new AbortController().signal;
export const gigabyte = 1e9;

export interface LanguageWorld {
  readonly models: LanguageModels;
  readonly books: MemoryBooks;
  readonly machine: ScriptedMachine;
  readonly logs: readonly string[];
  /** "voice evicted", "voice evicted healed", … as those who watch are told. */
  readonly pins: readonly string[];
  /** The types of what the journal keeps, with the model and the cause where there are any. */
  readonly journal: () => readonly string[];
  readonly close: () => Promise<void>;
}

/** Language models on real servers of a machine whose memory is scripted, in real time. */
export async function languageWorld(
  options: Pick<LanguageModelsOptions, "settings"> & Partial<LanguageModelsOptions>,
  machine: ScriptedMachine = new ScriptedMachine({ ramBytes: 32 * gigabyte }),
): Promise<LanguageWorld> {
  const folder = await mkdtemp(join(tmpdir(), "sotto-language-"));
  const logs: string[] = [];
  const pins: string[] = [];
  const log = (line: string): void => void logs.push(line);
  const { sources } = machine;
  const books = await MemoryBooks.open({ folder, reserveBytes: gigabyte, sources, clock: systemClock, log }, never);
  const forget = async (): Promise<void> => {
    books[Symbol.dispose]();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const models = await openLanguageModels(
      {
        books,
        engines: new FixedEngines({}),
        places: [],
        environment: {},
        probesPins: false,
        writerFor: (_role, _starter, completion, { contextTokens }) => new ChatWriter({ completion, contextTokens }),
        clock: systemClock,
        log,
        ...options,
      },
      never,
    );
    models.residency.watch((change) => {
      if (change.type === "pin-broken") pins.push(`${change.model} ${change.cause}${change.healed ? " healed" : ""}`);
    });
    const journal = (): readonly string[] =>
      books.journal.last(1_000).map(({ type, detail }) => {
        const { model = "", cause = "" } = JSON.parse(detail);
        return `${type} ${model} ${cause}`.trim();
      });
    const close = async (): Promise<void> => {
      await models.residency[Symbol.asyncDispose]();
      await forget();
    };
    return { models, books, machine, logs, pins, journal, close };
  } catch (error) {
    await forget();
    throw error;
  }
}

/** What a role's model says, word for word, under a lease of its own. */
export async function said({ models }: LanguageWorld, role: LanguageRole, text = "why"): Promise<string> {
  using lease = await models.residency.lease({ role, urgent: true }, never);
  let answer = "";
  for await (const part of lease.engine.reply(question(text), never)) answer += part.type === "text" ? part.text : "";
  return answer;
}

/** Everything that comes until the answer ends, and how it failed. */
export async function heard(
  parts: AsyncIterable<ReplyPart>,
): Promise<{ readonly parts: readonly ReplyPart[]; readonly failure: unknown }> {
  const all: ReplyPart[] = [];
  try {
    for await (const part of parts) all.push(part);
    return { parts: all, failure: undefined };
  } catch (failure) {
    return { parts: all, failure };
  }
}

export function question(text: string): ReplyRequest {
  return { conversation: "c", messages: [{ from: "user", text }], tools: [], toolChoice: "none", maxTokens: 24 };
}
