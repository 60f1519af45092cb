import type { WebSocket } from "ws";
import type { Clock } from "../models/clock.ts";
import { ConnectionWatch } from "./connection-watch.ts";
import { type ClientFrame, FrameQueue } from "./frame-queue.ts";
import { bytesPerSample } from "./realtime/audio-format.ts";
import { parseClientEvent } from "./realtime/client-event-parser.ts";
import { placeTaken } from "./realtime/close-codes.ts";
import { realtimeError } from "./realtime/errors.ts";
import { newId } from "./realtime/ids.ts";
import { encodePlaybackFrame } from "./realtime/playback-frame.ts";
import { build, type ServerEvent } from "./realtime/server-events.ts";
import type { SessionPatch } from "./realtime/session-schema.ts";
import type { CloseReason, OpenSession, OutgoingAudio, SessionPort } from "./session-port.ts";

export interface ConnectionOptions {
  readonly openSession: OpenSession;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  readonly heartbeatMs: number;
  /** Unsent bytes beyond which a client counts as too slow. */
  readonly maxBufferedBytes: number;
}

/** What the handshake settled. */
export interface Handshake {
  readonly model?: string;
  readonly transcriptionOnly: boolean;
  readonly preset?: SessionPatch;
}

const closeCodes: Readonly<Record<CloseReason, number>> = {
  "client-closed": 1000,
  "client-silent": 1001,
  "client-slow": 1013,
  "frame-too-large": 1009,
  "place-taken": placeTaken,
  "protocol-error": 1002,
  "server-closed": 1001,
  "server-failed": 1011,
  "session-ended": 1000,
};
/** A client that no longer reads will not read the close frame either. */
const closeGraceMs = 2_000;

/** One open socket and the session behind it; whatever goes wrong here stays here. */
export class Connection {
  /** Settles when the socket is gone. */
  readonly closed: Promise<void>;
  readonly #socket: WebSocket;
  readonly #options: ConnectionOptions;
  readonly #sotto: boolean;
  readonly #id = newId("sess");
  readonly #life = new AbortController();
  readonly #watch: ConnectionWatch;
  /** Undefined until it is open, and for ever when it could not be opened. */
  #session: SessionPort | undefined;
  #closedFor: CloseReason | undefined;
  #events = 0;

  constructor(socket: WebSocket, handshake: Handshake, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#sotto = socket.protocol === "sotto.v1";
    this.#watch = new ConnectionWatch(options);
    // Before anything is sent: a socket error without a listener would end the process.
    socket.on("error", (error) => this.#close(isTooLarge(error) ? "frame-too-large" : "protocol-error"));
    this.closed = new Promise((resolve) => {
      socket.once("close", () => {
        this.#close("client-closed");
        resolve();
      });
    });
    this.#guarded(() => this.#open(handshake));
    if (this.#session === undefined) this.#close("server-failed");
    else this.#listen(this.#session);
  }

  /** How long nothing has been said by either side; undefined once the connection is ending. */
  get idleMs(): number | undefined {
    return this.#closedFor === undefined ? this.#watch.idleMs : undefined;
  }

  /** Ends the connection for the sake of somebody who has something to say. */
  giveWay(): void {
    const minutes = Math.max(1, Math.floor(this.#watch.idleMs / 60_000));
    this.#close("place-taken", `nothing was said for ${minutes} min, and somebody else needed the place`);
  }

  /** Ends the connection from our side. Calling it again changes nothing. */
  close(): void {
    this.#close("server-closed");
  }

  #open(handshake: Handshake): void {
    const session = this.#options.openSession({
      ...handshake,
      id: this.#id,
      acknowledgesPlayback: this.#sotto,
      output: {
        send: (event) => this.#send(event),
        sendAudio: (audio) => this.#sendAudio(audio),
        end: (reason) => this.#close("session-ended", reason),
      },
    });
    this.#session = session;
    // It may have ended, or the client gone, before it was ours to close.
    if (this.#closedFor !== undefined) session.close(this.#closedFor);
  }

  #listen(session: SessionPort): void {
    const socket = this.#socket;
    const queue = new FrameQueue((frame) => this.#take(frame, session), {
      pause: () => socket.pause(),
      resume: () => socket.resume(),
    });
    socket.on("message", (data, isBinary) => {
      this.#watch.heard();
      if (!this.#life.signal.aborted) queue.push({ bytes: joined(data), isBinary });
    });
    socket.on("pong", () => this.#watch.ponged());
    void this.#watch
      .run(() => socket.ping(), this.#life.signal)
      .then((found) => {
        if (found === "half-open") this.#close("client-silent", "no answer to pings");
      });
  }

  #take(frame: ClientFrame, session: SessionPort): void {
    if (this.#life.signal.aborted) return;
    this.#guarded(() => (frame.isBinary ? this.#takeBinary(frame.bytes, session) : this.#takeText(frame, session)));
  }

  /** A mistake of ours costs the client one answer, not its conversation, and nobody else anything. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#options.log(`${this.#id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      const message = "The server made a mistake while it handled this event; its log has details.";
      this.#send(build.error(realtimeError("server_error", message, { type: "server_error" })));
    }
  }

  #takeText(frame: ClientFrame, session: SessionPort): void {
    const parsed = parseClientEvent(frame.bytes.toString());
    if (!parsed.ok) this.#send(build.error(parsed.error));
    else if (parsed.event.type !== "input_audio_buffer.append") session.receive(parsed.event);
    else this.#takeAudio(parsed.event.audio, session, { param: "audio", eventId: parsed.event.event_id });
  }

  #takeBinary(bytes: Buffer, session: SessionPort): void {
    if (this.#sotto) return this.#takeAudio(bytes, session, {});
    const message = 'Binary frames carry audio only with the subprotocol "sotto.v1"; send events as text frames.';
    this.#send(build.error(realtimeError("unexpected_binary_frame", message)));
  }

  #takeAudio(
    bytes: Uint8Array,
    session: SessionPort,
    about: { readonly param?: string; readonly eventId?: string | undefined },
  ): void {
    const { type } = session.inputFormat;
    const sampleBytes = bytesPerSample(session.inputFormat);
    if (bytes.length % sampleBytes === 0) return session.audio(bytes);
    const message = `Invalid audio: ${bytes.length} bytes are no whole number of samples; ${type} has ${sampleBytes} bytes a sample.`;
    this.#send(build.error(realtimeError("invalid_value", message, about)));
  }

  #send(event: ServerEvent): void {
    if (event.type.startsWith("sotto.") && !this.#sotto) return;
    if (event.type.startsWith("response.")) this.#watch.used();
    this.#events += 1;
    const { type, ...rest } = event;
    this.#write(JSON.stringify({ type, event_id: `event_${this.#id.slice(5)}_${this.#events}`, ...rest }));
  }

  #sendAudio(audio: OutgoingAudio): void {
    if (this.#sotto) return this.#write(encodePlaybackFrame(audio));
    const { buffer, byteOffset, byteLength } = audio.bytes;
    this.#send(build.audioDelta(audio, Buffer.from(buffer, byteOffset, byteLength).toString("base64")));
  }

  #write(data: string | Uint8Array): void {
    if (this.#life.signal.aborted || this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(data, ignoreError);
    if (this.#socket.bufferedAmount <= this.#options.maxBufferedBytes) return;
    this.#close("client-slow", `more than ${this.#options.maxBufferedBytes} bytes wait unread`);
  }

  #close(reason: CloseReason, detail: string = reason): void {
    if (this.#closedFor !== undefined) return;
    this.#closedFor = reason;
    this.#life.abort();
    if (reason !== "client-closed") this.#options.log(`${this.#id}: closed: ${reason} (${detail})`);
    this.#socket.close(closeCodes[reason], detail.slice(0, 120));
    void this.#options.clock.sleep(closeGraceMs, this.#gone()).then(() => this.#socket.terminate(), ignoreError);
    this.#session?.close(reason);
  }

  #gone(): AbortSignal {
    const gone = new AbortController();
    if (this.#socket.readyState === this.#socket.CLOSED) gone.abort();
    else this.#socket.once("close", () => gone.abort());
    return gone.signal;
  }
}

function joined(data: Buffer | ArrayBuffer | Buffer[]): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}

function isTooLarge(error: Error): boolean {
  return "code" in error && error.code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH";
}

function ignoreError(): void {}
