import type { ClientEventMessage } from "../pipeline/realtime/client-events.ts";

/** What a person may choose about a conversation. */
export interface SessionWishes {
  /** Null leaves it to the service. */
  readonly voice: string | null;
  /** How soon a pause counts as the end of a turn. */
  readonly eagerness: "low" | "medium" | "high" | "auto";
  /** The person says when a turn begins and ends; the service does not listen for pauses. */
  readonly pushToTalk: boolean;
  /** Nothing is said and nothing answered: for who only watches and asks for work. */
  readonly silent?: boolean;
}

export const defaultWishes: SessionWishes = { voice: null, eagerness: "auto", pushToTalk: false };

export function sessionUpdate(wishes: SessionWishes): ClientEventMessage {
  const format = { type: "audio/pcm", rate: 24_000 } as const;
  if (wishes.silent)
    return {
      type: "session.update",
      session: { type: "transcription", audio: { input: { format, turn_detection: null } } },
    };
  return {
    type: "session.update",
    session: {
      type: "realtime",
      output_modalities: ["audio"],
      audio: {
        input: {
          format,
          transcription: {},
          turn_detection: wishes.pushToTalk
            ? null
            : { type: "semantic_vad", eagerness: wishes.eagerness, create_response: true, interrupt_response: true },
        },
        output: { format, ...(wishes.voice === null ? {} : { voice: wishes.voice }) },
      },
    },
  };
}
