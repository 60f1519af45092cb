import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { type AccessRules, checkIdentity, checkPlace, type Refusal, type Visitor } from "./access.ts";
import { type ClientSecrets, parseSecretRequest } from "./client-secrets.ts";
import { pageFile, pageHeaders } from "./page.ts";
import { newId } from "./realtime/ids.ts";
import { type SessionConfig, wireSession } from "./realtime/session-config.ts";
import { mergeSession } from "./realtime/session-merge.ts";

export interface HttpOptions {
  readonly rules: AccessRules;
  readonly secrets: ClientSecrets;
  /** Folder of the built page. */
  readonly pageDir: string;
  readonly models: () => readonly string[];
  readonly status: () => ServiceStatus;
  /** What a session starts with, for the answer that shows a secret's session. */
  readonly newSession: (id: string) => SessionConfig;
  readonly log: (line: string) => void;
}

/** What `/healthz` says: `status` to anybody, the rest to who has the token. Anything but "ready" makes it answer 503. */
export interface ServiceStatus {
  readonly status: "ready" | "starting" | "failed";
  readonly [detail: string]: unknown;
}

const mostBodyBytes = 1024 * 1024;

type Env = { Bindings: HttpBindings };

/** Everything that is not a WebSocket: health, page, models, client secrets. */
export function httpApp(options: HttpOptions): Hono<Env> {
  const app = new Hono<Env>();
  // Asked by supervisors, who know no name of ours and no token; what runs here is told to those who may come in.
  app.get("/healthz", (c) => {
    const { status, ...details } = options.status();
    const visitor = visitorOf(c);
    const knows = checkPlace(visitor, options.rules).allowed && checkIdentity(visitor, options.rules).allowed;
    return c.json(knows ? { status, ...details } : { status }, status === "ready" ? 200 : 503);
  });
  app.use(async (c, next) => {
    const place = checkPlace(visitorOf(c), options.rules);
    if (!place.allowed) return refused(c, place);
    const origin = c.req.header("origin");
    if (origin !== undefined) {
      c.header("access-control-allow-origin", origin);
      c.header("vary", "Origin");
    }
    return await next();
  });
  app.options("/v1/*", (c) =>
    c.body(null, 204, {
      "access-control-allow-methods": "GET, POST",
      "access-control-allow-headers": "authorization, content-type",
      "access-control-max-age": "600",
    }),
  );
  app.use("/v1/*", async (c, next) => {
    const identity = checkIdentity(visitorOf(c), options.rules);
    if (!identity.allowed) return refused(c, identity);
    return await next();
  });
  app.get("/v1/models", (c) => c.json({ object: "list", data: options.models().map(modelEntry) }));
  app.get("/v1/realtime", (c) =>
    c.json(errorBody("This address speaks WebSocket: connect to ws://…/v1/realtime."), 426, { upgrade: "websocket" }),
  );
  app.post("/v1/realtime/client_secrets", bodyLimit({ maxSize: mostBodyBytes, onError: tooLarge }), (c) =>
    createSecret(c, options),
  );
  app.get("/", (c) => sendPage(c, options.pageDir, "index.html"));
  app.get("/:name", (c) => sendPage(c, options.pageDir, c.req.param("name")));
  app.notFound((c) => c.json(errorBody(`There is nothing at ${c.req.path}.`), 404));
  app.onError((error, c) => {
    options.log(`${c.req.method} ${c.req.path}: ${error.stack ?? error.message}`);
    return c.json(errorBody("The server made a mistake; its log has details.", "server_error"), 500);
  });
  return app;
}

/** The body of every refusal, in the words of the protocol. */
export function errorBody(message: string, type = "invalid_request_error", code?: string) {
  return { error: { type, message, ...(code === undefined ? {} : { code }) } };
}

async function sendPage(c: Context<Env>, folder: string, name: string) {
  const file = await pageFile(folder, name);
  if (file !== undefined) {
    const headers = pageHeaders(c.req.header("host") ?? "");
    return c.body(file.body, 200, { ...headers, "content-type": file.contentType });
  }
  const message = name === "index.html" ? "The page is not built: run `npm run prepare`." : `There is no ${name}.`;
  return c.json(errorBody(message), 404);
}

async function createSecret(c: Context<Env>, options: HttpOptions) {
  const parsed = parseSecretRequest(await c.req.text());
  if (!parsed.ok) return c.json({ error: parsed.error }, 400);
  let session = options.newSession(newId("sess"));
  if (parsed.request.session != null) {
    const merged = mergeSession(session, parsed.request.session, { audioSent: false });
    if (!merged.ok) return c.json({ error: merged.error }, 400);
    session = merged.session;
  }
  const secret = options.secrets.create(parsed.request);
  return c.json({ value: secret.value, expires_at: secret.expiresAt, session: wireSession(session) });
}

function tooLarge(c: Context) {
  return c.json(errorBody(`The body may have at most ${mostBodyBytes} bytes.`), 413);
}

function refused(c: Context<Env>, refusal: Refusal) {
  const headers: Record<string, string> = refusal.status === 401 ? { "www-authenticate": "Bearer" } : {};
  return c.json(errorBody(refusal.message), refusal.status, headers);
}

function visitorOf(c: Context<Env>): Visitor {
  return {
    host: c.req.header("host"),
    origin: c.req.header("origin"),
    authorization: c.req.header("authorization"),
    queryToken: c.req.query("token"),
    subprotocols: undefined,
    peerAddress: c.env.incoming.socket.remoteAddress,
  };
}

function modelEntry(id: string) {
  return { id, object: "model", created: 0, owned_by: "sotto" };
}
