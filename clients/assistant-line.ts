import { spokenChars, type TextMark } from "./spoken-text.ts";

/** A turn's waiting times by part, in milliseconds, as the service traces them. */
export interface TurnLatency {
  readonly turn: number;
  readonly parts: Readonly<Record<string, number>>;
}

/** One answer, as far as it has come and as far as it was heard. */
export interface AssistantLine {
  readonly from: "assistant";
  readonly id: string;
  readonly responseId: string;
  readonly text: string;
  readonly marks: readonly TextMark[];
  readonly receivedSamples: number;
  readonly playedSamples: number;
  /** So much of the text has been spoken; it never goes back while the answer is being given. */
  readonly heardChars: number;
  /** Whether more of it will come, all of it has come, or it broke off. */
  readonly sending: "on" | "whole" | "broken";
  /** The loudspeaker is through with it. */
  readonly silent: boolean;
  readonly status: "speaking" | "done" | "interrupted";
  readonly latency: TurnLatency | null;
}

export function newAnswer(id: string, responseId: string): AssistantLine {
  return {
    from: "assistant",
    id,
    responseId,
    text: "",
    marks: [],
    receivedSamples: 0,
    playedSamples: 0,
    heardChars: 0,
    sending: "on",
    silent: false,
    status: "speaking",
    latency: null,
  };
}

/** What was heard of an answer, and what was not. While it is being spoken the rest is not for showing yet. */
export function heardAndRest(line: AssistantLine): { readonly heard: string; readonly rest: string } {
  // Answers in writing appear as they come.
  const chars = line.status === "done" || line.marks.length === 0 ? line.text.length : line.heardChars;
  return { heard: line.text.slice(0, chars), rest: line.text.slice(chars) };
}

/** @param played what the loudspeaker reports: `playing: false` is its last word */
export function withPlayed(
  line: AssistantLine,
  played: { readonly playedSamples: number; readonly playing: boolean },
): AssistantLine {
  const playedSamples = Math.max(line.playedSamples, played.playedSamples);
  const spoken = { ...line, complete: line.sending === "whole" };
  const heardChars = Math.max(line.heardChars, spokenChars(spoken, playedSamples));
  return settled({ ...line, playedSamples, heardChars, silent: line.silent || !played.playing });
}

/** Nothing more will come of it. The first word on this counts. */
export function withSent(line: AssistantLine, sending: "whole" | "broken"): AssistantLine {
  return line.sending === "on" ? settled({ ...line, sending }) : line;
}

/** Resampling rounds: a few milliseconds less than all is all. */
const roundingSamples = 480;

/** An answer is over when no more comes and the loudspeaker is through, in whichever order; cut short, at once. */
function settled(line: AssistantLine): AssistantLine {
  if (line.status !== "speaking") return line;
  const { sending, silent, receivedSamples, playedSamples } = line;
  if (receivedSamples > 0 && !silent) return line;
  if (playedSamples < receivedSamples - roundingSamples) return { ...line, status: "interrupted" };
  return sending === "on" ? line : { ...line, status: sending === "whole" ? "done" : "interrupted" };
}
