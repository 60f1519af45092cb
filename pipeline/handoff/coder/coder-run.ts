import type { Clock } from "../../../models/clock.ts";
import type { ReplyContent, ToolSpec, Writer } from "../../../models/roles.ts";
import { childOf } from "../../flow/scope.ts";
import type { Log } from "../../log.ts";
import { BegunFiles } from "./begun-files.ts";
import { userHears } from "./coder-sentences.ts";
import type { CoderAnswer, CoderEffect, CoderEnd, CoderRules, Outcome, Progress } from "./coder-state.ts";
import { contextMessages, type Opening } from "./context.ts";
import { readAnswer } from "./read-answer.ts";
import { beginCoder, stepCoder } from "./step-coder.ts";
import { estimateTokens } from "./token-estimate.ts";
import type { Workbench } from "./workbench.ts";

export interface CoderRun {
  readonly writer: Writer;
  readonly opening: Opening;
  readonly rules: CoderRules;
  /** Empty for a model that writes its actions as text. */
  readonly tools: readonly ToolSpec[];
  readonly contextTokens: number;
  readonly workbench: Pick<Workbench, "begin" | "dropBegun" | "perform">;
  /** Names the conversation for the engine. */
  readonly conversation: string;
  /** Told when the model begins to think, and now and then while it does. */
  readonly onThinking: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Works on one task to its end. The model's errors are thrown as they are.
 * @throws the signal's reason when it aborts
 */
export async function runCoder(run: CoderRun, signal: AbortSignal): Promise<CoderEnd> {
  let step = beginCoder(run.rules);
  for (;;) {
    const { state, effects } = step;
    if (state.status === "over") {
      await run.workbench.dropBegun();
      return state.end;
    }
    const [effect] = effects;
    if (effect === undefined) throw new Error(`A coder that is ${state.status} has nothing to do`);
    const event = await perform(run, effect, state.progress, signal);
    if (event === null) return { type: "gave-up", why: userHears.tooLong };
    step = stepCoder(state, event, run.rules);
  }
}

/** More than this, and most local models no longer keep to the form of their answers, however much context they have. */
const mostPromptTokens = 25_000;
/** The least time between two signs of life. */
const thinkingMs = 20_000;

async function perform(run: CoderRun, effect: CoderEffect, progress: Progress, signal: AbortSignal) {
  if (effect.do === "act") {
    const outcomes: Outcome[] = [];
    for (const action of effect.actions) outcomes.push(await run.workbench.perform(action, signal));
    return { type: "outcomes", outcomes } as const;
  }
  const room = run.contextTokens - effect.maxTokens - toolTokens(run.tools);
  const messages = contextMessages(run.opening, progress.history, Math.min(room, mostPromptTokens));
  if (messages === null) return null;
  await run.workbench.dropBegun();
  await run.onThinking();
  using life = childOf(signal);
  showLife(run, life.signal);
  const parts: ReplyContent[] = [];
  const files = new BegunFiles();
  let writtenTokens: number | null = null;
  let cut = false;
  const request = { conversation: run.conversation, messages, tools: run.tools, toolChoice: "auto" } as const;
  for await (const part of run.writer.reply({ ...request, maxTokens: effect.maxTokens }, life.signal)) {
    if (part.type !== "end") {
      parts.push(part);
      if (part.type === "text") for (const path of files.push(part.text)) await run.workbench.begin(path);
    } else {
      writtenTokens = part.usage?.outputTokens ?? null;
      cut = part.reason === "length";
    }
  }
  signal.throwIfAborted();
  const raw = { parts, cut, writtenTokens: writtenTokens ?? parts.reduce((sum, part) => sum + partTokens(part), 0) };
  const answer = readAnswer(raw, progress.turns + 1);
  run.log(`coder: turn ${progress.turns + 1}: ${said(answer)}`, "debug");
  return { type: "answer", answer } as const;
}

/** Until the signal aborts. A connection that is lost shows elsewhere. */
function showLife({ clock, onThinking }: CoderRun, signal: AbortSignal): void {
  const beat = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(thinkingMs, signal);
      await onThinking();
    }
  };
  void beat().catch(() => undefined);
}

function toolTokens(tools: readonly ToolSpec[]): number {
  return tools.length === 0 ? 0 : estimateTokens(JSON.stringify(tools));
}

function partTokens(part: ReplyContent): number {
  return estimateTokens(part.type === "text" ? part.text : part.name + part.argumentsJson);
}

/** What it does, never what it writes: that is the user's. */
function said({ actions, problems, writtenTokens, cut }: CoderAnswer): string {
  const types = actions.map(({ type }) => type).join(", ");
  const trouble = problems.length === 0 ? "" : `, ${problems.length} not understood`;
  return `${types || "no action"}${trouble}, ${writtenTokens} tokens${cut ? ", cut" : ""}`;
}
