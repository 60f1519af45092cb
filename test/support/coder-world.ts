import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type ClientConnection,
  client,
  methods,
  type PromptResponse,
  RequestError,
  type SessionUpdate,
} from "@agentclientprotocol/sdk";
import type { ReplyPart, ReplyRequest } from "../../models/roles.ts";
import { ScriptedWriter } from "../../models/servers/scripted.ts";
import {
  type BuiltInCoder,
  type BuiltInCoderOptions,
  builtInCoder,
} from "../../pipeline/handoff/coder/coder-connection.ts";
import { RefusedPath } from "../../pipeline/handoff/file-gate.ts";
import { PlainGate } from "./plain-gate.ts";
import { VirtualClock } from "./virtual-clock.ts";

type Answer = string | readonly ReplyPart[];

export interface CoderWorldScript {
  /** The folder as it is at the beginning. */
  readonly files?: Readonly<Record<string, string>>;
  /** What the model answers, in order; the last one for ever. */
  readonly answers: readonly (Answer | ((request: ReplyRequest, signal: AbortSignal) => AsyncIterable<ReplyPart>))[];
  /** Runs a check in the folder. */
  readonly checks?: Readonly<
    Record<string, (folder: string) => Promise<{ readonly code: number | null; readonly output: string }>>
  >;
  readonly options?: Partial<Omit<BuiltInCoderOptions, "writer" | "gate" | "checks" | "clock" | "log">>;
}

export interface Prompted {
  readonly stopReason: PromptResponse["stopReason"];
  /** The last message. */
  readonly says: string;
}

/** The built-in coder with a model that is written down, in a real folder, seen by a client as the protocol shows it. */
export class CoderWorld implements AsyncDisposable {
  readonly folder: string;
  readonly clock = new VirtualClock();
  readonly writer: ScriptedWriter;
  readonly updates: SessionUpdate[] = [];
  readonly logged: string[] = [];
  /** Names of checks in the order in which they ran. */
  readonly checked: string[] = [];
  readonly #coder: BuiltInCoder;
  readonly #client: ClientConnection;

  private constructor(folder: string, { answers, checks = {}, options = {} }: CoderWorldScript) {
    this.folder = folder;
    let turn = 0;
    this.writer = new ScriptedWriter((request, signal) => {
      const answer = answers[Math.min(turn++, answers.length - 1)] ?? "";
      if (typeof answer === "function") return answer(request, signal);
      return typeof answer === "string" ? [{ type: "text", text: answer }] : answer;
    });
    const gate = new PlainGate(folder);
    this.#coder = builtInCoder({
      writer: this.writer,
      model: "scripted",
      contextTokens: 16_384,
      actions: "auto",
      ...options,
      gate,
      checks: Object.keys(checks),
      clock: this.clock,
      log: (line) => void this.logged.push(line),
    });
    const ran = new Map<string, Promise<{ readonly code: number | null; readonly output: string }>>();
    const app = client({ name: "test" })
      .onNotification(methods.client.session.update, ({ params }) => void this.updates.push(params.update))
      .onRequest(methods.client.fs.readTextFile, async ({ params: { path, line, limit } }) => {
        const range = line === undefined ? undefined : { fromLine: line ?? 1, lines: limit ?? Number.MAX_SAFE_INTEGER };
        return { content: await refusing(gate.read(path, range)) };
      })
      .onRequest(methods.client.fs.writeTextFile, async ({ params: { path, content } }) => {
        await refusing(gate.write(path, content));
        return {};
      })
      .onRequest(methods.client.terminal.create, ({ params: { command, args } }) => {
        const [name = ""] = args ?? [];
        const check = checks[name];
        if (command !== "check" || check === undefined) throw new RequestError(-32_602, "That is not run here.");
        this.checked.push(name);
        ran.set(`${this.checked.length}`, check(folder));
        return { terminalId: `${this.checked.length}` };
      })
      .onRequest(methods.client.terminal.waitForExit, async ({ params: { terminalId } }) => ({
        exitCode: (await ran.get(terminalId))?.code ?? null,
      }))
      .onRequest(methods.client.terminal.output, async ({ params: { terminalId } }) => ({
        output: (await ran.get(terminalId))?.output ?? "",
        truncated: false,
      }))
      .onRequest(methods.client.terminal.kill, () => ({}))
      .onRequest(methods.client.terminal.release, () => ({}));
    this.#client = app.connect(this.#coder.stream);
  }

  static async open(script: CoderWorldScript): Promise<CoderWorld> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), "sotto-coder-")));
    for (const [path, text] of Object.entries(script.files ?? {})) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    return new CoderWorld(folder, script);
  }

  async begin(cwd: string = this.folder): Promise<string> {
    await this.#client.agent.request(methods.agent.initialize, { protocolVersion: 1 });
    return (await this.#client.agent.request(methods.agent.session.new, { cwd, mcpServers: [] })).sessionId;
  }

  /** @param named paths in the folder, or whole addresses */
  async prompt(task: string, named: readonly string[] = [], sessionId?: string): Promise<Prompted> {
    const id = sessionId ?? (await this.begin());
    const links = named.map((name) => ({
      type: "resource_link" as const,
      name,
      uri: name.includes(":") ? name : pathToFileURL(join(this.folder, name)).href,
    }));
    const answer = await this.#client.agent.request<PromptResponse>(methods.agent.session.prompt, {
      sessionId: id,
      prompt: [{ type: "text", text: task }, ...links],
    });
    const message = this.updates.findLast((update) => update.sessionUpdate === "agent_message_chunk");
    const says = message?.content.type === "text" ? message.content.text : "";
    return { stopReason: answer.stopReason, says };
  }

  cancel(sessionId: string): Promise<void> {
    return this.#client.agent.notify(methods.agent.session.cancel, { sessionId });
  }

  read(path: string): Promise<string> {
    return readFile(join(this.folder, path), "utf8");
  }

  /** The files that are there now. */
  list(): Promise<readonly string[]> {
    return new PlainGate(this.folder).list();
  }

  /** What people saw: titles of actions, and how they went. */
  get seen(): readonly string[] {
    const titles = new Map<string, string>();
    return this.updates.flatMap((update) => {
      if ((update.sessionUpdate === "tool_call" || update.sessionUpdate === "tool_call_update") && update.title)
        titles.set(update.toolCallId, `${update.kind}: ${update.title}`);
      if (update.sessionUpdate !== "tool_call_update" || update.status === "in_progress") return [];
      return [`${titles.get(update.toolCallId)} (${update.status})`];
    });
  }

  /** What the model was sent in a request, all in one; the first is 0. */
  sent(request: number): string {
    const messages = this.writer.requests[request]?.messages ?? [];
    return messages.map((message) => ("text" in message ? message.text : JSON.stringify(message))).join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.close();
    await this.#coder[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function refusing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof RefusedPath) throw new RequestError(-32_602, error.message);
    throw error;
  }
}
