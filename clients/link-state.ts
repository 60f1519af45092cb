import { placeTaken } from "../pipeline/realtime/close-codes.ts";
import type { SocketEnd } from "./socket.ts";

/** The life of the line to the service, through all its sockets. */
export type LinkState =
  | { readonly status: "connecting"; readonly attempt: number }
  /** The socket is open; the session is being agreed on. */
  | { readonly status: "greeting"; readonly attempt: number }
  | { readonly status: "ready" }
  | {
      readonly status: "waiting";
      readonly attempt: number;
      readonly retryInMs: number;
      readonly why: string;
      /** Null when nobody answered. */
      readonly httpStatus: number | null;
      /** Somebody took the connection, or nobody refused it, and that was all. */
      readonly silent: boolean;
    }
  /** `httpStatus` is null when the service ended the conversation and wants no other at once. */
  | { readonly status: "refused"; readonly why: string; readonly httpStatus: number | null }
  | { readonly status: "closed" };

export type LinkEvent =
  | { readonly type: "open" }
  /** The service has taken over our settings: from now on audio means what we mean. */
  | { readonly type: "session-updated" }
  | { readonly type: "socket-close"; readonly end: SocketEnd }
  /** `answerWithinMs` are over since the socket was opened. */
  | { readonly type: "answer-due" }
  | { readonly type: "retry-due" }
  /** A new session, now. */
  | { readonly type: "restart" }
  | { readonly type: "close" };

export type LinkEffect =
  | { readonly do: "open-socket" }
  | { readonly do: "send-settings" }
  | { readonly do: "send-waiting-audio" }
  | { readonly do: "schedule-retry"; readonly inMs: number }
  | { readonly do: "close-socket" };

export interface LinkStep {
  readonly state: LinkState;
  readonly effects: readonly LinkEffect[];
}

export const linkStart: LinkStep = { state: { status: "connecting", attempt: 0 }, effects: [{ do: "open-socket" }] };

const firstRetryMs = 250;
const lastRetryMs = 5_000;

/** @returns .25 s, .5 s, 1 s … at most 5 s */
export function backOffMs(attempt: number): number {
  return Math.min(lastRetryMs, firstRetryMs * 2 ** Math.min(attempt, 10));
}

/**
 * How long a service may take until a session is agreed on: one that is there needs milliseconds. @returns 5 s, 10 s, 20 s … at most 30 s,
 * for one that is slow must be reached in the end
 */
export function answerWithinMs(state: LinkState): number {
  const attempt = state.status === "connecting" ? state.attempt : 0;
  return Math.min(30_000, 5_000 * 2 ** Math.min(attempt, 10));
}

export function linkStep(state: LinkState, event: LinkEvent): LinkStep {
  const same = { state, effects: [] };
  if (state.status === "closed") return same;
  if (event.type === "restart") {
    return { state: { status: "connecting", attempt: 0 }, effects: [{ do: "close-socket" }, { do: "open-socket" }] };
  }
  if (state.status === "refused") return same;
  switch (event.type) {
    case "close":
      return { state: { status: "closed" }, effects: [{ do: "close-socket" }] };
    case "open":
      if (state.status !== "connecting") return same;
      return { state: { status: "greeting", attempt: state.attempt }, effects: [{ do: "send-settings" }] };
    case "session-updated":
      if (state.status !== "greeting") return same;
      return { state: { status: "ready" }, effects: [{ do: "send-waiting-audio" }] };
    case "retry-due":
      if (state.status !== "waiting") return same;
      return { state: { status: "connecting", attempt: state.attempt }, effects: [{ do: "open-socket" }] };
    case "socket-close":
      return lost(state, event.end);
    case "answer-due": {
      if (state.status !== "connecting" && state.status !== "greeting") return same;
      const { state: waiting, effects } = waitFrom(state, { why: "the service does not answer", silent: true });
      return { state: waiting, effects: [{ do: "close-socket" }, ...effects] };
    }
    default:
      return event satisfies never;
  }
}

function lost(state: LinkState, end: SocketEnd): LinkStep {
  // Wrong token, host or origin: asking again would get the same answer.
  if (end.httpStatus !== null && end.httpStatus >= 400 && end.httpStatus < 500 && end.httpStatus !== 429) {
    return { state: { status: "refused", why: end.reason, httpStatus: end.httpStatus }, effects: [] };
  }
  // Whoever comes back by itself takes the place of the next one, and so on round.
  if (end.code === placeTaken) return { state: { status: "refused", why: end.reason, httpStatus: null }, effects: [] };
  const why = end.reason === "" ? "the connection was lost" : end.reason;
  return waitFrom(state, { why, httpStatus: end.httpStatus });
}

function waitFrom(
  state: LinkState,
  { why, httpStatus = null, silent = false }: { why: string; httpStatus?: number | null; silent?: boolean },
): LinkStep {
  const attempt = state.status === "connecting" || state.status === "greeting" ? state.attempt + 1 : 1;
  const retryInMs = backOffMs(attempt - 1);
  return {
    state: { status: "waiting", attempt, retryInMs, why, httpStatus, silent },
    effects: [{ do: "schedule-retry", inMs: retryInMs }],
  };
}
