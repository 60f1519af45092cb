import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type ClientContext, type ContentBlock, methods, type Stream } from "@agentclientprotocol/sdk";
import type { Clock } from "../../../models/clock.ts";
import type { AgentEnd, AgentTask, CodingAgent } from "../coding-agent.ts";
import { AgentDesk } from "./agent-desk.ts";
import { endOf, tripEnd } from "./agent-end.ts";
import { sessionSchema, startedSchema, turnEndSchema } from "./agent-messages.ts";
import { type AgentTrouble, protocolVersion, troubleSentence, WrongVersion } from "./agent-trouble.ts";
import { type AgentLimits, deferred, JobWatch, usualLimits } from "./job-watch.ts";
import { tapUpdates } from "./tapped-stream.ts";

/** The other end of an ACP connection. Disposing it ends the agent, whatever it is doing. */
export interface OpenedAgent extends AsyncDisposable {
  readonly stream: Stream;
  /** A line about how it runs, for people who watch. */
  readonly notice?: string;
  /** A sentence about what failed. Without it the error alone has to do. */
  explain?(trouble: AgentTrouble): Promise<string>;
}

export interface AcpAgentOptions {
  /** How it is called in sentences, such as "OpenCode" or "The coder". */
  readonly name: string;
  readonly clock: Clock;
  readonly limits?: Partial<AgentLimits>;
}

/** An agent at the other end of an ACP connection that is opened for every job and closed after it. */
export function acpAgent(
  open: (task: AgentTask, signal: AbortSignal) => Promise<OpenedAgent>,
  { name, clock, limits: own }: AcpAgentOptions,
): CodingAgent {
  const limits: AgentLimits = { ...usualLimits, ...own };
  return {
    run: async (task, onNews, signal) => {
      signal.throwIfAborted();
      await using opened = await open(task, signal);
      if (opened.notice !== undefined) onNews({ type: "note", text: opened.notice });
      using watch = new JobWatch(clock, limits);
      await using desk = new AgentDesk(task, onNews, watch, signal);
      const connection = desk.app.connect(tapUpdates(opened.stream, (params) => desk.hear(params)));
      using _connected = { [Symbol.dispose]: () => connection.close() };
      const job: Job = { name, task, desk, watch, authWays: [], sessionId: null };
      const answer = converse(connection.agent, job).then(
        (end) => ({ type: "end", end }) as const,
        (error: unknown) => ({ type: "failure", error }) as const,
      );
      using aborted = abortOf(signal);
      const first = await Promise.race([answer, watch.tripped, aborted.promise]);
      // One that talks for ever would not listen.
      if (first.type === "abort" || (first.type === "trip" && first.trip !== "messages")) {
        await stop(connection.agent, job, { answer, clock, graceMs: limits.graceMs });
      }
      signal.throwIfAborted();
      switch (first.type) {
        case "end":
          return first.end;
        case "trip":
          return tripEnd(first.trip, name, limits);
        case "failure":
          throw new Error(await sentence(opened, job, first.error), { cause: first.error });
        case "abort":
          throw signal.reason;
      }
    },
  };
}

interface Job {
  readonly name: string;
  readonly task: AgentTask;
  readonly desk: AgentDesk;
  readonly watch: JobWatch;
  authWays: AgentTrouble["authWays"];
  sessionId: string | null;
}

/** The whole talk: who are you, here is a folder, here is the task. */
async function converse(agent: ClientContext, job: Job): Promise<AgentEnd> {
  const { task, desk, watch } = job;
  using starting = watch.starting();
  const clientCapabilities = {
    fs: { readTextFile: true, writeTextFile: true },
    terminal: task.checks.names.length > 0,
  };
  const started = startedSchema.parse(
    await agent.request(methods.agent.initialize, {
      protocolVersion,
      clientCapabilities,
      clientInfo: { name: "sotto", title: "Sotto", version: "0.1.0" },
    }),
  );
  if (started.protocolVersion !== protocolVersion) throw new WrongVersion(started.protocolVersion);
  job.authWays = started.authMethods ?? [];
  const { sessionId } = sessionSchema.parse(
    await agent.request(methods.agent.session.new, { cwd: task.gate.folder, mcpServers: [] }),
  );
  job.sessionId = sessionId;
  desk.begin(sessionId);
  starting[Symbol.dispose]();
  watch.listen();
  const turn = turnEndSchema.parse(
    await agent.request(methods.agent.session.prompt, { sessionId, prompt: promptOf(task) }),
  );
  return endOf(turn.stopReason, desk.lastWords, job.name);
}

/** Tells it to stop, and waits as long as it may take. */
async function stop(
  agent: ClientContext,
  { sessionId }: Job,
  { answer, clock, graceMs }: { readonly answer: Promise<unknown>; readonly clock: Clock; readonly graceMs: number },
): Promise<void> {
  if (sessionId === null) return;
  agent.notify(methods.agent.session.cancel, { sessionId }).catch(() => undefined);
  const grace = new AbortController();
  await Promise.race([answer, clock.sleep(graceMs, grace.signal).catch(() => undefined)]);
  grace.abort();
}

function promptOf({ task, files, gate }: AgentTask): ContentBlock[] {
  const links = files.map(
    (path): ContentBlock => ({ type: "resource_link", name: path, uri: pathToFileURL(join(gate.folder, path)).href }),
  );
  return [{ type: "text", text: task }, ...links];
}

/** A promise of a signal's abort that lets go of the signal when it is disposed. */
function abortOf(signal: AbortSignal): Disposable & { readonly promise: Promise<{ readonly type: "abort" }> } {
  const { promise, resolve } = deferred<{ readonly type: "abort" }>();
  const abort = (): void => resolve({ type: "abort" });
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  return { promise, [Symbol.dispose]: () => signal.removeEventListener("abort", abort) };
}

async function sentence(opened: OpenedAgent, { name, sessionId, authWays }: Job, error: unknown): Promise<string> {
  const trouble: AgentTrouble = { at: sessionId === null ? "start" : "work", error, authWays };
  return opened.explain === undefined ? troubleSentence(name, trouble) : await opened.explain(trouble);
}
