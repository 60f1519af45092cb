import type { Clock } from "../models/clock.ts";
import type { LatencyParts } from "./realtime/sotto-events.ts";
import type { ReplyMark } from "./reply-events.ts";

/** The moments of one turn, from the end of speech to the first sound heard; milliseconds of the clock. */
export interface TurnTrace {
  readonly silenceMs: number;
  readonly endedMs: number;
  readonly transcriptMs: number;
  readonly marks: ReadonlyMap<ReplyMark, number>;
}

const mostUtterances = 8;

/** Remembers when things happened, by utterance, until its first sound has gone out. */
export class TraceBook {
  readonly #clock: Clock;
  readonly #utterances = new Map<number, { silenceMs: number; endedMs: number; transcriptMs: number }>();
  readonly #turns = new Map<
    string,
    { trace: TurnTrace; marks: Map<ReplyMark, number>; turn: number; itemId?: string }
  >();
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  utteranceEnd(utterance: number, silenceMs: number): void {
    const endedMs = this.#clock.nowMs();
    this.#utterances.set(utterance, { silenceMs, endedMs, transcriptMs: endedMs });
    // Some are never answered: what was only written down, or meant for somebody else.
    for (const old of [...this.#utterances.keys()].slice(0, -mostUtterances)) this.#utterances.delete(old);
  }

  transcript(utterance: number): void {
    const known = this.#utterances.get(utterance);
    if (known !== undefined) known.transcriptMs = this.#clock.nowMs();
  }

  /** A reply begins; returns what it is to call at each of its moments. */
  replyStart(replyId: string, utterance: number | null): (mark: ReplyMark) => void {
    const nowMs = this.#clock.nowMs();
    const heard = utterance === null ? undefined : this.#utterances.get(utterance);
    // It answers what came before, too; what comes after is for another reply.
    for (const old of this.#utterances.keys()) if (old <= (utterance ?? 0)) this.#utterances.delete(old);
    const marks = new Map<ReplyMark, number>();
    const trace = { ...(heard ?? { silenceMs: 0, endedMs: nowMs, transcriptMs: nowMs }), marks };
    this.#turns.set(replyId, { trace, marks, turn: ++this.#count });
    return (mark) => {
      if (!marks.has(mark)) marks.set(mark, this.#clock.nowMs());
    };
  }

  /** The first sound of a reply goes out now. */
  firstSent(replyId: string, itemId: string): { readonly turn: number; readonly parts: LatencyParts } | undefined {
    const turn = this.#turns.get(replyId);
    if (turn === undefined || turn.itemId !== undefined) return undefined;
    turn.itemId = itemId;
    return { turn: turn.turn, parts: latencyParts(turn.trace, this.#clock.nowMs()) };
  }

  /** The client has played some of an item: completes the trace of its turn, once. */
  firstPlayed(itemId: string): { readonly turn: number; readonly parts: LatencyParts } | undefined {
    for (const [replyId, { trace, turn, itemId: sent }] of this.#turns) {
      if (sent !== itemId) continue;
      this.#turns.delete(replyId);
      const firstAudioMs = trace.marks.get("first-audio") ?? trace.endedMs;
      const played = trace.silenceMs + this.#clock.nowMs() - trace.endedMs;
      return { turn, parts: { ...latencyParts(trace, firstAudioMs), first_played_ms: round(played) } };
    }
    return undefined;
  }

  replyEnd(replyId: string): void {
    const turn = this.#turns.get(replyId);
    if (turn !== undefined && turn.itemId === undefined) this.#turns.delete(replyId);
    // Only the newest turns can still be acknowledged.
    for (const old of [...this.#turns.keys()].slice(0, -4)) this.#turns.delete(old);
  }
}

/**
 * Where the time went, from the last sound of speech to the first sample sent. `first_token_ms`, `first_clause_ms` and
 * `first_audio_ms` are spans of their own, not sums; `overhead_ms` is what no engine accounts for.
 */
export function latencyParts(trace: TurnTrace, sentMs: number): LatencyParts {
  const { silenceMs, endedMs, transcriptMs, marks } = trace;
  const leaseMs = marks.get("lease") ?? transcriptMs;
  const tokenMs = marks.get("first-token") ?? leaseMs;
  const clauseMs = marks.get("first-clause") ?? tokenMs;
  const speechMs = marks.get("first-speech") ?? clauseMs;
  const sttMs = transcriptMs - endedMs;
  const engineMs = sttMs + (tokenMs - leaseMs) + (clauseMs - tokenMs) + (speechMs - clauseMs);
  return {
    endpoint_wait_ms: round(silenceMs),
    stt_ms: round(sttMs),
    lease_ms: round(leaseMs - transcriptMs),
    first_token_ms: round(tokenMs - leaseMs),
    first_clause_ms: round(clauseMs - tokenMs),
    first_audio_ms: round(speechMs - clauseMs),
    overhead_ms: round(sentMs - endedMs - engineMs),
  };
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
