import type { Clock } from "../models/clock.ts";
import type { Coding, Models, Toolbox } from "../models/roles.ts";
import { createWireDecoder, type WireDecoder } from "./audio/wire-audio.ts";
import { AudioOut } from "./audio-out.ts";
import { hearSettings } from "./conversation/asking.ts";
import { begin, step } from "./conversation/conversation.ts";
import type { Conversation, ConversationEffect, ConversationEvent } from "./conversation/state.ts";
import type { CodingSeat, TakeSeat } from "./handoff/coding-seat.ts";
import { Hear } from "./hear.ts";
import type { HearEvent } from "./hear-events.ts";
import type { AudioFormat } from "./realtime/audio-format.ts";
import type { NewId } from "./realtime/ids.ts";
import { build } from "./realtime/server-events.ts";
import type { SessionConfig } from "./realtime/session-config.ts";
import { mergeSession } from "./realtime/session-merge.ts";
import type { ServiceGreeting } from "./realtime/sotto-events.ts";
import { Recordings } from "./recordings.ts";
import { ResidencyNews } from "./residency-news.ts";
import { RunningReplies } from "./running-replies.ts";
import type { CloseReason, SessionEvent, SessionPort, SessionRequest } from "./session-port.ts";
import { type RouteRules, route } from "./stages/route.ts";
import { TraceBook } from "./trace.ts";
import { TurnHold } from "./turn-hold.ts";

export interface SessionOptions {
  readonly models: Models;
  readonly toolbox: (coding: Coding) => Toolbox;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly speakable: (text: string) => string;
  readonly log: (line: string) => void;
  /** A place at the coder's desk. */
  readonly takeSeat: TakeSeat;
  /** Which questions go to the director. */
  readonly routing: RouteRules;
  /** The session that a client gets that asks for nothing. */
  readonly defaults: SessionConfig;
  /** What `sotto.hello` says. */
  readonly hello: ServiceGreeting;
  /** The client has gone. */
  readonly onClose?: (session: Session) => void;
}

/** One client's talk: the sole writer of its conversation, and the owner of what runs for it. */
export class Session implements SessionPort {
  readonly #request: SessionRequest;
  readonly #options: SessionOptions;
  readonly #life = new AbortController();
  readonly #hear: Hear;
  readonly #recordings: Recordings;
  readonly #traces: TraceBook;
  readonly #replies: RunningReplies;
  readonly #hold: TurnHold;
  readonly #news: ResidencyNews;
  readonly #seat: CodingSeat;
  readonly #audioOut: AudioOut;
  readonly #queue: ConversationEvent[] = [];
  #conversation: Conversation;
  #decoder: WireDecoder;
  #isStepping = false;
  /** The last utterance that a heavy model was warned of. */
  #hinted: number | undefined;

  constructor(request: SessionRequest, options: SessionOptions) {
    this.#request = request;
    this.#options = options;
    this.#traces = new TraceBook(options.clock);
    this.#hold = new TurnHold(options.models);
    this.#audioOut = new AudioOut(request.output);
    const session = presetSession({ ...options.defaults, id: request.id }, request);
    this.#hear = new Hear({
      models: options.models,
      clock: options.clock,
      settings: hearSettings(session),
      emit: (event) => this.#heard(event),
      log: options.log,
    });
    this.#recordings = new Recordings({
      models: options.models,
      clock: options.clock,
      emit: (event) => this.#dispatch({ type: "heard", event }),
    });
    this.#decoder = createWireDecoder(session.audio.input.format.type);
    const { state, effects } = begin(session, this.#context(), request.acknowledgesPlayback);
    this.#conversation = state;
    for (const effect of effects) this.#perform(effect);
    request.output.send(build.hello(options.hello));
    this.#news = new ResidencyNews(options.models, options.clock, (event) => request.output.send(event));
    this.#seat = options.takeSeat(request.id, {
      onNews: (news) => this.#dispatch({ type: "coding", news }),
      onJob: (job) => request.output.send(build.job(job)),
      isSilent: request.transcriptionOnly,
    });
    request.output.send(build.coding(this.#seat.place));
    const { coding } = this.#seat;
    this.#replies = new RunningReplies({
      ...options,
      toolbox: options.toolbox(coding),
      coding,
      traces: this.#traces,
      life: this.#life.signal,
      dispatch: (event) => this.#dispatch(event),
      onHeavy: () => this.#updateHold(),
    });
    this.#hear.run(this.#life.signal).catch((error: unknown) => {
      if (this.#life.signal.aborted) return;
      options.log(`session ${request.id}: listening ended: ${String(error)}`);
      request.output.end("The assistant cannot listen any more. Reconnect to try again.");
    });
    this.#recordings
      .run(this.#life.signal)
      .catch((error: unknown) => options.log(`session ${request.id}: recordings: ${String(error)}`));
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
    this.#hold[Symbol.dispose]();
    this.#news[Symbol.dispose]();
    this.#seat[Symbol.dispose]();
    this.#queue.length = 0;
    this.#options.onClose?.(this);
  }

  #heard(event: HearEvent): void {
    if (event.type === "utterance-end") this.#traces.utteranceEnd(event.utterance, event.silenceMs);
    if (event.type === "transcript") this.#traces.transcript(event.utterance);
    if (event.type === "partial") this.#hint(event.utterance, event.text);
    this.#dispatch({ type: "heard", event });
  }

  /** The words so far sound like work for a heavy model: its file may be read while the person still speaks. */
  #hint(utterance: number, text: string): void {
    const { to } = route(text, this.#options.routing);
    if (this.#hinted === utterance || to === "voice") return;
    this.#hinted = utterance;
    this.#options.models.hint(to);
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
    this.#updateHold();
  }

  #perform(effect: ConversationEffect): void {
    const { output } = this.#request;
    switch (effect.do) {
      case "send":
        return output.send(effect.event);
      case "send-audio":
        return this.#sendAudio(effect);
      case "end-audio":
        return this.#audioOut.end(effect.itemId, (replyId) => this.#replies.isCut(replyId));
      case "start-reply":
        return this.#replies.start(effect.replyId, effect.utterance, effect.job);
      case "cancel-reply":
        return this.#replies.cancel(effect.replyId);
      case "start-errand":
        return this.#replies.startErrand(effect.errandId, effect.job);
      case "cancel-errand":
        return this.#replies.endErrand(effect.errandId);
      case "configure-hearing":
        return this.#hear.configure(effect.settings);
      case "change-input":
        this.#decoder = createWireDecoder(effect.format.type);
        return;
      case "commit-audio":
        return this.#hear.commit(effect.eventId);
      case "clear-audio":
        return this.#hear.clear();
      case "transcribe":
        return this.#recordings.push(effect.recording);
      case "ask-coder":
        return this.#seat.request(effect.request);
      case "decide":
        return this.#seat.decide(effect);
      case "stop-jobs":
        return this.#seat.stop();
      case "note-told":
        return this.#seat.told(effect.jobId);
      case "wake-in":
        return this.#wakeIn(effect.ms);
      case "stay-awake":
        return this.#hear.stayAwake();
      case "note-played":
        return this.#showLatency(this.#traces.firstPlayed(effect.itemId));
    }
  }

  #wakeIn(ms: number): void {
    this.#options.clock.sleep(ms, this.#life.signal).then(
      () => this.#dispatch({ type: "wake" }),
      () => undefined,
    );
  }

  #updateHold(): void {
    if (this.#life.signal.aborted) return;
    this.#hold.update(this.#conversation.shownState, this.#replies.isHeavy);
  }

  #sendAudio(effect: Extract<ConversationEffect, { do: "send-audio" }>): void {
    const isFirst = this.#audioOut.send(effect);
    if (isFirst) this.#showLatency(this.#traces.firstSent(effect.replyId, effect.item.id));
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
