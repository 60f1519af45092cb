import type { Clock } from "../models/clock.ts";
import { ModelError } from "../models/errors.ts";
import type { Coding, Message, Models, ReplyPart, Toolbox } from "../models/roles.ts";
import type { ErrandJob, MarkReply, ReplyJob } from "./reply-events.ts";
import { bridgeLine } from "./stages/bridge.ts";
import { type RouteRules, route } from "./stages/route.ts";
import { type Question, restIsLost, type ThinkOptions, think } from "./stages/think.ts";

export interface ConsultOptions {
  readonly models: Models;
  readonly toolbox: Toolbox;
  readonly coding: Coding;
  readonly clock: Clock;
  readonly routing: RouteRules;
  readonly log: (line: string) => void;
  readonly mark: MarkReply;
  /** Sends a question to a heavy model; its answer will be told by itself. */
  readonly sendErrand: (job: ErrandJob) => void;
}

type Asked = Extract<ReplyJob["content"], { type: "answer" }> & { readonly conversation: string };
type Parts = AsyncGenerator<ReplyPart, void, void>;

/** The call by which the voice passes a question on. */
const directorCall = "ask_director";

/** Finds who answers, the voice, the director or the coder, and lets them. Whoever it is, the user hears something at once. */
export async function* consult(answer: Asked, options: ConsultOptions, signal: AbortSignal): Parts {
  const { director } = answer;
  if (director.how === "never") return yield* alone(answer, director.why, options, signal);
  const asked = answer.messages.findLast(({ from }) => from !== "system");
  if (asked?.from === "user" && answer.toolChoice === "auto") {
    const { to } = route(asked.text, options.routing);
    if (to === "director") return yield* ask(answer, options, signal);
    const line = to === "coder" ? await options.coding.handOff(asked.text) : await options.coding.answer(asked.text);
    if (line !== null) return yield { type: "text", text: line };
  }
  const mayPass = options.routing.fallback !== "off";
  const passing = mayPass ? { passOn: directorCall } : { leaveOut: directorCall };
  for await (const part of voiced(answer, { ...options, ...passing }, signal)) {
    if (mayPass && part.type === "call" && part.name === directorCall) return yield* ask(answer, options, signal);
    yield part;
  }
}

/** The question goes to the director: at once when it is there, else by an errand, with a word of how long it takes. */
async function* ask(answer: Asked, options: ConsultOptions, signal: AbortSignal): Parts {
  const forecast = options.models.forecast("director");
  if (forecast.status === "unavailable") return yield* alone(answer, forecast.why, options, signal);
  const { conversation, messages, maxTokens } = answer;
  const job: ErrandJob = { conversation: `${conversation}/director`, role: "director", messages, maxTokens };
  const bridge = bridgeLine("director", forecast);
  if (bridge === null || answer.director.how === "now") {
    options.mark("director");
    return yield* atOnce(answer, job, options, signal);
  }
  options.sendErrand(job);
  yield { type: "text", text: bridge };
}

/** The director answers in this very turn; when it turns out not to come, the voice does. */
async function* atOnce(answer: Asked, job: ErrandJob, options: ConsultOptions, signal: AbortSignal): Parts {
  const question = { ...job, tools: answer.tools, toolChoice: answer.toolChoice, urgent: true };
  let hasBegun = false;
  try {
    for await (const part of think(question, options, signal)) {
      hasBegun = true;
      yield part;
    }
  } catch (error) {
    if (signal.aborted) throw error;
    const why = error instanceof Error ? error.message : String(error);
    if (!hasBegun) return yield* alone(answer, why, options, signal);
    options.log(`the director: ${why}`);
    yield { type: "text", text: restIsLost };
  }
}

/** The director cannot be had: the voice says so and does what it can. */
async function* alone(answer: Question, why: string, options: ConsultOptions, signal: AbortSignal): Parts {
  options.log(`the director cannot be had: ${why}`);
  const note: Message = {
    from: "system",
    text: "The director, a larger model, cannot be had now. You have already said so; answer as well as you can yourself.",
  };
  yield { type: "text", text: `The director is not available: ${why.replace(/[.\s]*$/, "")}. ` };
  const question = { ...answer, messages: [note, ...answer.messages] };
  yield* voiced(question, { ...options, leaveOut: directorCall }, signal);
}

/** The voice's own answer. That it fails is said, too: a silence would leave everybody waiting. */
async function* voiced(question: Question, options: ThinkOptions, signal: AbortSignal): Parts {
  let hasBegun = false;
  try {
    for await (const part of think(question, options, signal)) {
      hasBegun ||= part.type === "text";
      yield part;
    }
  } catch (error) {
    if (signal.aborted || !(error instanceof ModelError)) throw error;
    // The line's end makes a clause of it that is said whatever comes.
    const sorry = `Sorry, I cannot answer now: ${error.message.replace(/[.\s]*$/, "")}.\n`;
    yield { type: "text", text: hasBegun ? `\n${sorry}` : sorry };
    throw error;
  }
}
