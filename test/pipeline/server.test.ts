import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { build } from "../../pipeline/realtime/server-events.ts";
import { createSottoServer } from "../../pipeline/server.ts";
import { bearer, get, refusal } from "../support/http-requests.ts";
import { startTestServer, TestClient, testToken } from "../support/test-server.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

describe("opening a socket", () => {
  test.each([
    ["no token", "/v1/realtime", {}, 401],
    ["a wrong token", "/v1/realtime?token=wrong", {}, 401],
    ["a foreign Origin", "/v1/realtime", { ...bearer, origin: "https://evil.example" }, 403],
    ["the origin null", "/v1/realtime", { ...bearer, origin: "null" }, 403],
    ["a foreign Host", "/v1/realtime", { ...bearer, host: "evil.example" }, 403],
    ["another path", "/v1/audio", bearer, 404],
    ["no path at all", "//", bearer, 404],
  ])("%s is refused before the handshake", async (_what, path, headers, status) => {
    await using server = await startTestServer();
    const refused = await refusal(server.port, path, headers);
    expect(refused).toMatchObject({
      status,
      body: { error: { type: "invalid_request_error", message: expect.any(String) } },
    });
    expect(server.sessions).toEqual([]);
  });

  test("works with each way to show the token, and says what was chosen", async () => {
    await using server = await startTestServer();
    const key = `openai-insecure-api-key.${testToken}`;
    const url = `ws://127.0.0.1:${server.port}/v1/realtime`;
    const sockets: readonly (readonly [WebSocket, string])[] = [
      [new WebSocket(url, { headers: bearer }), ""],
      [new WebSocket(`${url}?model=gpt-realtime&token=${testToken}`), ""],
      [new WebSocket(url, [key, "realtime", "openai-agents-sdk.0.20.0"]), "realtime"],
      [new WebSocket(url, ["realtime", key, "sotto.v1"], { origin: `http://127.0.0.1:${server.port}` }), "sotto.v1"],
    ];
    for (const [socket, protocol] of sockets) {
      const client = new TestClient(socket);
      expect(await client.received(1)).toMatchObject([{ type: "session.created" }]);
      expect(socket.protocol).toBe(protocol);
    }
    expect(
      server.sessions.map(({ request: { model, acknowledgesPlayback } }) => [model, acknowledgesPlayback]),
    ).toEqual([
      [undefined, false],
      ["gpt-realtime", false],
      [undefined, false],
      [undefined, true],
    ]);
  });

  test.each([
    ["by header", { ...bearer, "openai-beta": "realtime=v1" }, ["realtime"]],
    ["among other headers", { ...bearer, "openai-beta": "assistants=v2, realtime=v1" }, []],
    ["as a browser", {}, ["realtime", `openai-insecure-api-key.${testToken}`, "openai-beta.realtime-v1"]],
  ])("the beta shape, asked for %s, is refused in its own terms, and takes no place", async (_, headers, protocols) => {
    await using server = await startTestServer();
    const address = server.url.replace("http", "ws");
    const client = new TestClient(new WebSocket(`${address}/v1/realtime`, [...protocols], { headers }));
    expect(await client.closed).toEqual({ code: 4000, reason: "beta_api_shape_disabled" });
    expect(client.events).toMatchObject([
      {
        type: "error",
        event_id: expect.any(String),
        error: {
          code: "beta_api_shape_disabled",
          message: expect.stringContaining("Leave out the header OpenAI-Beta"),
        },
      },
    ]);
    expect([server.sessions, server.server.sessions]).toEqual([[], 0]);
  });

  test("another beta of that header is none of ours", async () => {
    await using server = await startTestServer();
    const headers = { ...bearer, "openai-beta": "assistants=v2" };
    const client = new TestClient(new WebSocket(`${server.url.replace("http", "ws")}/v1/realtime`, { headers }));
    expect(await client.received(1)).toMatchObject([{ type: "session.created" }]);
    client.socket.close();
    await client.closed;
  });

  test("a full table answers 503, and a freed place can be taken", async () => {
    await using server = await startTestServer({ settings: { maxSessions: 2 } });
    const first = await server.connect();
    const second = await server.connect();
    expect(await refusal(server.port, "/v1/realtime", bearer)).toMatchObject({
      status: 503,
      headers: { "retry-after": "5" },
      body: {
        error: {
          type: "server_error",
          code: "session_limit_reached",
          message: expect.stringContaining("All 2 sessions"),
        },
      },
    });
    expect(await second.ask({ type: "response.cancel", event_id: "still here" })).toMatchObject({
      item_id: "still here",
    });
    first.socket.close();
    await first.closed;
    while (server.server.sessions > 1) await new Promise((resolve) => setImmediate(resolve));
    expect(await (await server.connect()).received(1)).toHaveLength(1);
  });

  test("at a full table the conversation that was idle for longest gives way, and none that is in use", async () => {
    const clock = new VirtualClock();
    await using server = await startTestServer({
      clock,
      settings: { maxSessions: 3, idleTimeoutMs: 60_000, heartbeatMs: 3_600_000 },
    });
    const [idle, spoken, answered] = [await server.connect(), await server.connect(), await server.connect()];
    await clock.advance(59_999);
    expect(await refusal(server.port, "/v1/realtime", bearer)).toMatchObject({ status: 503 });
    await spoken.ask({ type: "response.cancel" });
    const place = { responseId: "resp_1", itemId: "item_1", outputIndex: 0, contentIndex: 0 };
    server.sessions[2]?.request.output.send(build.transcriptDelta(place, "Well"));
    await answered.received(2);
    await clock.advance(1);
    expect(await (await server.connect()).received(1)).toHaveLength(1);
    expect(await idle.closed).toEqual({
      code: 4001,
      reason: "nothing was said for 1 min, and somebody else needed the place",
    });
    expect(server.sessions.map(({ closes }) => closes)).toEqual([["place-taken"], [], [], []]);
    expect(await refusal(server.port, "/v1/realtime", bearer)).toMatchObject({ status: 503 });
    await spoken.ask({ type: "response.cancel" });
    await answered.ask({ type: "response.cancel" });
  });

  test("who was asked to give way holds no place, though its socket is still open", async () => {
    const clock = new VirtualClock();
    await using server = await startTestServer({ clock, settings: { maxSessions: 2, idleTimeoutMs: 1_000 } });
    const [first, second] = [await server.connect(), await server.connect()];
    first.socket.pause();
    await clock.advance(1_000);
    await second.ask({ type: "response.cancel" });
    await (await server.connect()).received(1);
    expect(await refusal(server.port, "/v1/realtime", bearer)).toMatchObject({ status: 503 });
    expect(server.sessions.map(({ closes }) => closes)).toEqual([["place-taken"], [], []]);
    first.socket.terminate();
  });
});

describe("listening", () => {
  const options = (settings: { host?: string; port: number }, token: string | undefined = testToken) => ({
    config: {
      host: "127.0.0.1",
      allowedOrigins: [],
      allowedHosts: [],
      maxSessions: 1,
      idleTimeoutMs: 1,
      maxBufferedBytes: 1,
      ...settings,
    },
    token,
    openSession: () => {
      throw new Error("nobody connects here");
    },
    newSession: () => {
      throw new Error("nobody asks here");
    },
    models: () => [],
    status: () => ({ status: "starting" }) as const,
    pageDir: "absent",
    clock: new VirtualClock(),
    log: () => {},
  });

  test("a port in use is one line that says what to do", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await expect(createSottoServer(options({ port })).listen()).rejects.toThrow(
      new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is in use, .* --port .*\\.$`),
    );
    other.close();
  });

  test("an address that is not this machine's is one line too", async () => {
    await expect(createSottoServer(options({ host: "192.0.2.1", port: 0 })).listen()).rejects.toThrow(
      /^This machine has no address 192\.0\.2\.1: .*--host/,
    );
  });

  test("beyond this machine not without a token", async () => {
    const open = { ...options({ host: "0.0.0.0", port: 0 }), token: undefined };
    await expect(createSottoServer(open).listen()).rejects.toThrow(/^Refusing to listen on 0\.0\.0\.0 without a token/);
  });

  test("without a token on this machine, everybody on it may talk", async () => {
    await using server = await startTestServer({ token: undefined });
    const client = new TestClient(new WebSocket(`ws://127.0.0.1:${server.port}/v1/realtime`));
    expect(await client.received(1)).toHaveLength(1);
    expect(await refusal(server.port, "/v1/realtime", { origin: "https://evil.example" })).toMatchObject({
      status: 403,
    });
  });

  test("not ready is 503 for whoever watches", async () => {
    const server = createSottoServer(options({ port: 0 }));
    const { port } = await server.listen();
    expect((await get(port, "/healthz")).status).toBe(503);
    await server.close();
    await server.close();
  });

  test("closing tells every client", async () => {
    const server = await startTestServer();
    const clients = await Promise.all([server.connect(), server.connect()]);
    await server.server.close();
    expect(await Promise.all(clients.map(({ closed }) => closed))).toMatchObject([{ code: 1001 }, { code: 1001 }]);
    expect(server.sessions.map(({ closes }) => closes)).toEqual([["server-closed"], ["server-closed"]]);
  });
});
