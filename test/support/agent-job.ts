import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { AnyMessage } from "@agentclientprotocol/sdk";
import type { OpenedAgent } from "../../pipeline/handoff/agents/acp-agent.ts";
import { isInsideCopy } from "../../pipeline/handoff/agents/inside-copy.ts";
import type { AgentNews, AgentTask, CheckOutcome } from "../../pipeline/handoff/coding-agent.ts";
import { type FileGate, RefusedPath } from "../../pipeline/handoff/file-gate.ts";
import { type StubMemory, type StubScript, stubAgent } from "./acp-stub.ts";

/** A real folder with a job in it, and another beside it that nothing may touch. */
export interface AgentJob extends AsyncDisposable {
  readonly task: AgentTask;
  readonly folder: string;
  readonly outside: string;
  readonly news: AgentNews[];
  readonly onNews: (news: AgentNews) => void;
  /** Every file of the folder with its text. */
  files(): Promise<Readonly<Record<string, string>>>;
  /** Of the other folder. */
  outsideFiles(): Promise<Readonly<Record<string, string>>>;
}

export interface JobWishes {
  readonly task?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly named?: readonly string[];
  readonly checks?: Readonly<Record<string, CheckOutcome>>;
  readonly onCheck?: (signal: AbortSignal) => Promise<void>;
}

export async function agentJob(wishes: JobWishes = {}): Promise<AgentJob> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "sotto-agent-")));
  const folder = join(root, "copy");
  const outside = join(root, "outside");
  await mkdir(folder);
  await mkdir(outside);
  await writeFile(join(outside, "secret.txt"), "secret");
  for (const [path, text] of Object.entries(wishes.files ?? { "a.txt": "one\ntwo\nthree\n" })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const { checks = {} } = wishes;
  const news: AgentNews[] = [];
  const task: AgentTask = {
    task: wishes.task ?? "Say hello",
    files: wishes.named ?? [],
    gate: folderGate(folder),
    checks: {
      names: Object.keys(checks),
      run: async (name, _folder, signal) => {
        await wishes.onCheck?.(signal);
        return checks[name] ?? { ran: false, name, why: "There is no such check." };
      },
    },
  };
  return {
    task,
    folder,
    outside,
    news,
    onNews: (line) => void news.push(line),
    files: () => textFiles(folder),
    outsideFiles: () => textFiles(outside),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

/** Opens a stub in this process, at the other end of a pair of streams. */
export function openStub(script: StubScript, memory?: StubMemory): () => Promise<OpenedAgent> {
  return async () => {
    const there = new TransformStream<AnyMessage, AnyMessage>();
    const back = new TransformStream<AnyMessage, AnyMessage>();
    const connection = stubAgent(script, memory).connect({ readable: there.readable, writable: back.writable });
    return {
      stream: { readable: back.readable, writable: there.writable },
      [Symbol.asyncDispose]: async () => connection.close(),
    };
  };
}

/** As small as a gate can be. */
function folderGate(folder: string): FileGate {
  const inner = async (path: string): Promise<string> => {
    if (!(await isInsideCopy(folder, path))) throw new RefusedPath(path, `"${path}" is outside of the folder.`);
    return resolve(folder, path);
  };
  return {
    folder,
    list: async () => Object.keys(await textFiles(folder)),
    read: async (path, range) => {
      const file = await inner(path);
      const text = await readFile(file, "utf8").catch(() => {
        throw new RefusedPath(path, `There is no file "${path}".`);
      });
      if (range === undefined) return text;
      const lines = text.split("\n").slice(range.fromLine - 1, range.fromLine - 1 + range.lines);
      return lines.join("\n");
    },
    write: async (path, text) => {
      const file = await inner(path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    },
    search: async () => [],
  };
}

async function textFiles(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  return Object.fromEntries(
    files.map((file, index) => [relative(folder, file).split(sep).join("/"), texts[index] ?? ""]),
  );
}
