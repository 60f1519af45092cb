import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { type WebSocket, WebSocketServer } from "ws";
import type { Clock } from "../models/clock.ts";
import { type AccessRules, checkBinding } from "./access.ts";
import { ClientSecrets } from "./client-secrets.ts";
import { Connection } from "./connection.ts";
import { httpApp, type ServiceStatus } from "./http-app.ts";
import type { SessionConfig } from "./realtime/session-config.ts";
import type { OpenSession } from "./session-port.ts";
import { chooseProtocol, decideUpgrade, refuseBeta, refuseUpgrade } from "./upgrade.ts";

/** Room for the longest legal append, 15 MiB of base64, and the JSON around it. */
const maxFrameBytes = 16 * 1024 * 1024;
const heartbeatMs = 15_000;

export interface ServerSettings {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly allowedOrigins: readonly string[];
  readonly allowedHosts: readonly string[];
  readonly maxSessions: number;
  readonly idleTimeoutMs: number;
  readonly maxBufferedBytes: number;
  readonly heartbeatMs?: number;
}

export interface SottoServerOptions {
  readonly config: ServerSettings;
  /** What clients must know; undefined lets in everybody on this machine. */
  readonly token: string | undefined;
  readonly openSession: OpenSession;
  /** What a session starts with. */
  readonly newSession: (id: string) => SessionConfig;
  readonly models: () => readonly string[];
  readonly status: () => ServiceStatus;
  readonly pageDir: string;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

/** Where the server can be reached. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  /** Without the token. */
  readonly url: string;
}

export interface SottoServer {
  /** @throws Error of one line that says what to do: port in use, not allowed, no such address, no token. */
  listen(): Promise<ServerAddress>;
  /** How many clients are connected. */
  readonly sessions: number;
  /** Ends every connection, then the server. Calling it again changes nothing. */
  close(): Promise<void>;
}

/** The one door: HTTP and the WebSocket of the Realtime protocol on one port. */
export function createSottoServer(options: SottoServerOptions): SottoServer {
  const { config, token, clock, log } = options;
  const rules: AccessRules = { token, boundHost: config.host, ...config };
  const secrets = new ClientSecrets(clock);
  const app = httpApp({ ...options, rules, secrets });
  const http = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxFrameBytes,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols: chooseProtocol,
  });
  const connections = new Set<Connection>();
  const limits = { ...config, heartbeatMs: config.heartbeatMs ?? heartbeatMs };
  const upgradeRules = {
    rules,
    findSecret: (value: string) => secrets.find(value),
    hasRoom: () => placesLeft(connections, config) > 0 || longestIdle(connections, config) !== undefined,
    maxSessions: config.maxSessions,
  };
  http.on("upgrade", (request, socket, head) => {
    socket.on("error", () => socket.destroy());
    const decision = decideUpgrade(request, upgradeRules);
    if (!decision.accepted) {
      log(`refused a connection: ${decision.status} ${decision.body.error.message}`);
      refuseUpgrade(socket, decision.status, decision.body);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened: WebSocket) => {
      if (decision.handshake === null) return refuseBeta(opened);
      if (placesLeft(connections, config) <= 0) longestIdle(connections, config)?.giveWay();
      const connection = new Connection(opened, decision.handshake, { ...options, ...limits });
      connections.add(connection);
      void connection.closed.then(() => connections.delete(connection));
    });
  });
  let closing: Promise<void> | undefined;
  return {
    get sessions() {
      return connections.size;
    },
    listen: async () => {
      const refusal = checkBinding({ host: config.host, hasToken: token !== undefined });
      if (refusal !== undefined) throw new Error(refusal);
      return await listenOn(http, config);
    },
    close: () => {
      closing ??= closeAll(http, connections);
      return closing;
    },
  };
}

function placesLeft(connections: ReadonlySet<Connection>, { maxSessions }: ServerSettings): number {
  return maxSessions - [...connections].filter(({ idleMs }) => idleMs !== undefined).length;
}

/** The conversation that gives way to a newcomer when all places are taken; undefined when all are in use. */
function longestIdle(connections: ReadonlySet<Connection>, { idleTimeoutMs }: ServerSettings): Connection | undefined {
  return [...connections]
    .filter(({ idleMs = -1 }) => idleMs >= idleTimeoutMs)
    .toSorted((a, b) => (b.idleMs ?? 0) - (a.idleMs ?? 0))[0];
}

async function listenOn(http: Server, { host, port }: ServerSettings): Promise<ServerAddress> {
  await new Promise<void>((resolve, reject) => {
    const fail = (error: Error): void => reject(new Error(whyNot(error, host, port), { cause: error }));
    http.once("error", fail);
    http.listen({ host: host.replace(/^\[(.*)\]$/, "$1"), port }, () => {
      http.off("error", fail);
      resolve();
    });
  });
  const address = http.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  return { host, port: bound, url: `http://${name}:${bound}` };
}

async function closeAll(http: Server, connections: ReadonlySet<Connection>): Promise<void> {
  const stopped = new Promise<void>((resolve) => http.close(() => resolve()));
  const gone = [...connections].map((connection) => {
    connection.close();
    return connection.closed;
  });
  http.closeIdleConnections();
  await Promise.all(gone);
  http.closeAllConnections();
  await stopped;
}

function whyNot(error: Error, host: string, port: number): string {
  switch ("code" in error ? error.code : undefined) {
    case "EADDRINUSE":
      return `Port ${port} on ${host} is in use, perhaps by another Sotto: stop that program or choose a port with --port (0 takes a free one).`;
    case "EACCES":
      return `Port ${port} on ${host} may not be used without special rights: choose one above 1023 with --port.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `This machine has no address ${host}: choose another with --host, for example 127.0.0.1.`;
    default:
      return `Cannot listen on ${host}, port ${port}: ${error.message}`;
  }
}
