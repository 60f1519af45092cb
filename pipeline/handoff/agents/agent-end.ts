import type { AgentEnd } from "../coding-agent.ts";
import type { AgentLimits, Trip } from "./job-watch.ts";
import { oneLine } from "./one-line.ts";

const mostWhyChars = 600;

/** What an agent said last, and what it was refused after that; null for nothing. */
export interface LastWords {
  readonly message: string;
  readonly refused: string | null;
}

/** What an agent's stop reason and its last words mean. */
export function endOf(stopReason: string, { message: lastMessage, refused }: LastWords, name: string): AgentEnd {
  const said = oneLine(lastMessage, mostWhyChars);
  const why = (otherwise: string): string => (said === "" ? otherwise : said);
  switch (stopReason) {
    case "end_turn":
      // Some agents end their turn without a word when they may not do something.
      if (refused !== null)
        return { type: "done", summary: `${lastMessage} ${name} went no further. ${refused}`.trim() };
      return { type: "done", summary: lastMessage === "" ? `${name} did not say what it did.` : lastMessage };
    case "refusal":
      return { type: "refused", why: why(`${name} will not do this task, and did not say why.`) };
    case "max_turn_requests":
      return { type: "gave-up", why: why(`${name} used up the steps that it may take. Ask for less at once.`) };
    case "max_tokens":
      return {
        type: "gave-up",
        why: `${name} used up the room that its model has for one task. Ask for less at once.`,
      };
    case "cancelled":
      return { type: "gave-up", why: `${name} stopped by itself. Ask again.` };
    default:
      return {
        type: "gave-up",
        why: `${name} stopped for a reason that is not known here: "${oneLine(stopReason, 60)}".`,
      };
  }
}

/**
 * What a limit that was reached means for the job.
 * @throws Error when the agent was never ready to work.
 */
export function tripEnd(trip: Trip, name: string, limits: AgentLimits): AgentEnd {
  switch (trip) {
    case "start":
      throw new Error(
        `${name} was not ready within ${duration(limits.startMs)}. Start it by itself in a terminal to see why.`,
      );
    case "silence":
      return { type: "gave-up", why: `${name} said nothing for ${duration(limits.silenceMs)} and was stopped.` };
    case "overall":
      return {
        type: "gave-up",
        why: `${name} worked for ${duration(limits.overallMs)} without an end and was stopped. Ask for less at once.`,
      };
    case "messages":
      return { type: "gave-up", why: `${name} sent more than ${limits.mostMessages} messages and was stopped.` };
    case "steps":
      return {
        type: "gave-up",
        why: `${name} took more than ${limits.mostSteps} steps and was stopped. Ask for less at once.`,
      };
  }
}

function duration(ms: number): string {
  const [count, unit] = ms < 120_000 ? [Math.round(ms / 1_000), "second"] : [Math.round(ms / 60_000), "minute"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
