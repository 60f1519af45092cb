import type { ClientEventMessage } from "../pipeline/realtime/client-events.ts";
import { parseServerEvent, type ServerEventMessage } from "../pipeline/realtime/server-event-schema.ts";
import { createAudioReader } from "./audio-reader.ts";
import type { ClientClock } from "./client-clock.ts";
import { answerWithinMs, type LinkEffect, type LinkEvent, type LinkState, linkStart, linkStep } from "./link-state.ts";
import { bytesPerSample, wireRateHz } from "./pcm16.ts";
import { type SessionWishes, sessionUpdate } from "./session-wishes.ts";
import type { OpenSocket, Socket } from "./socket.ts";
import { createWaitingAudio } from "./waiting-audio.ts";

export type ClientNotice =
  | { readonly type: "link"; readonly link: LinkState }
  | { readonly type: "server"; readonly event: ServerEventMessage }
  /** A stretch of an answer, to be played after what came before it. */
  | { readonly type: "audio"; readonly responseId: string; readonly itemId: string; readonly samples: Int16Array };

export interface RealtimeClientOptions {
  /** `ws:` or `wss:`, path included. */
  readonly url: string;
  readonly token: string | null;
  readonly openSocket: OpenSocket;
  readonly clock: ClientClock;
  readonly wishes: SessionWishes;
  readonly onNotice: (notice: ClientNotice) => void;
}

/** Microphone audio is kept this long while the line is down, and goes out first when it is up again. */
const keptAudioMs = 2_000;
/** More than a second of audio unsent means that the line is too slow; old speech is of no use then. */
const crowdedBytes = wireRateHz * bytesPerSample;

/**
 * A conversation with the service that survives lost connections. It speaks the Realtime protocol with the `sotto.v1`
 * extension where the server has it, and without it where not.
 */
export class RealtimeClient {
  readonly #options: RealtimeClientOptions;
  readonly #life = new AbortController();
  readonly #waiting = createWaitingAudio((wireRateHz * bytesPerSample * keptAudioMs) / 1_000);
  #wishes: SessionWishes;
  #link: LinkState = linkStart.state;
  #socket: Socket | undefined;
  #audio = createAudioReader();
  #extended = false;
  #sockets = 0;

  constructor(options: RealtimeClientOptions) {
    this.#options = options;
    this.#wishes = options.wishes;
  }

  get link(): LinkState {
    return this.#link;
  }

  /** Begins to connect; `onNotice` tells how it goes. */
  start(): void {
    this.#notify({ type: "link", link: this.#link });
    this.#perform(linkStart.effects);
  }

  /** Ends the session and begins a new one, at once even if a retry is far off. */
  restart(): void {
    this.#event({ type: "restart" });
  }

  /** For good. Nothing is told after it. */
  close(): void {
    this.#life.abort();
    this.#event({ type: "close" });
  }

  /** @param bytes microphone audio, 24 kHz, 16 bit, mono, whole samples; the caller may not change them afterwards */
  sendAudio(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#link.status === "closed" || this.#link.status === "refused") return;
    if (this.#link.status !== "ready" || (this.#socket?.waitingBytes ?? 0) > crowdedBytes) {
      this.#waiting.push(bytes);
      return;
    }
    this.#sendWaiting();
    this.#sendBytes(bytes);
  }

  /** Sends one event. @returns false when there is no connection; nothing but audio is kept for later */
  send(event: ClientEventMessage): boolean {
    if (this.#socket === undefined || this.#link.status !== "ready") return false;
    this.#socket.sendText(JSON.stringify(event));
    return true;
  }

  /** Says something in writing and asks for an answer. */
  say(text: string): boolean {
    const content = [{ type: "input_text" as const, text }];
    const item = { type: "message" as const, role: "user" as const, content };
    return this.send({ type: "conversation.item.create", item }) && this.send({ type: "response.create" });
  }

  /** Says how much of an answer has really been played, in samples at 24 kHz. */
  acknowledge(played: { readonly itemId: string; readonly playedSamples: number; readonly playing: boolean }): void {
    if (this.#extended) {
      const { itemId: item_id, playedSamples: played_samples, playing } = played;
      this.send({ type: "sotto.playback", item_id, played_samples, playing });
    }
  }

  /** For servers without our extension: an answer was cut off after so many samples. */
  truncate(itemId: string, playedSamples: number): void {
    if (this.#extended) return;
    const audio_end_ms = Math.floor((playedSamples * 1_000) / wireRateHz);
    this.send({ type: "conversation.item.truncate", item_id: itemId, content_index: 0, audio_end_ms });
  }

  /** Changes the settings now and for every later connection. */
  configure(wishes: SessionWishes): void {
    this.#wishes = wishes;
    this.send(sessionUpdate(wishes));
  }

  #event(event: LinkEvent): void {
    const { state, effects } = linkStep(this.#link, event);
    if (state !== this.#link) {
      this.#link = state;
      this.#notify({ type: "link", link: state });
    }
    this.#perform(effects);
  }

  #perform(effects: readonly LinkEffect[]): void {
    for (const effect of effects) {
      switch (effect.do) {
        case "open-socket":
          this.#open();
          break;
        case "send-settings":
          // Not `send`, which waits for the session that this very event settles.
          this.#socket?.sendText(JSON.stringify(sessionUpdate(this.#wishes)));
          break;
        case "send-waiting-audio":
          this.#sendWaiting();
          break;
        case "schedule-retry":
          void this.#in(effect.inMs, () => this.#event({ type: "retry-due" }));
          break;
        case "close-socket":
          this.#socket?.close();
          this.#socket = undefined;
          // Nor may it say that it is closed: that is known.
          this.#sockets += 1;
          break;
        default:
          effect satisfies never;
      }
    }
  }

  #open(): void {
    const { url, token, openSocket } = this.#options;
    this.#audio = createAudioReader();
    // A socket that was given up may still have things to say; they are of a session that is no more.
    this.#sockets += 1;
    const number = this.#sockets;
    const current = (): boolean => number === this.#sockets;
    void this.#in(answerWithinMs(this.#link), () => {
      if (current()) this.#event({ type: "answer-due" });
    });
    this.#socket = openSocket(
      { url, token, protocols: ["realtime", "sotto.v1"] },
      {
        open: (protocol) => {
          if (!current()) return;
          this.#extended = protocol === "sotto.v1";
          this.#event({ type: "open" });
        },
        text: (text) => {
          const event = current() ? parseServerEvent(text) : undefined;
          if (event !== undefined) this.#receive(event);
        },
        bytes: (bytes) => {
          if (current()) this.#play(this.#audio.frame(bytes));
        },
        close: (end) => {
          if (!current()) return;
          this.#socket = undefined;
          this.#event({ type: "socket-close", end });
        },
      },
    );
  }

  #receive(event: ServerEventMessage): void {
    if (event.type === "response.output_audio.delta") {
      this.#play(this.#audio.delta(event));
      return;
    }
    if (event.type === "sotto.audio.started") this.#audio.started(event);
    this.#notify({ type: "server", event });
    if (event.type === "session.updated") this.#event({ type: "session-updated" });
  }

  #play(audio: ReturnType<ReturnType<typeof createAudioReader>["frame"]>): void {
    if (audio !== undefined) this.#notify({ type: "audio", ...audio });
  }

  #sendWaiting(): void {
    for (const chunk of this.#waiting.takeAll()) this.#sendBytes(chunk);
  }

  #sendBytes(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#extended) this.#socket?.sendBytes(bytes);
    else this.#socket?.sendText(JSON.stringify(this.#audio.append(bytes)));
  }

  async #in(ms: number, act: () => void): Promise<void> {
    try {
      await this.#options.clock.sleep(ms, this.#life.signal);
    } catch (error) {
      if (this.#life.signal.aborted) return;
      throw error;
    }
    act();
  }

  #notify(notice: ClientNotice): void {
    if (!this.#life.signal.aborted) this.#options.onNotice(notice);
  }
}
