/** One WebSocket, reduced to what a client needs, so that Node's and the browser's can take each other's place. */
export interface Socket {
  /** Bytes accepted by `sendText` and `sendBytes` and not yet on their way. */
  readonly waitingBytes: number;
  sendText(text: string): void;
  sendBytes(bytes: Uint8Array<ArrayBuffer>): void;
  close(): void;
}

export interface SocketRequest {
  readonly url: string;
  /** The first that the server also knows is spoken. */
  readonly protocols: readonly string[];
  /** Null where the service asks for none. */
  readonly token: string | null;
}

/** Nothing is called after `close`; `close` is called exactly once. */
export interface SocketListener {
  open(protocol: string): void;
  text(text: string): void;
  bytes(bytes: Uint8Array): void;
  close(end: SocketEnd): void;
}

/** Why a socket is no more. */
export interface SocketEnd {
  /** HTTP status when the server refused the upgrade and the platform tells; null otherwise. */
  readonly httpStatus: number | null;
  /** WebSocket close code; 1006 when there was no closing handshake. */
  readonly code: number;
  readonly reason: string;
}

export type OpenSocket = (request: SocketRequest, listener: SocketListener) => Socket;
