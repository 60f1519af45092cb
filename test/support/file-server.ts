import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a server of files does otherwise than it should; each is used up by one request. */
export type Misdeed =
  /** The connection breaks after so many bytes of the answer. */
  | { readonly do: "cut"; readonly afterBytes: number }
  /** Sends so many bytes and then nothing more, for ever. */
  | { readonly do: "stall"; readonly afterBytes: number }
  | { readonly do: "answer"; readonly status: number }
  /** The whole file, whatever was asked for. */
  | { readonly do: "ignore-range" };

/** A hub that names a file's checksum and sends one on to a store that knows ranges, on loopback. */
export interface FileServer extends AsyncDisposable {
  readonly address: string;
  /** Of each request to the store: the range that was asked for. */
  readonly ranges: readonly (string | undefined)[];
  /** Authorization headers that hub and store have seen. */
  readonly tokens: { readonly hub: readonly (string | undefined)[]; readonly store: readonly (string | undefined)[] };
  /** Replaced for a server whose file changed. */
  content: Buffer;
  readonly misdeeds: Misdeed[];
}

export async function serveFile(
  content: Buffer,
  options: { readonly sha256?: string | false; readonly needsToken?: string } = {},
): Promise<FileServer> {
  const ranges: (string | undefined)[] = [];
  const tokens = { hub: [] as (string | undefined)[], store: [] as (string | undefined)[] };
  const misdeeds: Misdeed[] = [];
  const server = createServer((request, answer) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (path.startsWith("/store/")) store(request, answer);
    else hub(request, answer, path);
  });
  const fileServer: FileServer = {
    address: "",
    ranges,
    tokens,
    content,
    misdeeds,
    [Symbol.asyncDispose]: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };

  function hub(request: IncomingMessage, answer: ServerResponse, path: string): void {
    tokens.hub.push(request.headers.authorization);
    if (options.needsToken !== undefined && request.headers.authorization !== `Bearer ${options.needsToken}`) {
      answer.writeHead(401).end("gated");
      return;
    }
    if (!path.endsWith(".gguf") || path.includes("missing")) {
      answer.writeHead(404).end("Entry not found");
      return;
    }
    const sum = options.sha256 ?? createHash("sha256").update(fileServer.content).digest("hex");
    answer.writeHead(302, {
      // Another name for this machine is another server.
      location: `http://localhost:${portOf(server.address())}/store/blob?signature=secret`,
      ...(sum === false ? {} : { "x-linked-etag": `"${sum}"`, "x-linked-size": String(fileServer.content.length) }),
    });
    answer.end();
  }

  function store(request: IncomingMessage, answer: ServerResponse): void {
    const { range } = request.headers;
    ranges.push(range);
    tokens.store.push(request.headers.authorization);
    const misdeed = misdeeds.shift();
    if (misdeed?.do === "answer") {
      answer.writeHead(misdeed.status).end();
      return;
    }
    const all = fileServer.content;
    const from = misdeed?.do === "ignore-range" ? 0 : Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
    if (from >= all.length) {
      answer.writeHead(416, { "content-range": `bytes */${all.length}` }).end();
      return;
    }
    const body = all.subarray(from);
    const isPart = range !== undefined && misdeed?.do !== "ignore-range";
    answer.writeHead(isPart ? 206 : 200, {
      "content-length": body.length,
      etag: '"not-a-checksum"',
      ...(isPart ? { "content-range": `bytes ${from}-${all.length - 1}/${all.length}` } : {}),
    });
    if (misdeed?.do === "cut") answer.write(body.subarray(0, misdeed.afterBytes), () => answer.socket?.end());
    else if (misdeed?.do === "stall") answer.write(body.subarray(0, misdeed.afterBytes));
    else answer.end(body);
  }

  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return Object.assign(fileServer, { address: `http://127.0.0.1:${portOf(server.address())}` });
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("The server does not listen");
  return address.port;
}
