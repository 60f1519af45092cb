import { randomUUID } from "node:crypto";
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type AnyMessage,
  agent,
  type ContentBlock,
  methods,
  PROTOCOL_VERSION,
  type PromptResponse,
  RequestError,
  type Stream,
} from "@agentclientprotocol/sdk";
import type { Clock } from "../../../models/clock.ts";
import { ModelError } from "../../../models/errors.ts";
import type { Writer } from "../../../models/roles.ts";
import { childOf, type Scope } from "../../flow/scope.ts";
import type { Log } from "../../log.ts";
import type { FileGate } from "../file-gate.ts";
import { type ActionStyle, actionStyle } from "./action-style.ts";
import { CoderDesk } from "./coder-desk.ts";
import { folderMap } from "./coder-opening.ts";
import { runCoder } from "./coder-run.ts";
import type { CoderBudget, CoderEnd } from "./coder-state.ts";
import { coderTools } from "./coder-tools.ts";
import { textForm, textRules, toolForm, toolRules } from "./prompt.ts";
import type { OpenFile } from "./shown-file.ts";
import { Workbench } from "./workbench.ts";

export interface BuiltInCoderOptions {
  /** Of a lease that lasts as long as the connection. */
  readonly writer: Writer;
  /** The model's name; tells what it is good at. */
  readonly model: string;
  /** The copy that it works in. */
  readonly gate: FileGate;
  /** Names of the checks that the client can run. */
  readonly checks: readonly string[];
  readonly clock: Clock;
  /** All that the model can hold, with its own answer. */
  readonly contextTokens: number;
  /** How the model says what it wants; "auto" goes by its name. */
  readonly actions: ActionStyle | "auto";
  readonly log: Log;
  readonly budget?: Partial<CoderBudget>;
}

/** The client's end of a connection to a coder in this process. Disposing it ends the coder, and waits until it has. */
export interface BuiltInCoder extends AsyncDisposable {
  readonly stream: Stream;
}

/**
 * Our own coder: an agent of the Agent Client Protocol over a leased model. A prompt's last message is its summary, or the
 * sentence that says why it stopped; `max_turn_requests` stands for every end without a result that is no refusal.
 */
export function builtInCoder(options: BuiltInCoderOptions): BuiltInCoder {
  const prompts = new Set<Promise<unknown>>();
  const sessions = new Map<string, { scope: Scope | null }>();
  const { folder } = options.gate;
  const app = agent({ name: "sotto-coder" })
    .onRequest(methods.agent.initialize, () => ({
      protocolVersion: PROTOCOL_VERSION,
      agentCapabilities: { loadSession: false },
      agentInfo: { name: "sotto-coder", title: "Sotto's own coder", version: "1" },
    }))
    .onRequest(methods.agent.session.new, ({ params: { cwd } }) => {
      if (resolve(cwd) !== folder)
        throw new RequestError(-32_602, "This coder works in one folder, and it is another.");
      const sessionId = randomUUID();
      sessions.set(sessionId, { scope: null });
      return { sessionId };
    })
    .onRequest(methods.agent.session.prompt, async ({ params: { sessionId, prompt }, client, signal }) => {
      const session = sessions.get(sessionId);
      if (session === undefined) throw RequestError.sessionNotFound(sessionId);
      if (session.scope !== null) throw new RequestError(-32_600, "This session is already at work.");
      using scope = childOf(signal);
      session.scope = scope;
      const desk = new CoderDesk(client, { sessionId, folder });
      const work = answerPrompt(options, { desk, sessionId, ...taskOf(prompt, folder) }, scope.signal);
      prompts.add(work);
      try {
        return await work;
      } finally {
        session.scope = null;
        prompts.delete(work);
      }
    })
    .onNotification(methods.agent.session.cancel, ({ params: { sessionId } }) => {
      sessions.get(sessionId)?.scope?.abort(new Error("The task was stopped."));
    });
  const [ours, theirs] = streamPair();
  const connection = app.connect(ours);
  return {
    stream: theirs,
    [Symbol.asyncDispose]: async () => {
      connection.close();
      await Promise.allSettled(prompts);
    },
  };
}

interface Prompted {
  readonly task: string;
  /** Relative to the folder. */
  readonly named: readonly string[];
}

/** A prompt, and where it came from. */
interface Session extends Prompted {
  readonly desk: CoderDesk;
  readonly sessionId: string;
}

async function answerPrompt(
  options: BuiltInCoderOptions,
  session: Session,
  signal: AbortSignal,
): Promise<PromptResponse> {
  try {
    const end = await work(options, session, signal);
    await session.desk.tell({
      sessionUpdate: "agent_message_chunk",
      messageId: randomUUID(),
      content: { type: "text", text: lastWords(end) },
    });
    return { stopReason: stopReasons[end.type] };
  } catch (error) {
    if (signal.aborted) return { stopReason: "cancelled" };
    if (error instanceof RequestError) throw error;
    if (error instanceof ModelError) throw new RequestError(-32_603, error.message);
    options.log(`coder: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, "error");
    throw new RequestError(-32_603, "The coder failed. Its log says more.");
  }
}

/** Servers know better than names: a model that can not call functions after all writes its actions as text. */
async function work(options: BuiltInCoderOptions, prompted: Session, signal: AbortSignal): Promise<CoderEnd> {
  const style = actionStyle(options.actions, options.model);
  try {
    return await workBy(style, options, prompted, signal);
  } catch (error) {
    const isUnable = error instanceof ModelError && error.code === "unsupported";
    if (!isUnable || style === "text" || options.actions !== "auto" || signal.aborted) throw error;
    options.log(`coder: ${options.model} gets its actions as text: ${error.message}`, "info");
    return await workBy("text", options, prompted, signal);
  }
}

async function workBy(
  style: ActionStyle,
  { writer, gate, checks, clock, contextTokens, log, budget: own }: BuiltInCoderOptions,
  { desk, sessionId, task, named }: Session,
  signal: AbortSignal,
): Promise<CoderEnd> {
  const budget: CoderBudget = { ...usualBudget(contextTokens), ...own };
  const promptTokens = contextTokens - budget.answerTokens;
  const workbench = new Workbench({ desk, gate, checks, resultTokens: Math.floor(promptTokens / 3) });
  const files: OpenFile[] = [];
  for (const path of named) {
    const file = await workbench.open(path, signal);
    if (file !== null) files.push(file);
  }
  const map = await folderMap(
    gate,
    { task, named, tokens: Math.min(mostMapTokens, Math.floor(promptTokens / 6)) },
    signal,
  );
  const forms =
    style === "tools"
      ? { rules: toolRules(checks), form: toolForm, tools: coderTools(checks) }
      : { rules: textRules(checks), form: textForm, tools: [] };
  return await runCoder(
    {
      writer,
      opening: { rules: forms.rules, map, files, task },
      rules: { budget, checks, form: forms.form },
      tools: forms.tools,
      contextTokens,
      workbench,
      conversation: `coder-${sessionId}`,
      onThinking: () =>
        desk.tell({ sessionUpdate: "agent_thought_chunk", content: { type: "text", text: "Thinking" } }),
      clock,
      log,
    },
    signal,
  );
}

const mostMapTokens = 1_500;

function usualBudget(contextTokens: number): CoderBudget {
  const answerTokens = Math.max(256, Math.min(8_192, Math.floor(contextTokens / 3)));
  return { turns: 16, writtenTokens: 60_000, answerTokens, repairs: 3 };
}

const stopReasons = {
  done: "end_turn",
  refused: "refusal",
  "gave-up": "max_turn_requests",
  cancelled: "cancelled",
} as const satisfies Record<CoderEnd["type"], PromptResponse["stopReason"]>;

function lastWords(end: CoderEnd): string {
  switch (end.type) {
    case "done":
      return end.summary;
    case "refused":
    case "gave-up":
      return end.why;
    case "cancelled":
      return "Stopped.";
  }
}

/**
 * The user's words, and the files that came as links with them.
 * @throws RequestError when there are no words
 */
function taskOf(prompt: readonly ContentBlock[], folder: string): Prompted {
  const texts = prompt.flatMap((block) => (block.type === "text" ? [block.text] : []));
  const task = texts.join("\n").trim();
  if (task === "") throw new RequestError(-32_602, "There is no task. Say what the coder is to do.");
  const named = prompt.flatMap((block) => {
    const path = block.type === "resource_link" ? linkedPath(block.uri, folder) : null;
    return path === null || path === "" ? [] : [path];
  });
  return { task, named: [...new Set(named)] };
}

/** Null for a link to something that is no file here. */
function linkedPath(uri: string, folder: string): string | null {
  try {
    return relative(folder, uri.startsWith("file:") ? fileURLToPath(uri) : resolve(folder, uri));
  } catch {
    return null;
  }
}

function streamPair(): readonly [Stream, Stream] {
  const there = new TransformStream<AnyMessage, AnyMessage>();
  const back = new TransformStream<AnyMessage, AnyMessage>();
  return [
    { readable: there.readable, writable: back.writable },
    { readable: back.readable, writable: there.writable },
  ];
}
