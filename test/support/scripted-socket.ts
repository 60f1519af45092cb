import type { OpenSocket, SocketListener, SocketRequest } from "../../clients/socket.ts";

/** One socket that a client opened, with the other end in the test's hands. */
export interface ScriptedSocket {
  readonly request: SocketRequest;
  readonly listener: SocketListener;
  readonly texts: string[];
  readonly bytes: Uint8Array[];
  waitingBytes: number;
  closed: boolean;
}

export function scriptedSockets(): { readonly sockets: readonly ScriptedSocket[]; readonly openSocket: OpenSocket } {
  const sockets: ScriptedSocket[] = [];
  return {
    sockets,
    openSocket: (request, listener) => {
      const socket: ScriptedSocket = { request, listener, texts: [], bytes: [], waitingBytes: 0, closed: false };
      sockets.push(socket);
      return {
        get waitingBytes() {
          return socket.waitingBytes;
        },
        sendText: (text) => socket.texts.push(text),
        sendBytes: (bytes) => socket.bytes.push(bytes),
        close: () => {
          socket.closed = true;
        },
      };
    },
  };
}
