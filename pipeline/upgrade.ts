import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { type AccessRules, checkIdentity, checkPlace } from "./access.ts";
import type { ClientSecret } from "./client-secrets.ts";
import type { Handshake } from "./connection.ts";
import { errorBody } from "./http-app.ts";
import { betaDisabled } from "./realtime/close-codes.ts";
import { realtimeError } from "./realtime/errors.ts";
import { newId } from "./realtime/ids.ts";
import { build } from "./realtime/server-events.ts";

export interface UpgradeRules {
  readonly rules: AccessRules;
  readonly findSecret: (value: string) => ClientSecret | undefined;
  readonly hasRoom: () => boolean;
  readonly maxSessions: number;
}

export type UpgradeDecision =
  | { readonly accepted: true; readonly handshake: Handshake }
  /** Accepted, so that it can be told in its own terms that its protocol is not spoken here. */
  | { readonly accepted: true; readonly handshake: null }
  | { readonly accepted: false; readonly status: number; readonly body: ReturnType<typeof errorBody> };

/** Whether a request for a WebSocket gets one; asked before anything is promised, so that a refusal is plain HTTP. */
export function decideUpgrade(request: IncomingMessage, options: UpgradeRules): UpgradeDecision {
  const url = addressOf(request);
  if (url?.pathname !== "/v1/realtime") return no(404, `There is no WebSocket at ${url?.pathname ?? "this address"}.`);
  const visitor = {
    host: request.headers.host,
    origin: request.headers.origin,
    authorization: request.headers.authorization,
    queryToken: url.searchParams.get("token") ?? undefined,
    subprotocols: request.headers["sec-websocket-protocol"],
    peerAddress: request.socket.remoteAddress,
  };
  const place = checkPlace(visitor, options.rules);
  if (!place.allowed) return no(place.status, place.message);
  const identity = checkIdentity(visitor, options.rules, options.findSecret);
  if (!identity.allowed) return no(identity.status, identity.message);
  if (wantsBeta(request)) return { accepted: true, handshake: null };
  if (!options.hasRoom()) {
    const message = `All ${options.maxSessions} sessions are in use; try again later, or raise server.maxSessions.`;
    return { accepted: false, status: 503, body: errorBody(message, "server_error", "session_limit_reached") };
  }
  const model = url.searchParams.get("model");
  const preset = identity.secret?.session;
  return {
    accepted: true,
    handshake: {
      transcriptionOnly: url.searchParams.get("intent") === "transcription",
      ...(model === null ? {} : { model }),
      ...(preset === undefined ? {} : { preset }),
    },
  };
}

/** The shape before general availability: other names, other fields. It is asked for by header, in browsers by subprotocol. */
function wantsBeta({ headers }: IncomingMessage): boolean {
  const asked = [headers["openai-beta"] ?? [], headers["sec-websocket-protocol"] ?? []].flat().join();
  return /(?:^|[\s,])(?:openai-beta\.)?realtime[=-]v1(?:$|[\s,;])/.test(asked);
}

/** As the hosted service does it, since 2026-05-12. */
export function refuseBeta(socket: WebSocket): void {
  const message =
    "The beta shape of the Realtime API is not spoken here. Leave out the header OpenAI-Beta, or update the client to one that speaks the general one.";
  socket.on("error", () => undefined);
  const error = build.error(realtimeError("beta_api_shape_disabled", message));
  socket.send(JSON.stringify({ event_id: newId("event"), ...error }));
  socket.close(betaDisabled, "beta_api_shape_disabled");
}

/** Ours if the client knows it; never the entry that holds the client's key. */
export function chooseProtocol(offered: ReadonlySet<string>): string | false {
  return ["sotto.v1", "realtime"].find((name) => offered.has(name)) ?? false;
}

/** Answers an upgrade with an ordinary HTTP response and hangs up. */
export function refuseUpgrade(socket: Duplex, status: number, body: unknown): void {
  const json = JSON.stringify(body);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Refused"}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(json)}`,
    ...(status === 401 ? ["WWW-Authenticate: Bearer"] : []),
    ...(status === 503 ? ["Retry-After: 5"] : []),
    "Connection: close",
  ];
  socket.once("finish", () => socket.destroy());
  socket.end(`${lines.join("\r\n")}\r\n\r\n${json}`);
}

function addressOf(request: IncomingMessage): URL | undefined {
  try {
    return new URL(request.url ?? "", "http://localhost");
  } catch {
    return undefined;
  }
}

function no(status: number, message: string): UpgradeDecision {
  return { accepted: false, status, body: errorBody(message) };
}
