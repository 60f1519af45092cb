import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { type WebSocket, WebSocketServer } from "ws";
import { placeTaken } from "../../pipeline/realtime/close-codes.ts";
import type { ScriptedDesk } from "./scripted-desk.ts";
import { type ScriptedAnswer, ScriptedTalk } from "./scripted-talk.ts";

export interface ScriptedServer extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  /** Every connection there was, oldest first. */
  readonly talks: readonly ScriptedTalk[];
  /** Breaks all connections without a word, as a network does. */
  breakConnections(): void;
  /** Ends all conversations, as for want of places. */
  takePlaces(why: string): void;
}

export interface ScriptedServerOptions {
  readonly answers: readonly ScriptedAnswer[];
  /** The coder's desk behind it, the same for all clients. */
  readonly desk?: ScriptedDesk;
  /** Speak the extension to clients that offer it. */
  readonly sotto?: boolean;
  readonly port?: number;
  /** Serves the page from here. */
  readonly pageFolder?: string;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
const contentPolicy = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'";

/**
 * A service that plays a part: it hears when somebody speaks, by loudness, and gives the answers that it was told, as
 * tones. It keeps to the order of the real service's events, and to its pace.
 */
export async function startScriptedServer(options: ScriptedServerOptions): Promise<ScriptedServer> {
  const token = "scripted-token";
  const talks: ScriptedTalk[] = [];
  const sockets = new Set<WebSocket>();
  const http = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (path === "/v1/realtime") {
      response.writeHead(request.headers.authorization === `Bearer ${token}` ? 426 : 401).end();
      return;
    }
    const name = path === "/" ? "index.html" : path.slice(1);
    readFile(join(options.pageFolder ?? "dist/page", name)).then(
      (body) => {
        response.writeHead(200, {
          "content-type": types[extname(name)] ?? "application/octet-stream",
          "content-security-policy": contentPolicy,
        });
        response.end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  const upgrades = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (options.sotto !== false && offered.has("sotto.v1") ? "sotto.v1" : "realtime"),
  });
  http.on("upgrade", (request, socket, head) => {
    const offered = String(request.headers["sec-websocket-protocol"] ?? "").split(/,\s*/);
    const given = [
      request.headers.authorization?.replace(/^Bearer /, ""),
      new URL(request.url ?? "/", "http://localhost").searchParams.get("token"),
      ...offered.map((protocol) => protocol.replace(/^openai-insecure-api-key\./, "")),
    ];
    if (!given.includes(token)) {
      socket.end("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    upgrades.handleUpgrade(request, socket, head, (webSocket) => {
      sockets.add(webSocket);
      const talk = new ScriptedTalk(webSocket, {
        answers: options.answers,
        onEvent: (event) => options.desk?.hear(event, talk),
      });
      talks.push(talk);
      options.desk?.join(talk);
      webSocket.on("close", () => {
        sockets.delete(webSocket);
        talk.end();
        options.desk?.leave(talk);
      });
    });
  });
  await new Promise<void>((resolve) => http.listen(options.port ?? 0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    talks,
    breakConnections: () => {
      for (const socket of sockets) socket.terminate();
    },
    takePlaces: (why) => {
      for (const socket of sockets) socket.close(placeTaken, why);
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.terminate();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
