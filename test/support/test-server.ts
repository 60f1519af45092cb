import { once } from "node:events";
import { WebSocket } from "ws";
import type { Clock } from "../../models/clock.ts";
import { systemClock } from "../../models/clock.ts";
import { type AudioFormat, pcm24k } from "../../pipeline/realtime/audio-format.ts";
import { build } from "../../pipeline/realtime/server-events.ts";
import { defaultSession, wireSession } from "../../pipeline/realtime/session-config.ts";
import { createSottoServer, type ServerSettings, type SottoServer } from "../../pipeline/server.ts";
import type { CloseReason, OpenSession, SessionEvent, SessionRequest } from "../../pipeline/session-port.ts";

export const testToken = "token-of-the-tests-0123456789abcdefghijklmno";

/** A session that answers each event it understands with exactly one, and keeps what it was told. */
export class TrivialSession {
  readonly request: SessionRequest;
  readonly events: SessionEvent[] = [];
  readonly closes: CloseReason[] = [];
  audioBytes = 0;
  inputFormat: AudioFormat = pcm24k;

  constructor(request: SessionRequest) {
    this.request = request;
    request.output.send(build.sessionCreated(wireSession(defaultSession({ id: request.id }))));
  }

  receive(event: SessionEvent): void {
    this.events.push(event);
    this.request.output.send(build.itemDeleted(event.event_id ?? event.type));
  }

  audio(bytes: Uint8Array): void {
    this.audioBytes += bytes.length;
    this.request.output.send(build.audioCleared());
  }

  close(reason: CloseReason): void {
    this.closes.push(reason);
  }
}

export interface TestServer extends AsyncDisposable {
  readonly server: SottoServer;
  readonly port: number;
  readonly url: string;
  readonly sessions: TrivialSession[];
  readonly lines: string[];
  connect(how?: { readonly path?: string; readonly protocols?: readonly string[] }): Promise<TestClient>;
}

export async function startTestServer(
  given: {
    readonly settings?: Partial<ServerSettings>;
    readonly token?: string | undefined;
    readonly clock?: Clock;
    readonly openSession?: OpenSession;
    readonly pageDir?: string;
  } = {},
): Promise<TestServer> {
  const sessions: TrivialSession[] = [];
  const lines: string[] = [];
  const open: OpenSession = (request) => {
    const session = new TrivialSession(request);
    sessions.push(session);
    return session;
  };
  const server = createSottoServer({
    config: { ...testSettings, ...given.settings },
    token: "token" in given ? given.token : testToken,
    openSession: given.openSession ?? open,
    newSession: (id) => defaultSession({ id }),
    models: () => ["sotto-starter"],
    status: () => ({ status: "ready", sessions: sessions.length }),
    pageDir: given.pageDir ?? "absent",
    clock: given.clock ?? systemClock,
    log: (line) => lines.push(line),
  });
  const { port, url } = await server.listen();
  return {
    server,
    port,
    url,
    sessions,
    lines,
    connect: (how = {}) => TestClient.open(`ws://127.0.0.1:${port}${how.path ?? "/v1/realtime"}`, how.protocols ?? []),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

export const testSettings: ServerSettings = {
  host: "127.0.0.1",
  port: 0,
  allowedOrigins: [],
  allowedHosts: [],
  maxSessions: 8,
  idleTimeoutMs: 60_000,
  maxBufferedBytes: 4 * 1024 * 1024,
};

/** An event as it came, before anyone looked at it. */
export interface RawEvent {
  readonly type: string;
  readonly event_id: string;
  readonly [field: string]: unknown;
}

/** A bare socket that keeps what it receives. */
export class TestClient {
  readonly socket: WebSocket;
  readonly events: RawEvent[] = [];
  readonly binary: Buffer[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  #arrived: () => void = () => {};

  constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => {
      socket.once("close", (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    socket.on("error", () => {});
    socket.on("message", (data: Buffer, isBinary) => {
      if (isBinary) this.binary.push(data);
      else this.events.push(JSON.parse(data.toString()));
      this.#arrived();
    });
  }

  static async open(url: string, protocols: readonly string[]): Promise<TestClient> {
    const client = new TestClient(
      new WebSocket(url, [...protocols], { headers: { authorization: `Bearer ${testToken}` } }),
    );
    await once(client.socket, "open");
    return client;
  }

  send(event: object | string): void {
    this.socket.send(typeof event === "string" ? event : JSON.stringify(event));
  }

  /** Waits until it has received so many events and frames in all. */
  async received(count: number): Promise<readonly RawEvent[]> {
    while (this.events.length + this.binary.length < count) {
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
    return this.events;
  }

  /** Sends an event and returns the one answer to it, after everything before. */
  async ask(event: object | string): Promise<RawEvent | undefined> {
    const before = this.events.length + this.binary.length;
    this.send(event);
    await this.received(before + 1);
    return this.events.at(-1);
  }
}
