import { ModelError } from "../../models/errors.ts";
import type {
  AudioFrame,
  Coding,
  Forecast,
  Lease,
  Models,
  ReplyPart,
  ReplyRequest,
  Role,
  Roles,
  Stt,
  Toolbox,
  Transcript,
  Tts,
  Vad,
} from "../../models/roles.ts";
import { frameSamples } from "../../models/roles.ts";
import { ScriptedWriter } from "../../models/servers/scripted.ts";
import type { TakeSeat } from "../../pipeline/handoff/coding-seat.ts";
import { parseClientEvent } from "../../pipeline/realtime/client-event-parser.ts";
import type { ServerEvent } from "../../pipeline/realtime/server-events.ts";
import { defaultSession } from "../../pipeline/realtime/session-config.ts";
import { Session } from "../../pipeline/session.ts";
import type { OutgoingAudio, SessionEvent, SessionRequest } from "../../pipeline/session-port.ts";
import type { RouteRules } from "../../pipeline/stages/route.ts";
import { countingIds } from "./conversation-driver.ts";
import { noDesk } from "./empty-seat.ts";
import { noSwaps } from "./models-of.ts";
import { MortalProcess } from "./mortal-process.ts";
import { VirtualClock } from "./virtual-clock.ts";

export interface WorldScript {
  /** What the recogniser makes of each utterance, in order. A partial transcript comes with every fourth frame. */
  readonly heard: readonly (string | { readonly rejected: true } | { readonly fails: true })[];
  /** What the voice says; may wait on the clock it is given. */
  readonly answer: (
    request: ReplyRequest,
    clock: VirtualClock,
    signal: AbortSignal,
  ) => AsyncIterable<ReplyPart> | Iterable<ReplyPart>;
  /** What the director says, and how long it takes to come. */
  readonly director?: {
    readonly loadMs: number;
    readonly answer: WorldScript["answer"];
    readonly fails?: string;
  };
  readonly routing?: Partial<RouteRules>;
  readonly toolbox?: Toolbox | ((coding: Coding) => Toolbox);
  /** The coder's desk. */
  readonly takeSeat?: TakeSeat;
  /** Time the recogniser takes for its final word. */
  readonly sttMs?: number;
  /** Time the speech engine takes for a clause; its sound lasts 100 ms a word. */
  readonly ttsMs?: number;
  /** Its own, unless several share one. */
  readonly clock?: VirtualClock;
  readonly request?: Partial<Pick<SessionRequest, "id" | "acknowledgesPlayback" | "transcriptionOnly" | "preset">>;
}

/** A whole conversation with scripted engines, in virtual time: what came out, and when. */
export class World implements AsyncDisposable {
  readonly clock: VirtualClock;
  readonly events: { readonly atMs: number; readonly event: ServerEvent }[] = [];
  readonly audio: { readonly atMs: number; readonly part: OutgoingAudio }[] = [];
  /** Events and audio in the order in which they went out. */
  readonly sent: (
    | { readonly event: ServerEvent; readonly part?: undefined }
    | { readonly part: OutgoingAudio; readonly event?: undefined }
  )[] = [];
  readonly logs: string[] = [];
  readonly writer: ScriptedWriter;
  /** When the director was asked for and given up. */
  readonly trips: string[] = [];
  /** When heavy models were kept still. */
  readonly holds: string[] = [];
  readonly session: Session;
  /** Voice activity streams that are open. */
  openStreams = 0;
  readonly #script: WorldScript;
  readonly #processes: ReadonlyMap<Role, MortalProcess>;
  readonly #utterances: number[] = [];

  constructor(script: WorldScript) {
    this.#script = script;
    this.clock = script.clock ?? new VirtualClock();
    const ears = new MortalProcess("ears");
    this.#processes = new Map([
      ["vad", ears],
      ["stt", ears],
      ["voice", new MortalProcess("voice")],
      ["tts", new MortalProcess("mouth")],
    ]);
    this.writer = new ScriptedWriter((request, signal) => script.answer(request, this.clock, signal));
    this.session = new Session(
      {
        id: "sess_1",
        acknowledgesPlayback: false,
        transcriptionOnly: false,
        ...script.request,
        output: {
          send: (event) => {
            this.events.push({ atMs: this.clock.nowMs(), event });
            this.sent.push({ event });
          },
          sendAudio: (part) => {
            this.audio.push({ atMs: this.clock.nowMs(), part });
            this.sent.push({ part });
          },
          end: (reason) => this.logs.push(`ended: ${reason}`),
        },
      },
      {
        models: this.#models(),
        toolbox: (coding) =>
          typeof script.toolbox === "function" ? script.toolbox(coding) : (script.toolbox ?? noTools),
        takeSeat: script.takeSeat ?? noDesk,
        clock: this.clock,
        newId: countingIds(),
        speakable: (text) => text.trim(),
        log: (line) => this.logs.push(line),
        routing: { coding: true, asked: true, tasks: [], hardFrom: 2, fallback: "auto", ...script.routing },
        defaults: defaultSession({ id: "" }),
        hello: { version: "0", voiceModel: "scripted", voices: ["slt"], starter: true },
      },
    );
  }

  /** The client speaks for `ms`, then is silent for `silenceMs`, in real frames and in step with the clock. */
  async speak(ms: number, silenceMs: number): Promise<void> {
    await this.#frames(ms, 8_000);
    await this.#frames(silenceMs, 0);
  }

  /** Silence from the microphone while time passes. */
  async wait(ms: number): Promise<void> {
    await this.#frames(ms, 0);
  }

  /** The process behind a role ends, and with it every call in flight. */
  crash(role: Role): void {
    this.#processes.get(role)?.die();
  }

  /** It has been started again. */
  restart(role: Role): void {
    this.#processes.get(role)?.comeBack();
  }

  send(message: Record<string, unknown>): void {
    const parsed = parseClientEvent(JSON.stringify(message));
    if (!parsed.ok) throw new Error(parsed.error.message);
    if (!isSessionEvent(parsed.event)) throw new Error("Audio goes by speak()");
    this.session.receive(parsed.event);
  }

  /** Event types from `fromMs` on, with repeats folded, as "type @time". */
  trace(types?: readonly string[]): string[] {
    const lines: string[] = [];
    for (const { atMs, event } of this.events) {
      if (event.type.startsWith("sotto.latency") || (types !== undefined && !types.includes(event.type))) continue;
      lines.push(`${event.type} @${atMs}`);
    }
    return lines;
  }

  times(type: ServerEvent["type"]): number[] {
    return this.events.flatMap(({ atMs, event }) => (event.type === type ? [atMs] : []));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.session.close("client-closed");
    await this.clock.advance(0);
  }

  async #frames(ms: number, level: number): Promise<void> {
    // 24 kHz on the wire: 768 samples are 32 ms.
    const samples = Int16Array.from({ length: 768 }, (_, n) => (n % 24 < 12 ? level : -level));
    for (let sentMs = 0; sentMs < ms; sentMs += 32) {
      this.session.audio(new Uint8Array(samples.buffer));
      await this.clock.advance(32);
    }
  }

  #models(): Models {
    const { director } = this.#script;
    const answer = director?.answer ?? (() => []);
    const engines: { readonly [R in "vad" | "stt" | "voice" | "director" | "tts"]: Roles[R] } = {
      vad: this.#vad(),
      stt: this.#stt(),
      voice: { reply: (request, signal) => this.#run("voice", (inner) => this.writer.reply(request, inner), signal) },
      director: new ScriptedWriter((request, signal) => answer(request, this.clock, signal)),
      tts: this.#tts(),
    };
    const lease = async <R extends Role>({ role }: { readonly role: R }, signal: AbortSignal): Promise<Lease<R>> => {
      this.#processes.get(role)?.throwIfDead();
      if (role === "director") {
        this.trips.push(`asked @${this.clock.nowMs()}`);
        signal.addEventListener("abort", () => this.trips.push(`given up @${this.clock.nowMs()}`), { once: true });
        await this.clock.sleep(director?.loadMs ?? 0, signal);
        if (director?.fails !== undefined) throw new ModelError("no-memory", director.fails);
      }
      const engine: Partial<Roles> = engines;
      const found = engine[role];
      if (found === undefined) throw new ModelError("not-installed", `No ${role}`);
      return { model: "scripted", engine: found, [Symbol.dispose]: () => undefined };
    };
    const forecast = (role: Role): Forecast =>
      role !== "director" || director === undefined
        ? noSwaps.forecast(role)
        : director.loadMs === 0
          ? { status: "ready", model: "big", waitMs: 0 }
          : { status: "swap", model: "big", waitMs: director.loadMs };
    const holdVoiceTurn = (): Disposable => {
      this.holds.push(`held @${this.clock.nowMs()}`);
      return { [Symbol.dispose]: () => this.holds.push(`let go @${this.clock.nowMs()}`) };
    };
    const hint = (role: Role): void => {
      this.trips.push(`hinted at ${role} @${this.clock.nowMs()}`);
    };
    return { ...noSwaps, lease, forecast, hint, holdVoiceTurn };
  }

  #vad(): Vad {
    const score = async ({ samples }: AudioFrame): Promise<number> => {
      this.#processes.get("vad")?.throwIfDead();
      return Math.max(...samples) > 2_000 ? 0.95 : 0.02;
    };
    const open = () => {
      this.openStreams += 1;
      return {
        score,
        [Symbol.dispose]: () => {
          this.openStreams -= 1;
        },
      };
    };
    return { open };
  }

  #stt(): Stt {
    // An utterance may be transcribed again from its beginning, which is how it is recognised here.
    const heardAt = (startMs: number): WorldScript["heard"][number] => {
      if (!this.#utterances.includes(startMs)) this.#utterances.push(startMs);
      return this.#script.heard[this.#utterances.indexOf(startMs)] ?? "";
    };
    const { clock } = this;
    const { sttMs = 0 } = this.#script;
    async function* transcribe(
      frames: AsyncIterable<AudioFrame>,
      signal: AbortSignal,
    ): AsyncGenerator<Transcript, void, void> {
      let heard: WorldScript["heard"][number] = "";
      let count = 0;
      for await (const frame of frames) {
        if (count === 0) heard = heardAt(frame.atMs);
        if (frame.samples.length !== frameSamples) throw new Error("A frame of another size");
        count += 1;
        if (typeof heard === "string" && count === 8)
          yield { text: heard.split(" ")[0] ?? "", final: false, rejected: false };
        if (typeof heard === "string" && count === 16) yield { text: heard, final: false, rejected: false };
      }
      await clock.sleep(sttMs, signal);
      if (typeof heard === "string") yield { text: heard, final: true, rejected: false };
      else if ("fails" in heard) throw new ModelError("host-exited", "The ears process ended");
      else yield { text: "", final: true, rejected: true };
    }
    return { transcribe: (frames, signal) => this.#run("stt", (inner) => transcribe(frames, inner), signal) };
  }

  #tts(): Tts {
    const { clock } = this;
    const { ttsMs = 0 } = this.#script;
    async function* speak(text: string, signal: AbortSignal): AsyncGenerator<AudioFrame, void, void> {
      await clock.sleep(ttsMs, signal);
      const words = text.split(/\s+/).length;
      for (let n = 0; n < words * 5; n += 1) yield { samples: new Int16Array(320).fill(1_000), atMs: n * 20 };
    }
    return {
      voices: ["slt"],
      speak: (text, _options, signal) => this.#run("tts", (inner) => speak(text, inner), signal),
    };
  }

  #run<T>(role: Role, make: (signal: AbortSignal) => AsyncIterable<T>, signal: AbortSignal): AsyncIterable<T> {
    const process = this.#processes.get(role);
    if (process === undefined) throw new Error(`Nothing runs ${role}`);
    return process.run(make, signal);
  }
}

const noTools: Toolbox = { specs: [], run: async () => "{}" };

function isSessionEvent(event: { readonly type: string }): event is SessionEvent {
  return event.type !== "input_audio_buffer.append";
}
