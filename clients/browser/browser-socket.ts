import type { OpenSocket, SocketEnd, SocketRequest } from "../socket.ts";

/** Characters that a subprotocol may have. */
const protocolToken = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

/** The browser's own WebSocket. It can send no header, so the token travels as a subprotocol. */
export const openBrowserSocket: OpenSocket = (request, listener) => {
  const { address, protocols } = withToken(request);
  const socket = new WebSocket(address, protocols);
  let opened = false;
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    opened = true;
    listener.open(socket.protocol);
  };
  socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    if (typeof data === "string") listener.text(data);
    else listener.bytes(new Uint8Array(data));
  };
  socket.onclose = ({ code, reason }) => {
    const end = { code, reason, httpStatus: null };
    if (opened) listener.close(end);
    else void refusal(request, end).then((known) => listener.close(known));
  };
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

function withToken({ url, protocols, token }: SocketRequest): { address: string; protocols: string[] } {
  if (token === null) return { address: url, protocols: [...protocols] };
  if (protocolToken.test(token)) return { address: url, protocols: [...protocols, `openai-insecure-api-key.${token}`] };
  const address = new URL(url);
  address.searchParams.set("token", token);
  return { address: address.href, protocols: [...protocols] };
}

/** A browser does not say why a socket did not open. Asking the same address in the plain way does. */
async function refusal({ url, token }: SocketRequest, end: SocketEnd): Promise<SocketEnd> {
  try {
    const headers = token === null ? {} : { Authorization: `Bearer ${token}` };
    const response = await fetch(url.replace(/^ws/, "http"), { headers, cache: "no-store" });
    const { status } = response;
    if (status === 401 || status === 403)
      return { ...end, httpStatus: status, reason: "the access token is missing or wrong" };
    return { ...end, reason: "the service did not accept the connection" };
  } catch {
    return { ...end, reason: "the service is not running" };
  }
}
