import type { Clock } from "../../models/clock.ts";
import type { Message, Models, ReplyEnd, ReplyPart, Toolbox, ToolChoice, ToolSpec } from "../../models/roles.ts";
import { isCrash, leaseAfterCrash, pollMs } from "../flow/comeback.ts";

/** What is to be answered, and with which functions of the client's at hand. */
export interface Question {
  readonly conversation: string;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolSpec[];
  readonly toolChoice: ToolChoice;
  readonly maxTokens: number;
  /** Who answers; the voice unless it says otherwise. */
  readonly role?: "voice" | "director";
  /** A voice turn waits for it, and holds everything else still. */
  readonly urgent?: boolean;
}

export interface ThinkOptions {
  readonly models: Models;
  readonly toolbox: Toolbox;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  readonly mark: (mark: "lease" | "first-token") => void;
  /** A function of our own whose calls are not run here but passed on, and one that the model is not to know of. */
  readonly passOn?: string;
  readonly leaveOut?: string;
}

/** Said when an answer breaks off. */
export const restIsLost = " I am afraid the rest of the answer is lost.";
/** A model that asks for function after function is going in circles. */
const mostRounds = 4;
/** How long a crashed model may take to come back before the turn is given up. */
const comebackMs = 10_000;

/**
 * A question to text and calls of the client's functions. Our own functions run here, and their results go back to the model.
 * When the model's process or server dies it says "One moment." and asks again: a process once, a server that takes no question
 * until it is back or the time is over.
 */
export async function* think(
  question: Question,
  options: ThinkOptions,
  signal: AbortSignal,
): AsyncGenerator<ReplyPart, void, void> {
  const { clock } = options;
  let messages = question.messages;
  let untilMs: number | null = null;
  let end: ReplyEnd | null = null;
  for (let round = 0; round < mostRounds; ) {
    let isLeased = false;
    let hasSpoken = false;
    const mark: ThinkOptions["mark"] = (moment) => {
      isLeased = true;
      options.mark(moment);
    };
    try {
      const added: Message[] = [];
      for await (const part of ask({ ...question, messages }, { ...options, mark }, untilMs, signal)) {
        hasSpoken = true;
        if (part.type === "end") end = withRound(end, part);
        else if (part.type === "text" || isClients(part.name, question.tools) || part.name === options.passOn)
          yield part;
        else added.push(...(await run(part, `own_${round}_${added.length}`, options.toolbox, signal)));
      }
      if (added.length === 0) {
        if (end !== null) yield end;
        return;
      }
      messages = [...messages, ...added];
      round += 1;
    } catch (error) {
      if (signal.aborted || !isCrash(error)) throw error;
      const isServer = error.code === "server-down";
      // Whoever waited for a heavy model, as long as its role is patient, need not wait again.
      if (isServer && !isLeased && question.role === "director") throw error;
      if (untilMs !== null) {
        const isGone = isServer && !hasSpoken && clock.nowMs() < untilMs;
        if (!isGone) throw error;
        await clock.sleep(pollMs, signal);
        continue;
      }
      options.log(`think: ${error.message}; asking again`);
      untilMs = clock.nowMs() + comebackMs;
      yield { type: "text", text: "One moment. " };
    }
  }
  yield { type: "text", text: "Sorry, I could not work that out." };
  if (end !== null) yield { ...end, reason: "end" };
}

async function* ask(
  { conversation, messages, tools, toolChoice, maxTokens, role = "voice", urgent = false }: Question,
  { models, toolbox, clock, mark, leaveOut }: ThinkOptions,
  untilMs: number | null,
  signal: AbortSignal,
): AsyncGenerator<ReplyPart, void, void> {
  const withinMs = untilMs === null ? 0 : Math.max(0, untilMs - clock.nowMs());
  using lease = await leaseAfterCrash(models, { role, urgent, clock, withinMs }, signal);
  mark("lease");
  const own = toolbox.specs.filter((spec) => !isClients(spec.name, tools) && spec.name !== leaveOut);
  const request = {
    conversation,
    messages,
    tools: [...tools, ...own],
    toolChoice: afterResults(messages, toolChoice),
    maxTokens,
  };
  for await (const part of lease.engine.reply(request, signal)) {
    if (part.type !== "end") mark("first-token");
    yield part;
  }
}

/** The end of an answer that took several rounds: all that they cost, and why the last one ended. */
function withRound(before: ReplyEnd | null, { type, reason, usage }: ReplyEnd): ReplyEnd {
  if (before === null) return { type, reason, usage };
  const sum =
    before.usage === null || usage === null
      ? null
      : {
          inputTokens: before.usage.inputTokens + usage.inputTokens,
          cachedTokens: before.usage.cachedTokens + usage.cachedTokens,
          outputTokens: before.usage.outputTokens + usage.outputTokens,
        };
  return { type, reason, usage: sum };
}

/** A forced call is made once; with its result on the table the model may answer. */
function afterResults(messages: readonly Message[], toolChoice: ToolChoice): ToolChoice {
  return messages.at(-1)?.from === "result" && toolChoice !== "none" ? "auto" : toolChoice;
}

async function run(
  call: { readonly name: string; readonly argumentsJson: string },
  id: string,
  toolbox: Toolbox,
  signal: AbortSignal,
): Promise<Message[]> {
  const { name, argumentsJson } = call;
  const output = await toolbox.run(call, signal);
  return [
    { from: "call", id, name, argumentsJson },
    { from: "result", id, name, output },
  ];
}

function isClients(name: string, tools: readonly ToolSpec[]): boolean {
  return tools.some((tool) => tool.name === name);
}
