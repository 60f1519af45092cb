import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemClock } from "../../models/clock.ts";
import { openLanguageModels } from "../../models/language-models.ts";
import { FixedEngines } from "../../models/residency/fixed-engines.ts";
import { MemoryBooks } from "../../models/residency/memory-books.ts";
import { ChatWriter } from "../../models/servers/chat-writer.ts";

const never = new AbortController().signal;

/** The voice's first rung: whether its memory was measured, and how much it is. */
async function start(folder: string): Promise<{ readonly before: Rung; readonly after: Rung }> {
  const log = (line: string): void => expect.fail(line);
  using books = await MemoryBooks.open({ folder, reserveBytes: 0, clock: systemClock, log }, never);
  const { residency } = await openLanguageModels(
    {
      settings: [{ role: "voice", model: "starter" }],
      books,
      engines: new FixedEngines({}),
      places: [],
      writerFor: (_role, _isStarter, completion, { contextTokens }) => new ChatWriter({ completion, contextTokens }),
      clock: systemClock,
      log,
    },
    never,
  );
  const rung = (): Rung => {
    const [{ measured = false, shares = [] } = {}] = residency.state.models[0]?.ladder ?? [];
    return { measured, bytes: shares.reduce((sum, { bytes }) => sum + bytes, 0) };
  };
  const before = rung();
  await residency.ready(never);
  const after = rung();
  await residency[Symbol.asyncDispose]();
  return { before, after };
}

interface Rung {
  readonly measured: boolean;
  readonly bytes: number;
}

test("what a model took is measured at its first load, and known at the next start", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sotto-second-"));
  const first = await start(folder);
  expect(first.before.measured).toBe(false);
  expect(first.after.measured).toBe(true);
  const second = await start(folder);
  expect(second.before).toEqual(first.after);
  await rm(folder, { recursive: true });
});
