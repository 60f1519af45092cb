import { systemClock } from "../../../models/clock.ts";
import { packageFile } from "../../../models/host/entries.ts";
import { EmbeddedServer } from "../../../models/servers/embedded.ts";
import { CoderWriter } from "../../../models/starter/coder/coder-writer.ts";
import type { Matcher } from "../../../models/starter/phrase-book/matcher.ts";
import type { JobView } from "../../../pipeline/realtime/job-events.ts";
import { until } from "../../support/until.ts";
import type { CodingCase } from "../starter/coder-cases.ts";
import { type CodingWorld, clearJobs, isAtCoder, jobsOf } from "./coding-world.ts";
import { isSame, type NamedFile, proposedFile, wantedFile } from "./proposed-file.ts";

/** A task that was typed, and the file that came of it. */
export interface TypedTask {
  readonly text: string;
  readonly file: NamedFile | null;
  readonly isRight: boolean;
}

/** More would be many in the queue, and the longest of them waits for all others. */
const atOnce = 8;

/** Through the whole service: queue, working copy, coder, diff. */
export async function typeTasks(world: CodingWorld, cases: readonly CodingCase[]): Promise<readonly TypedTask[]> {
  await using client = await world.open();
  client.send({ type: "session.update", session: { type: "realtime", output_modalities: ["text"] } });
  const typed: TypedTask[] = [];
  for (let from = 0; from < cases.length; from += atOnce) {
    const some = cases.slice(from, from + atOnce);
    const known = new Set(jobsOf(client).map(({ id }) => id));
    const mine = (): readonly JobView[] => jobsOf(client).filter(({ id }) => !known.has(id));
    for (const { text } of some) client.send({ type: "sotto.job.start", task: text });
    await until(() => mine().length === some.length && !mine().some(isAtCoder), 120_000);
    for (const one of some) {
      const job = mine().find(({ task }) => task === one.text);
      const file = job === undefined ? null : proposedFile(job);
      typed.push({ text: one.text, file, isRight: isSame(wantedFile(one), file) });
    }
    await clearJobs(client);
  }
  return typed;
}

/** Shares of all tasks, 0 to 1. */
export interface CoderShares {
  readonly right: number;
  /** The coder said that it cannot do it. */
  readonly refused: number;
}

/** The coder's model alone. @param matcher what code knows of the words */
export async function askCoder(cases: readonly CodingCase[], matcher: Matcher): Promise<CoderShares> {
  await using server = new EmbeddedServer({
    name: "coder",
    modelPath: packageFile("models/starter/coder.gguf"),
    clock: systemClock,
    log: console.error,
  });
  await server.ready();
  const writer = new CoderWriter({ completion: server, matcher });
  const counts = { right: 0, refused: 0 };
  for (const one of cases) {
    const request = {
      conversation: "bench",
      messages: [{ from: "user", text: one.text }],
      tools: [],
      toolChoice: "none",
      maxTokens: 800,
    } as const;
    let said = "";
    for await (const part of writer.reply(request, new AbortController().signal))
      if (part.type === "text") said += part.text;
    if (isSame(wantedFile(one), writtenFile(said))) counts.right += 1;
    else if (said.startsWith("CANNOT: ")) counts.refused += 1;
  }
  return { right: counts.right / cases.length, refused: counts.refused / cases.length };
}

function writtenFile(said: string): NamedFile | null {
  const [, path, content] = /^FILE: (.*)\n```\w*\n([\s\S]*)```\nDONE: /.exec(said) ?? [];
  return path === undefined || content === undefined ? null : { path, content };
}
