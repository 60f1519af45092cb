import type { WebSocket } from "ws";
import { bytesOfSamples, meterLevel, samplesOfBytes } from "../../clients/pcm16.ts";
import { pcm24k } from "../../pipeline/realtime/audio-format.ts";
import { parseClientEvent } from "../../pipeline/realtime/client-event-parser.ts";
import type { ClientEvent } from "../../pipeline/realtime/client-events.ts";
import { newId } from "../../pipeline/realtime/ids.ts";
import { encodePlaybackFrame } from "../../pipeline/realtime/playback-frame.ts";
import { type ResponseOutcome, responseObject } from "../../pipeline/realtime/response-object.ts";
import { build, type ServerEvent } from "../../pipeline/realtime/server-events.ts";
import { defaultSession, wireSession } from "../../pipeline/realtime/session-config.ts";

export interface ScriptedAnswer {
  readonly heard: string;
  readonly sentences: readonly string[];
}

interface Answering {
  readonly responseId: string;
  readonly itemId: string;
  readonly life: AbortController;
}

const speechLevel = 0.35;
const silenceEndsMs = 400;
const bargeInMs = 300;
const leadMs = 200;
const chunkMs = 40;

/** One client's conversation with the scripted service. */
export class ScriptedTalk {
  /** Everything the client sent but audio. */
  readonly received: ClientEvent[] = [];
  /** Bytes of microphone audio that came. */
  audioBytes = 0;
  /** The audio itself. */
  readonly audio: Uint8Array[] = [];
  readonly extended: boolean;
  readonly #socket: WebSocket;
  readonly #answers: readonly ScriptedAnswer[];
  readonly #onEvent: (event: ClientEvent) => void;
  #turn = 0;
  #count = 0;
  readonly #name = newId("conv");
  ended = false;
  #hearing: { readonly itemId: string; announced: boolean } | null = null;
  #loudMs = 0;
  #quietMs = 0;
  #clockMs = 0;
  #answering: Answering | null = null;
  #sounding = false;
  #pushToTalk = false;

  constructor(
    socket: WebSocket,
    options: { readonly answers: readonly ScriptedAnswer[]; readonly onEvent: (event: ClientEvent) => void },
  ) {
    this.#socket = socket;
    this.#answers = options.answers;
    this.#onEvent = options.onEvent;
    this.extended = socket.protocol === "sotto.v1";
    this.#send(build.sessionCreated(wireSession(defaultSession({ id: "sess_1" }))));
    this.#send(
      build.hello({ version: "0.1.0", voiceModel: "starter-voice", voices: ["slt", "rms", "alloy"], starter: true }),
    );
    socket.on("message", (data: Buffer, isBinary) => {
      if (isBinary) this.#hear(data);
      else this.#receive(data.toString("utf8"));
    });
  }

  /** What the client last said about how much it has played, by item. */
  get played(): ReadonlyMap<string, { readonly samples: number; readonly playing: boolean }> {
    const played = new Map<string, { readonly samples: number; readonly playing: boolean }>();
    for (const event of this.received) {
      if (event.type === "sotto.playback")
        played.set(event.item_id, { samples: event.played_samples, playing: event.playing });
    }
    return played;
  }

  end(): void {
    this.ended = true;
    this.#answering?.life.abort();
  }

  #receive(text: string): void {
    const parsed = parseClientEvent(text);
    if (!parsed.ok) {
      this.#send(build.error(parsed.error));
      return;
    }
    const { event } = parsed;
    if (event.type === "input_audio_buffer.append") {
      this.#hear(event.audio);
      return;
    }
    this.received.push(event);
    this.#onEvent(event);
    if (event.type === "session.update") {
      this.#pushToTalk = event.session.audio?.input?.turn_detection === null;
      this.#send(build.sessionUpdated(wireSession(defaultSession({ id: "sess_1" }))));
    } else if (
      event.type === "conversation.item.create" &&
      event.item.type === "message" &&
      event.item.role === "user"
    ) {
      const content = event.item.content.flatMap((part) => (part.type === "input_text" ? [part] : []));
      const item = {
        id: this.#id("item"),
        object: "realtime.item",
        type: "message",
        role: "user",
        status: "completed",
        content,
      } as const;
      this.#send(build.itemAdded(item, null));
      this.#send(build.itemDone(item, null));
    } else if (event.type === "response.create") void this.#answer();
    else if (event.type === "response.cancel") this.#cut("client_cancelled");
    else if (event.type === "input_audio_buffer.commit") this.#endOfSpeech(this.#id("item"));
    else if (event.type === "sotto.playback") {
      if (this.#sounding && !event.playing) this.#sounded();
    }
  }

  /** Sends an event that belongs to no answer; ours only to a client that speaks the extension. */
  tell(event: ServerEvent): void {
    this.#send(event);
  }

  /** Gives its next answer without having been asked, as when a job is over. */
  speak(): void {
    void this.#answer();
  }

  #sounded(): void {
    this.#sounding = false;
    if (!this.#answering && !this.#hearing?.announced) this.#send(build.state("listening"));
  }

  #hear(bytes: Uint8Array): void {
    this.audioBytes += bytes.length;
    this.audio.push(bytes);
    const ms = bytes.length / 48;
    this.#clockMs += ms;
    if (this.#pushToTalk) return;
    if (meterLevel(samplesOfBytes(bytes)) > speechLevel) {
      this.#loudMs += ms;
      this.#quietMs = 0;
      this.#hearing ??= { itemId: this.#id("item"), announced: false };
      const busy = this.#answering !== null || this.#sounding;
      if (!this.#hearing.announced && this.#loudMs >= (busy ? bargeInMs : 60)) {
        this.#hearing.announced = true;
        this.#send(build.speechStarted(this.#hearing.itemId, Math.round(this.#clockMs - this.#loudMs)));
        this.#cut("turn_detected");
        this.#sounding = false;
        this.#send(build.state("hearing"));
        this.#partial(this.#hearing.itemId);
      }
      return;
    }
    this.#quietMs += ms;
    if (this.#quietMs < silenceEndsMs) return;
    const hearing = this.#hearing;
    this.#loudMs = 0;
    this.#hearing = null;
    if (!hearing?.announced) return;
    this.#send(build.speechStopped(hearing.itemId, Math.round(this.#clockMs)));
    this.#endOfSpeech(hearing.itemId);
    void this.#answer();
  }

  #partial(itemId: string): void {
    const heard = this.#answers[this.#turn]?.heard ?? "";
    this.#send(build.transcriptionDelta(itemId, heard.slice(0, Math.ceil(heard.length / 2))));
  }

  #endOfSpeech(itemId: string): void {
    const heard = this.#answers[this.#turn]?.heard ?? "";
    this.#send(build.audioCommitted(itemId, null));
    const content = [{ type: "input_audio", transcript: heard }] as const;
    const item = {
      id: itemId,
      object: "realtime.item",
      type: "message",
      role: "user",
      status: "completed",
      content,
    } as const;
    this.#send(build.itemAdded(item, null));
    this.#send(build.transcriptionCompleted({ itemId, contentIndex: 0 }, heard, 1));
    this.#send(build.state("thinking"));
  }

  async #answer(): Promise<void> {
    const turn = this.#turn++;
    const sentences = this.#answers[turn % this.#answers.length]?.sentences ?? [];
    const answering = { responseId: this.#id("resp"), itemId: this.#id("item"), life: new AbortController() };
    this.#answering = answering;
    this.#send(build.responseCreated(response(answering.responseId, { status: "in_progress" })));
    const place = { ...answering, outputIndex: 0, contentIndex: 0 };
    if (this.extended)
      this.#send(build.audioStarted({ ...answering, stream: turn + 1, contentIndex: 0, rate: 24_000 }));
    const startedMs = performance.now();
    let sent = 0;
    for (const sentence of sentences) {
      this.#send(build.transcriptDelta(place, sent === 0 ? sentence : ` ${sentence}`));
      const tone = toneOf(sentence);
      for (let at = 0; at < tone.length; at += 24 * chunkMs) {
        const aheadMs = sent / 24 - (performance.now() - startedMs);
        if (aheadMs > leadMs) await new Promise((resolve) => setTimeout(resolve, aheadMs - leadMs));
        if (answering.life.signal.aborted) return;
        const bytes = bytesOfSamples(tone.subarray(at, at + 24 * chunkMs));
        if (this.extended) this.#socket.send(encodePlaybackFrame({ stream: turn + 1, firstSample: sent, bytes }));
        else this.#send(build.audioDelta(place, Buffer.from(bytes).toString("base64")));
        if (sent === 0) {
          this.#sounding = true;
          this.#send(build.state("speaking"));
          this.#send(build.latency(turn + 1, latency));
        }
        sent += bytes.length / 2;
      }
    }
    this.#send(build.audioDone(place));
    this.#send(build.transcriptDone(place, sentences.join(" ")));
    this.#answering = null;
    this.#send(build.responseDone(response(answering.responseId, { status: "completed" })));
    if (!this.extended) this.#sounding = false;
  }

  #cut(reason: "turn_detected" | "client_cancelled"): void {
    const answering = this.#answering;
    if (!answering) return;
    this.#answering = null;
    answering.life.abort();
    this.#send(build.responseDone(response(answering.responseId, { status: "cancelled", reason })));
    if (reason === "client_cancelled") this.#send(build.state("listening"));
  }

  #id(prefix: string): string {
    this.#count += 1;
    return `${prefix}_${this.#name}_${this.#count}`;
  }

  #send(event: ServerEvent): void {
    if (event.type.startsWith("sotto.") && !this.extended) return;
    if (this.#socket.readyState === this.#socket.OPEN)
      this.#socket.send(JSON.stringify({ event_id: this.#id("event"), ...event }));
  }
}

const latency = {
  endpoint_wait_ms: 320,
  stt_ms: 41,
  lease_ms: 0,
  first_token_ms: 38,
  first_clause_ms: 55,
  first_audio_ms: 90,
  overhead_ms: 6,
};

function response(id: string, outcome: ResponseOutcome) {
  const setup = { id, conversationId: "conv_1", maxOutputTokens: "inf", format: pcm24k, voice: "slt" } as const;
  return responseObject({ ...setup, outputModalities: ["audio"] }, outcome);
}

/** Sounds about as long as the sentence would, at 220 Hz. */
function toneOf(sentence: string): Int16Array {
  return Int16Array.from(
    { length: sentence.length * 60 * 24 },
    (_, i) => 8_000 * Math.sin((2 * Math.PI * 220 * i) / 24_000),
  );
}
