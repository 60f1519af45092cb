import type { JobRequest } from "../../pipeline/realtime/job-events.ts";
import type { ServerEventMessage } from "../../pipeline/realtime/server-event-schema.ts";
import type { ClientClock } from "../client-clock.ts";
import { type ClientNotice, RealtimeClient } from "../realtime-client.ts";
import { defaultWishes } from "../session-wishes.ts";
import { type TalkState, talkStart } from "../talk-state.ts";
import { talkStep } from "../talk-step.ts";
import { openNodeSocket } from "./node-socket.ts";
import { TalkFailure } from "./talk-options.ts";
import { unreachable } from "./unreachable.ts";

export interface JobLineOptions {
  /** Of the socket, as `serviceAddress` gives it. */
  readonly url: string;
  readonly token: string | null;
  readonly clock: ClientClock;
  readonly onChange?: (state: TalkState) => void;
}

/** What came of a request: what was looked for, or a sentence that says why not. */
export type Asked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

/** After so many attempts a service that was there is taken to be gone. */
const mostAttempts = 6;

/** A line to the service for coding jobs alone: nobody speaks on it, and no news are told on it aloud. */
export class JobLine implements Disposable {
  readonly #options: JobLineOptions;
  readonly #client: RealtimeClient;
  readonly #watchers = new Set<() => void>();
  /** Why a request was refused, by its event's id. */
  readonly #refusals = new Map<string, string>();
  #state: TalkState = talkStart;
  #asked = 0;

  constructor(options: JobLineOptions) {
    this.#options = options;
    const url = new URL(options.url);
    url.searchParams.set("intent", "transcription");
    this.#client = new RealtimeClient({
      ...options,
      url: url.href,
      openSocket: openNodeSocket,
      wishes: { ...defaultWishes, silent: true },
      onNotice: (notice) => this.#notice(notice),
    });
    this.#client.start();
  }

  get state(): TalkState {
    return this.#state;
  }

  /** Resolves when there is a session; all jobs that still matter are known then. @throws TalkFailure when there is no service */
  async ready(signal: AbortSignal): Promise<void> {
    await this.until(({ link }) => (link.status === "ready" ? true : undefined), signal);
  }

  /**
   * Resolves with the first thing that `look` finds; undefined is nothing.
   * @throws TalkFailure when there is no service, or no longer
   */
  until<T>(look: (state: TalkState) => T | undefined, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        this.#watchers.delete(check);
        signal.removeEventListener("abort", check);
        settle();
      };
      const check = (): void => {
        if (signal.aborted) return end(() => reject(signal.reason));
        const found = look(this.#state);
        if (found !== undefined) return end(() => resolve(found));
        const why = this.#whyGone();
        if (why !== null) end(() => reject(new TalkFailure(why)));
      };
      this.#watchers.add(check);
      signal.addEventListener("abort", check);
      check();
    });
  }

  /** Asks for something, and waits until `look` finds it done or the service says why it does not do it. */
  async ask<T>(request: JobRequest, look: (state: TalkState) => T | undefined, signal: AbortSignal): Promise<Asked<T>> {
    await this.ready(signal);
    this.#asked += 1;
    const eventId = `ask_${this.#asked}`;
    const connection = this.#state.connections;
    this.#client.send({ ...request, event_id: eventId });
    return await this.until((state): Asked<T> | undefined => {
      const why = this.#refusals.get(eventId);
      if (why !== undefined) return { ok: false, why };
      const value = look(state);
      if (value !== undefined) return { ok: true, value };
      if (state.connections === connection || state.link.status !== "ready") return undefined;
      return { ok: false, why: "The connection was lost before an answer came. See `sotto jobs`, then try again." };
    }, signal);
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }

  #notice(notice: ClientNotice): void {
    if (notice.type === "audio") return;
    if (notice.type === "server" && notice.event.type === "error") this.#refused(notice.event);
    this.#state = talkStep(this.#state, notice);
    this.#options.onChange?.(this.#state);
    for (const check of [...this.#watchers]) check();
  }

  #refused({ error }: Extract<ServerEventMessage, { type: "error" }>): void {
    if (error.event_id) this.#refusals.set(error.event_id, error.message ?? "The service refused it.");
  }

  #whyGone(): string | null {
    const why = unreachable(this.#state);
    if (why !== null) return why(this.#options.url);
    const { link, connections } = this.#state;
    if (connections === 0 || link.status !== "waiting" || link.attempt < mostAttempts) return null;
    return `The service is gone (${link.why}). Jobs are kept: start it again with npm start, then see \`sotto jobs\`.`;
  }
}
