import { createServer } from "node:http";
import { afterEach, expect, test } from "vitest";
import { talk } from "../../../clients/mic/talk.ts";

const close: (() => void)[] = [];
afterEach(() => {
  for (const each of close.splice(0)) each();
});

/** Something that answers every request for a WebSocket in its own way. */
async function door(answer: string): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(404).end());
  server.on("upgrade", (_request, socket) => socket.on("error", () => undefined).end(answer));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  close.push(() => server.close());
  const at = server.address();
  if (at === null || typeof at === "string") throw new Error("It listens nowhere");
  return `http://127.0.0.1:${at.port}`;
}

function http(status: string, body: string): string {
  return `HTTP/1.1 ${status}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
}

const sotto = (message: string): string => JSON.stringify({ error: { type: "invalid_request_error", message } });

test.each([
  [
    "a wrong token",
    http("401 Unauthorized", sotto("The token is wrong.")),
    "refused the connection: the service answered 401. Use the link that it printed when it started, or set SOTTO_TOKEN.",
  ],
  [
    "a foreign name",
    http("403 Forbidden", sotto('Host "a" is none of ours; add it.')),
    'refused the connection: the service answered 403: Host "a" is none of ours; add it.',
  ],
  [
    "another program",
    http("404 Not Found", "<h1>No</h1>"),
    "refused the connection: the service answered 404 Not Found. Another program may listen there: give Sotto's own address by --url or --port.",
  ],
  [
    "a full table",
    http("503 Service Unavailable", sotto("All 2 sessions are in use; try again later.")),
    "takes nobody just now: the service answered 503: All 2 sessions are in use; try again later.",
  ],
  [
    "a body without end",
    http("403 Forbidden", "x".repeat(100_000)),
    "refused the connection: the service answered 403 Forbidden.",
  ],
  [
    "control characters",
    http("403 Forbidden", sotto("\u001b[2Jgone")),
    "refused the connection: the service answered 403: [␛][2Jgone.",
  ],
])("%s is said, with what to do", async (_, answer, said) => {
  const url = await door(answer);
  let stderr = "";
  const code = await talk(
    { url, text: "hello" },
    { stdout: { write: () => undefined }, stderr: { write: (text) => (stderr += text) }, stdin: null, env: {} },
  );
  expect({ code, stderr }).toEqual({ code: 1, stderr: `sotto: ${new URL(url).host} ${said}\n` });
});
