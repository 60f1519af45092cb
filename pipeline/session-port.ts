import type { AudioFormat } from "./realtime/audio-format.ts";
import type { ClientEvent } from "./realtime/client-events.ts";
import type { PartPlace } from "./realtime/response-events.ts";
import type { ServerEvent } from "./realtime/server-events.ts";
import type { SessionPatch } from "./realtime/session-schema.ts";

/** What a session hears: everything but audio, which comes as bytes. */
export type SessionEvent = Exclude<ClientEvent, { readonly type: "input_audio_buffer.append" }>;

/** One client's conversation, as the connection sees it. None of these throws, and none waits. */
export interface SessionPort {
  /** What `audio` must be in just now; a client may change it. */
  readonly inputFormat: AudioFormat;
  receive(event: SessionEvent): void;
  /** @param bytes whole samples in `inputFormat`; the session may keep them. */
  audio(bytes: Uint8Array): void;
  /** The socket is gone. Called exactly once; nothing is sent after it. */
  close(reason: CloseReason): void;
}

export type CloseReason =
  | "client-closed"
  | "client-silent"
  | "client-slow"
  | "frame-too-large"
  | "place-taken"
  | "protocol-error"
  | "server-closed"
  | "server-failed"
  | "session-ended";

/** A stretch of an answer's sound, in the session's output format. */
export interface OutgoingAudio extends PartPlace {
  /** Number of the stream that `sotto.audio.started` announced. */
  readonly stream: number;
  /** Index in the stream of the first sample in `bytes`. */
  readonly firstSample: number;
  readonly bytes: Uint8Array;
}

/** The way out to one client. Everything is ignored once the socket is gone. */
export interface SessionOutput {
  /** `sotto.*` events reach only clients that offered `sotto.v1`; the session need not ask. */
  send(event: ServerEvent): void;
  /** Becomes a binary frame for `sotto.v1`, else a `response.output_audio.delta`. */
  sendAudio(audio: OutgoingAudio): void;
  /** Ends the connection; `close` of the session follows. */
  end(reason: string): void;
}

export interface SessionRequest {
  readonly id: string;
  readonly output: SessionOutput;
  /** The client speaks `sotto.v1`: it acknowledges what it has played. */
  readonly acknowledgesPlayback: boolean;
  /** `?model=` of the address, for the record: we have the models that we have. */
  readonly model?: string;
  /** `?intent=transcription`: listen and write, never answer. */
  readonly transcriptionOnly: boolean;
  /** The session that came with the client's ephemeral secret. */
  readonly preset?: SessionPatch;
}

export type OpenSession = (request: SessionRequest) => SessionPort;
