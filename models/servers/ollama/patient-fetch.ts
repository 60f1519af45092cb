import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";

/**
 * `fetch` that waits as long as its signal lets it. Node's own gives up when nothing came for five minutes; a large model on a slow
 * disk loads for longer, and so does a long prompt on a CPU. Every call has a connection of its own: a kept one may have died with
 * the server's last run.
 *
 * Rejects with the signal's reason, or with Node's error, whose `code` says what went wrong (`ECONNREFUSED`, `ECONNRESET`, …).
 */
export function patientFetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const url = new URL(input instanceof Request ? input.url : input);
  const { method = "GET", signal } = init;
  const body = typeof init.body === "string" ? init.body : undefined;
  const headers = Object.fromEntries(new Headers(init.headers));
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? httpsRequest : httpRequest;
    const sent = send(url, { method, headers, agent: false, ...(signal ? { signal } : {}) }, (answer) => {
      resolve(new Response(bodyOf(answer, signal), { status: answer.statusCode ?? 500, headers: headersOf(answer) }));
    });
    sent.on("error", (error) => reject(signal?.aborted ? signal.reason : error));
    sent.end(body);
  });
}

function bodyOf(answer: IncomingMessage, signal: AbortSignal | null | undefined): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = answer[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const next = await chunks.next();
        if (next.done) controller.close();
        else controller.enqueue(next.value);
      } catch (error) {
        controller.error(signal?.aborted ? signal.reason : error);
      }
    },
    cancel() {
      answer.destroy();
    },
  });
}

function headersOf(answer: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers)) {
    if (typeof value === "string") headers.set(name, value);
  }
  return headers;
}
