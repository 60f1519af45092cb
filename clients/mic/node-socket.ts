import { WebSocket } from "ws";
import { z } from "zod";
import type { OpenSocket, SocketEnd } from "../socket.ts";
import { visibleLine } from "../visible-text.ts";

/** A refusal is a sentence; who sends more, or nothing, is not listened to. */
const mostBodyChars = 8_192;
const mostBodyMs = 2_000;

/** A socket by `ws`. Unlike a browser it can tell why a server refused it. */
export const openNodeSocket: OpenSocket = ({ url, protocols, token }, listener) => {
  const headers = token === null ? {} : { Authorization: `Bearer ${token}` };
  const socket = new WebSocket(url, [...protocols], { headers, perMessageDeflate: false });
  let refusal: Omit<SocketEnd, "code"> | undefined;

  socket.on("unexpected-response", (_request, response) => {
    const status = response.statusCode ?? 0;
    const plain = `the service answered ${status} ${response.statusMessage ?? ""}`.trim();
    refusal = { httpStatus: status, reason: plain };
    let body = "";
    response.setEncoding("utf8");
    response.setTimeout(mostBodyMs, () => socket.terminate());
    response.on("data", (text: string) => {
      body += text;
      if (body.length > mostBodyChars) socket.terminate();
    });
    response.on("end", () => {
      const told = toldBy(body);
      if (told !== undefined) refusal = { httpStatus: status, reason: `the service answered ${status}: ${told}` };
      socket.terminate();
    });
  });
  socket.on("error", (error) => {
    refusal ??= { httpStatus: null, reason: error.message };
  });
  socket.on("open", () => listener.open(socket.protocol));
  socket.on("message", (data, isBinary) => {
    const bytes = data instanceof ArrayBuffer ? Buffer.from(data) : Array.isArray(data) ? Buffer.concat(data) : data;
    if (isBinary) listener.bytes(bytes);
    else listener.text(bytes.toString("utf8"));
  });
  socket.on("close", (code, reason) => {
    listener.close({
      code,
      httpStatus: refusal?.httpStatus ?? null,
      reason: refusal?.reason ?? reason.toString("utf8"),
    });
  });

  return {
    get waitingBytes() {
      return socket.bufferedAmount;
    },
    sendText: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    sendBytes: (bytes) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(bytes);
    },
    close: () => socket.close(1000),
  };
};

const refusalBody = z.object({ error: z.object({ message: z.string().min(1).max(500) }) });

/** The sentence in a refusal's body, without its full stop. */
function toldBy(body: string): string | undefined {
  try {
    return visibleLine(refusalBody.parse(JSON.parse(body)).error.message).replace(/\.$/, "");
  } catch {
    return undefined;
  }
}
