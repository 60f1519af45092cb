import { once } from "node:events";
import { request } from "node:http";
import { WebSocket } from "ws";
import { testToken } from "./test-server.ts";

export const bearer = { authorization: `Bearer ${testToken}` };

/** `fetch` forbids setting Host; this does not. */
export async function get(port: number, path: string, headers: Record<string, string> = {}, method = "GET", body = "") {
  const sent = request({ host: "127.0.0.1", port, path, method, headers });
  sent.end(body);
  const [response] = await once(sent, "response");
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return { status: response.statusCode, headers: response.headers, text };
}

/** How an attempt to open a socket was refused. */
export async function refusal(port: number, path: string, headers: Record<string, string>, protocols: string[] = []) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, { headers });
  socket.on("error", () => {});
  const [, response] = await once(socket, "unexpected-response");
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, body: JSON.parse(Buffer.concat(chunks).toString()), headers: response.headers };
}
