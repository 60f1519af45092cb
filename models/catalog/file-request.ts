/** What a server answered to the wish for a file from some byte on. */
export interface FileResponse {
  readonly status: number;
  readonly body: ReadableStream<Uint8Array> | null;
  /** The byte that the body begins with. */
  readonly startByte: number;
  /** Length of the whole file, where it was said. */
  readonly totalBytes: number | undefined;
  /** Of the whole file, where the server or one that led to it said so. */
  readonly sha256: string | undefined;
}

const mostRedirects = 5;

/**
 * Asks for a file from `fromByte` on. Hugging Face names the checksum and the length in `x-linked-etag` and `x-linked-size` before it
 * sends one on to where the file lies, so redirects are followed here; the token goes to the first server only.
 */
export async function requestFile(
  url: string,
  { fromByte, token }: { readonly fromByte: number; readonly token?: string | undefined },
  signal: AbortSignal,
): Promise<FileResponse> {
  let at = new URL(url);
  const { origin } = at;
  let linked: { sha256?: string | undefined; bytes?: number | undefined } = {};
  for (let hop = 0; hop <= mostRedirects; hop += 1) {
    const headers: Record<string, string> = { "user-agent": "sotto", "accept-encoding": "identity" };
    if (fromByte > 0) headers["range"] = `bytes=${fromByte}-`;
    if (token !== undefined && at.origin === origin) headers["authorization"] = `Bearer ${token}`;
    const answer = await fetch(at, { redirect: "manual", headers, signal });
    linked = {
      sha256: linked.sha256 ?? sha256In(answer.headers.get("x-linked-etag")),
      bytes: linked.bytes ?? countIn(answer.headers.get("x-linked-size")),
    };
    const location = answer.headers.get("location");
    if (answer.status >= 300 && answer.status < 400 && location !== null) {
      await answer.body?.cancel();
      at = new URL(location, at);
      continue;
    }
    const [, start, total] = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(answer.headers.get("content-range") ?? "") ?? [];
    const length = answer.status === 200 ? countIn(answer.headers.get("content-length")) : undefined;
    return {
      status: answer.status,
      body: answer.body,
      startByte: answer.status === 206 ? Number(start ?? Number.NaN) : 0,
      totalBytes: countIn(total) ?? length ?? linked.bytes,
      sha256: linked.sha256 ?? sha256In(answer.headers.get("etag")),
    };
  }
  throw new Error(`${url} leads from one address to another without end`);
}

/** An etag is a checksum only if it looks like one. */
function sha256In(etag: string | null): string | undefined {
  return /^(?:W\/)?"?([0-9a-f]{64})"?$/i.exec(etag ?? "")?.[1]?.toLowerCase();
}

function countIn(text: string | null | undefined): number | undefined {
  return text !== null && text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
