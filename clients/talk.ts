import type { Loudspeaker, PlayedReport } from "./loudspeaker.ts";
import { type ClientNotice, RealtimeClient, type RealtimeClientOptions } from "./realtime-client.ts";
import { statusOf, type TalkEvent, type TalkState, talkStart } from "./talk-state.ts";
import { talkStep } from "./talk-step.ts";

export interface TalkOptions extends Omit<RealtimeClientOptions, "onNotice"> {
  readonly createLoudspeaker: (report: (played: PlayedReport) => void) => Loudspeaker;
  /** Called after every change, with what caused it. */
  readonly onChange: (state: TalkState, cause: TalkEvent) => void;
}

/** One person's conversation: the line to the service, the loudspeaker, and the picture of it all. */
export class Talk {
  readonly client: RealtimeClient;
  readonly #loudspeaker: Loudspeaker;
  readonly #onChange: TalkOptions["onChange"];
  /** Items that came for a response, to be silenced with it. */
  readonly #itemsOf = new Map<string, Set<string>>();
  #state: TalkState = talkStart;

  constructor(options: TalkOptions) {
    this.#onChange = options.onChange;
    this.#loudspeaker = options.createLoudspeaker((report) => this.#played(report));
    this.client = new RealtimeClient({ ...options, onNotice: (notice) => this.#notice(notice) });
  }

  get state(): TalkState {
    return this.#state;
  }

  start(): void {
    this.client.start();
  }

  close(): void {
    this.#loudspeaker.clear();
    this.client.close();
  }

  setMuted(muted: boolean): void {
    this.#dispatch({ type: "mute", muted });
  }

  setProblem(text: string | null): void {
    this.#dispatch({ type: "problem", text });
  }

  /** Silences the assistant at once. */
  stop(): void {
    this.#loudspeaker.clear();
    this.client.send({ type: "response.cancel" });
  }

  /** Push-to-talk: what is said from now on is one turn; the assistant is quiet meanwhile. */
  beginTurn(): void {
    this.#stopIfBusy();
    this.client.send({ type: "input_audio_buffer.clear" });
  }

  /** Push-to-talk: that was it; now an answer. */
  endTurn(): void {
    this.client.send({ type: "input_audio_buffer.commit" });
    this.client.send({ type: "response.create" });
  }

  /** Says something in writing; an answer that is still being given ends. */
  say(text: string): boolean {
    this.#stopIfBusy();
    return this.client.say(text);
  }

  #stopIfBusy(): void {
    const status = statusOf(this.#state);
    if (status === "thinking" || status === "speaking") this.stop();
  }

  #notice(notice: ClientNotice): void {
    switch (notice.type) {
      case "link":
        if (notice.link.status !== "ready") this.#endAnswers();
        this.#dispatch({ type: "link", link: notice.link });
        break;
      case "audio": {
        const { responseId, itemId, samples } = notice;
        this.#remember(responseId, itemId);
        this.#dispatch({ type: "audio", responseId, itemId, samples: samples.length });
        this.#loudspeaker.play(itemId, samples);
        break;
      }
      case "server":
        this.#hear(notice.event);
        this.#dispatch({ type: "server", event: notice.event });
        break;
      default:
        notice satisfies never;
    }
  }

  #hear(event: Extract<ClientNotice, { type: "server" }>["event"]): void {
    switch (event.type) {
      case "input_audio_buffer.speech_started":
        this.#loudspeaker.clear();
        break;
      case "response.output_audio.done":
        this.#loudspeaker.end(event.item_id);
        break;
      case "response.done": {
        const items = this.#itemsOf.get(event.response.id) ?? [];
        for (const item of items) {
          if (event.response.status === "cancelled") this.#loudspeaker.drop(item);
          else this.#loudspeaker.end(item);
        }
        this.#itemsOf.delete(event.response.id);
        break;
      }
      default:
    }
  }

  #played(report: PlayedReport): void {
    const line = this.#state.lines.findLast((other) => other.id === report.itemId);
    this.client.acknowledge(report);
    this.#dispatch({ type: "played", report });
    const received = line?.from === "assistant" ? line.receivedSamples : 0;
    if (!report.playing && report.playedSamples < received) this.client.truncate(report.itemId, report.playedSamples);
  }

  /** Of answers that were on their way when the line was lost, what has come is all that there will be. */
  #endAnswers(): void {
    for (const items of this.#itemsOf.values()) for (const item of items) this.#loudspeaker.end(item);
    this.#itemsOf.clear();
  }

  #remember(responseId: string, itemId: string): void {
    const items = this.#itemsOf.get(responseId) ?? new Set();
    this.#itemsOf.set(responseId, items.add(itemId));
  }

  #dispatch(event: TalkEvent): void {
    this.#state = talkStep(this.#state, event);
    this.#onChange(this.#state, event);
  }
}
