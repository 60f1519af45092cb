import type { Clock } from "../models/clock.ts";
import type { Models, Toolbox } from "../models/roles.ts";
import { createWireDecoder, createWireEncoder, type WireDecoder, type WireEncoder } from "./audio/wire-audio.ts";
import { hearSettings } from "./conversation/asking.ts";
import { begin, step } from "./conversation/conversation.ts";
import type { Conversation, ConversationEffect, ConversationEvent } from "./conversation/state.ts";
import { childOf, type Scope } from "./flow/scope.ts";
import { Hear } from "./hear.ts";
import type { HearEvent } from "./hear-events.ts";
import { type AudioFormat, bytesPerSample, rateHz } from "./realtime/audio-format.ts";
import type { NewId } from "./realtime/ids.ts";
import { build } from "./realtime/server-events.ts";
import type { SessionConfig } from "./realtime/session-config.ts";
import { mergeSession } from "./realtime/session-merge.ts";
import { reply } from "./reply.ts";
import type { ReplyJob } from "./reply-events.ts";
import type { CloseReason, SessionEvent, SessionPort, SessionRequest } from "./session-port.ts";
import { TraceBook } from "./trace.ts";

export interface SessionOptions {
  readonly models: Models;
  readonly toolbox: Toolbox;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly speakable: (text: string) => string;
  readonly log: (line: string) => void;
  /** The session that a client gets that asks for nothing. */
  readonly defaults: SessionConfig;
  /** What `sotto.hello` says. */
  readonly hello: { readonly version: string; readonly voiceModel: string; readonly starter: boolean };
  /** The client has gone. */
  readonly onClose?: (session: Session) => void;
}

/** How far sending may run ahead of playing. */
const leadMs = 400;

/** One client's talk: the sole writer of its conversation, and the owner of what runs for it. */
export class Session implements SessionPort {
  readonly #request: SessionRequest;
  readonly #options: SessionOptions;
  readonly #life = new AbortController();
  readonly #hear: Hear;
  readonly #traces: TraceBook;
  readonly #replies = new Map<string, Scope>();
  readonly #encoders = new Map<
    string,
    {
      encoder: WireEncoder;
      sent: number;
      place: { responseId: string; outputIndex: number; stream: number };
      format: AudioFormat;
    }
  >();
  readonly #queue: ConversationEvent[] = [];
  #conversation: Conversation;
  #decoder: WireDecoder;
  #isStepping = false;

  constructor(request: SessionRequest, options: SessionOptions) {
    this.#request = request;
    this.#options = options;
    this.#traces = new TraceBook(options.clock);
    const session = presetSession({ ...options.defaults, id: request.id }, request);
    this.#hear = new Hear({
      models: options.models,
      clock: options.clock,
      settings: hearSettings(session),
      emit: (event) => this.#heard(event),
      log: options.log,
    });
    this.#decoder = createWireDecoder(session.audio.input.format.type);
    const { state, effects } = begin(session, this.#context());
    this.#conversation = state;
    for (const effect of effects) this.#perform(effect);
    request.output.send(build.hello(options.hello));
    this.#hear.run(this.#life.signal).catch((error: unknown) => {
      if (this.#life.signal.aborted) return;
      options.log(`session ${request.id}: listening ended: ${String(error)}`);
      request.output.end("The assistant cannot listen any more. Reconnect to try again.");
    });
  }

  get inputFormat(): AudioFormat {
    return this.#conversation.session.audio.input.format;
  }

  /** The conversation as it is now, for those who watch. */
  get conversation(): Conversation {
    return this.#conversation;
  }

  /** Milliseconds from each frame's arrival to its voice activity verdict, since the last call. */
  takeVadLagsMs(): number[] {
    return this.#hear.takeLagsMs();
  }

  receive(event: SessionEvent): void {
    this.#dispatch({ type: "client", event });
  }

  audio(bytes: Uint8Array): void {
    if (!this.#life.signal.aborted) this.#hear.push(this.#decoder.push(bytes));
  }

  close(_reason: CloseReason): void {
    this.#life.abort();
    this.#queue.length = 0;
    this.#options.onClose?.(this);
  }

  #heard(event: HearEvent): void {
    if (event.type === "utterance-end") this.#traces.utteranceEnd(event.utterance, event.silenceMs);
    if (event.type === "transcript") this.#traces.transcript(event.utterance);
    this.#dispatch({ type: "heard", event });
  }

  /** One event at a time, in order of arrival: effects may cause events, which wait their turn. */
  #dispatch(event: ConversationEvent): void {
    if (this.#life.signal.aborted) return;
    this.#queue.push(event);
    if (this.#isStepping) return;
    this.#isStepping = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        const { state, effects } = step(this.#conversation, next, this.#context());
        this.#conversation = state;
        for (const effect of effects) this.#perform(effect);
      }
    } finally {
      this.#isStepping = false;
    }
  }

  #perform(effect: ConversationEffect): void {
    const { output } = this.#request;
    switch (effect.do) {
      case "send":
        return output.send(effect.event);
      case "send-audio":
        return this.#sendAudio(effect);
      case "end-audio":
        return this.#endAudio(effect.itemId);
      case "start-reply":
        return this.#startReply(effect.replyId, effect.utterance, effect.job);
      case "cancel-reply":
        return this.#replies.get(effect.replyId)?.abort();
      case "configure-hearing":
        return this.#hear.configure(effect.settings);
      case "change-input":
        this.#decoder = createWireDecoder(effect.format.type);
        return;
      case "commit-audio":
        return this.#hear.commit(effect.eventId);
      case "clear-audio":
        return this.#hear.clear();
      case "stay-awake":
        return this.#hear.stayAwake();
      case "note-played":
        return this.#showLatency(this.#traces.firstPlayed(effect.itemId));
    }
  }

  /** The reply runs beside the conversation, which never waits for it; its end is always reported. */
  #startReply(replyId: string, utterance: number | null, job: ReplyJob): void {
    const scope = childOf(this.#life.signal);
    this.#replies.set(replyId, scope);
    this.#run(replyId, job, this.#traces.replyStart(replyId, utterance), scope.signal)
      .then(
        () => null,
        (error: unknown) => {
          if (!scope.signal.aborted) this.#options.log(`reply ${replyId}: ${String(error)}`);
          return error instanceof Error ? error.message : String(error);
        },
      )
      .then((error) => {
        this.#replies.delete(replyId);
        this.#traces.replyEnd(replyId);
        scope[Symbol.dispose]();
        this.#dispatch({ type: "reply-end", replyId, error });
      })
      .catch((error: unknown) => this.#options.log(`reply ${replyId}: ${String(error)}`));
  }

  async #run(
    replyId: string,
    job: ReplyJob,
    mark: ReturnType<TraceBook["replyStart"]>,
    signal: AbortSignal,
  ): Promise<void> {
    for await (const event of reply(job, { ...this.#options, leadMs, mark }, signal)) {
      if (signal.aborted) return;
      this.#dispatch({ type: "replied", replyId, event });
    }
  }

  #sendAudio(effect: Extract<ConversationEffect, { do: "send-audio" }>): void {
    const { id, outputIndex, stream } = effect.item;
    let open = this.#encoders.get(id);
    if (open === undefined) {
      const place = { responseId: effect.replyId, outputIndex, stream };
      open = { encoder: createWireEncoder(effect.format.type), sent: 0, place, format: effect.format };
      this.#encoders.set(id, open);
      const rate = rateHz(effect.format);
      const { responseId } = place;
      this.#request.output.send(build.audioStarted({ stream, responseId, itemId: id, contentIndex: 0, rate }));
      this.#showLatency(this.#traces.firstSent(effect.replyId, id));
    }
    this.#sendBytes(id, open.encoder.push(effect.samples));
  }

  #endAudio(itemId: string): void {
    const open = this.#encoders.get(itemId);
    if (open === undefined) return;
    // Of an answer that was cut nothing more goes out: the client has emptied its loudspeaker already.
    const isCut = this.#replies.get(open.place.responseId)?.signal.aborted === true;
    if (!isCut) this.#sendBytes(itemId, open.encoder.flush());
    this.#encoders.delete(itemId);
  }

  #sendBytes(itemId: string, bytes: Uint8Array): void {
    const open = this.#encoders.get(itemId);
    if (open === undefined || bytes.length === 0) return;
    this.#request.output.sendAudio({ ...open.place, itemId, contentIndex: 0, firstSample: open.sent, bytes });
    open.sent += bytes.length / bytesPerSample(open.format);
  }

  #showLatency(latency: ReturnType<TraceBook["firstSent"]>): void {
    if (latency !== undefined) this.#request.output.send(build.latency(latency.turn, latency.parts));
  }

  #context(): { nowMs: number; newId: NewId } {
    return { nowMs: this.#options.clock.nowMs(), newId: this.#options.newId };
  }
}

function presetSession(defaults: SessionConfig, { preset, transcriptionOnly }: SessionRequest): SessionConfig {
  const base: SessionConfig = transcriptionOnly ? { ...defaults, type: "transcription" } : defaults;
  if (preset === undefined) return base;
  const merge = mergeSession(base, preset, { audioSent: false });
  return merge.ok ? merge.session : base;
}
