import WebSocket from "ws";
import { toBytes } from "../../pipeline/audio/pcm.ts";
import { parseServerEvent, type ServerEventMessage } from "../../pipeline/realtime/server-event-schema.ts";
import { until } from "./until.ts";

/** Longer than any silence that a turn waits for: unlike a microphone, a line that was sent goes on with nothing. */
const stillnessMs = 4_000;

/** A bare client: what it received, and what it can send. Speaks `sotto.v1` when asked to. */
export class RealtimeSocket implements AsyncDisposable {
  readonly events: ServerEventMessage[] = [];
  /** When each event came, by the wall clock. */
  readonly atMs: number[] = [];
  audioBytes = 0;
  /** The close code, once the server has ended it. */
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.once("close", resolve));
    // What is still on its way when the server closes is lost; the close says the rest.
    socket.on("error", () => undefined);
    socket.on("message", (data: Buffer, isBinary) => {
      if (isBinary) {
        this.audioBytes += data.length - 8;
        return;
      }
      const event = parseServerEvent(data.toString());
      if (event === undefined)
        throw new Error(`The server sent what nobody can read: ${data.toString().slice(0, 200)}`);
      if (event.type === "response.output_audio.delta") this.audioBytes += Buffer.from(event.delta, "base64").length;
      this.events.push(event);
      this.atMs.push(performance.now());
    });
  }

  static async open(url: string, token: string, options: { readonly sotto?: boolean } = {}): Promise<RealtimeSocket> {
    const protocols = options.sotto ? ["realtime", "sotto.v1"] : ["realtime"];
    const socket = new WebSocket(url, protocols, { headers: { authorization: `Bearer ${token}` } });
    const client = new RealtimeSocket(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once("open", () => resolve());
      socket.once("error", reject);
    });
    await until(() => client.events.length > 0);
    return client;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  send(event: Record<string, unknown>): void {
    this.#socket.send(JSON.stringify(event));
  }

  /** Raw text or bytes, as no client should. */
  sendRaw(data: string | Uint8Array): void {
    this.#socket.send(data);
  }

  audio(bytes: Uint8Array): void {
    if (this.isOpen) this.send({ type: "input_audio_buffer.append", audio: Buffer.from(bytes).toString("base64") });
  }

  /** A line and the silence after it, all at once: the server counts time by samples. */
  say(samples: Int16Array, silenceMs: number = stillnessMs): void {
    this.audio(toBytes(samples));
    this.silence(silenceMs);
  }

  silence(silenceMs: number = stillnessMs): void {
    this.audio(new Uint8Array(silenceMs * 48));
  }

  count(type: string): number {
    return this.events.filter((event) => event.type === type).length;
  }

  of<Type extends ServerEventMessage["type"]>(type: Type): Extract<ServerEventMessage, { readonly type: Type }>[] {
    return this.events.filter(
      (event): event is Extract<ServerEventMessage, { readonly type: Type }> => event.type === type,
    );
  }

  /** Waits for the `count`-th event of a type. */
  async until(type: string, count = 1): Promise<void> {
    await until(() => this.count(type) >= count);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#socket.once("close", () => resolve()));
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    this.#socket.close();
    await closed;
  }
}
