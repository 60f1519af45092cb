import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { bearer, get, refusal } from "../support/http-requests.ts";
import { startTestServer, TestClient, testToken } from "../support/test-server.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

describe("plain HTTP", () => {
  test("health is told to anybody", async () => {
    await using server = await startTestServer();
    const health = await get(server.port, "/healthz", { host: "10.1.2.3" });
    expect(health.status).toBe(200);
    expect(JSON.parse(health.text)).toEqual({ status: "ready" });
  });

  test("what runs here is told to whoever has the token, and not under a foreign name", async () => {
    await using server = await startTestServer();
    const told = async (headers: Record<string, string>) =>
      JSON.parse((await get(server.port, "/healthz", headers)).text);
    expect(await told(bearer)).toEqual({ status: "ready", sessions: 0 });
    expect(await told({})).toEqual({ status: "ready" });
    expect(await told({ authorization: "Bearer wrong" })).toEqual({ status: "ready" });
    expect(await told({ ...bearer, host: "evil.example" })).toEqual({ status: "ready" });
    expect(await told({ ...bearer, origin: "https://evil.example" })).toEqual({ status: "ready" });
  });

  test("models are told to whoever has the token", async () => {
    await using server = await startTestServer();
    expect((await get(server.port, "/v1/models")).status).toBe(401);
    expect((await get(server.port, "/v1/models", { authorization: "Bearer wrong" })).status).toBe(401);
    const models = await get(server.port, "/v1/models", bearer);
    expect(JSON.parse(models.text)).toMatchObject({ object: "list", data: [{ id: "sotto-starter", object: "model" }] });
    expect((await get(server.port, `/v1/models?token=${testToken}`)).status).toBe(200);
  });

  test("a foreign Host or Origin is refused even with the token", async () => {
    await using server = await startTestServer();
    expect((await get(server.port, "/", { host: "evil.example" })).status).toBe(403);
    expect((await get(server.port, "/v1/models", { ...bearer, origin: "https://evil.example" })).status).toBe(403);
  });

  test("a page of a configured origin may ask, and browsers are told so", async () => {
    const origin = "http://localhost:3000";
    await using server = await startTestServer({ settings: { allowedOrigins: [origin] } });
    const models = await get(server.port, "/v1/models", { ...bearer, origin });
    expect([models.status, models.headers["access-control-allow-origin"], models.headers.vary]).toEqual([
      200,
      origin,
      "Origin",
    ]);
    const preflight = await get(server.port, "/v1/realtime/client_secrets", { origin }, "OPTIONS");
    expect([preflight.status, preflight.headers["access-control-allow-headers"]]).toEqual([
      204,
      "authorization, content-type",
    ]);
  });

  test("what is not there is a 404 in JSON", async () => {
    await using server = await startTestServer();
    const missing = await get(server.port, "/nothing/here");
    expect([missing.status, JSON.parse(missing.text)]).toMatchObject([
      404,
      { error: { message: "There is nothing at /nothing/here." } },
    ]);
    expect((await get(server.port, "/v1/nothing", bearer)).status).toBe(404);
    expect((await get(server.port, "/v1/realtime", bearer)).status).toBe(426);
  });

  test("the page is served with its locks, and nothing beside it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sotto-page-"));
    await writeFile(join(folder, "index.html"), "<!doctype html>");
    await writeFile(join(folder, "app.js"), "export {};");
    await writeFile(join(folder, "secret.txt"), "secret");
    await using server = await startTestServer({ pageDir: folder });
    const page = await get(server.port, `/?token=${testToken}`);
    expect([page.status, page.text]).toEqual([200, "<!doctype html>"]);
    expect(page.headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    });
    const policy = page.headers["content-security-policy"];
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${server.port} `);
    expect((await get(server.port, "/app.js")).headers["content-type"]).toBe("text/javascript; charset=utf-8");
    for (const path of ["/secret.txt", "/..%2f..%2fetc%2fpasswd", "/%2e%2e/package.json", "/.env", "/app.js%00.html"]) {
      expect((await get(server.port, path)).status, path).toBe(404);
    }
    await rm(folder, { recursive: true });
  });

  test("a page that was not built is an error that says how to", async () => {
    await using server = await startTestServer();
    const page = await get(server.port, "/");
    expect([page.status, page.text]).toEqual([404, expect.stringContaining("npm run prepare")]);
  });
});

describe("client secrets", () => {
  const ask = (port: number, body: unknown, headers: Record<string, string> = bearer) =>
    get(
      port,
      "/v1/realtime/client_secrets",
      { ...headers, "content-type": "application/json" },
      "POST",
      JSON.stringify(body),
    );

  test("open a session with their configuration until they expire", async () => {
    const clock = new VirtualClock();
    await using server = await startTestServer({ clock });
    const made = await ask(server.port, {
      expires_after: { seconds: 10 },
      session: { type: "realtime", audio: { output: { voice: "awb" } } },
    });
    expect(made.status).toBe(200);
    const secret = JSON.parse(made.text);
    expect(secret.session).toMatchObject({ object: "realtime.session", audio: { output: { voice: "awb", speed: 1 } } });
    const protocols = ["realtime", `openai-insecure-api-key.${secret.value}`];
    const url = `ws://127.0.0.1:${server.port}/v1/realtime`;
    const browser = new TestClient(new WebSocket(url, protocols));
    await browser.received(1);
    expect(browser.socket.protocol).toBe("realtime");
    expect(server.sessions[0]?.request.preset).toEqual({ type: "realtime", audio: { output: { voice: "awb" } } });
    await clock.advance(11_000);
    expect(await refusal(server.port, "/v1/realtime", {}, protocols)).toMatchObject({ status: 401 });
  });

  test("cannot make further secrets, nor does anybody without the token", async () => {
    await using server = await startTestServer();
    const secret = JSON.parse((await ask(server.port, {})).text);
    expect((await ask(server.port, {}, { authorization: `Bearer ${secret.value}` })).status).toBe(401);
    expect((await ask(server.port, {}, {})).status).toBe(401);
  });

  test("a bad request names the field", async () => {
    await using server = await startTestServer();
    const bad = await ask(server.port, {
      session: { type: "realtime", audio: { input: { turn_detection: { eagerness: "low" } } } },
    });
    expect([bad.status, JSON.parse(bad.text)]).toMatchObject([
      400,
      { error: { param: "session.audio.input.turn_detection.eagerness" } },
    ]);
    expect((await ask(server.port, { padding: "x".repeat(2_000_000) })).status).toBe(413);
  });
});
