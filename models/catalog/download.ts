import { access, mkdir, rename, rm, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Clock } from "../clock.ts";
import { inspectGguf } from "../memory/gguf-header.ts";
import { downloadLock } from "./download-lock.ts";
import { fileSha256 } from "./file-checksum.ts";
import { type FileResponse, requestFile } from "./file-request.ts";
import { receive, Silence } from "./receive.ts";

export interface DownloadRequest {
  readonly url: string;
  /** Where the file goes. While it is not whole, it is `<path>.part`. */
  readonly path: string;
  /** Otherwise the one that the server names, if it does. */
  readonly sha256?: string | undefined;
  /** For files that ask for an account; sent to the first server alone. */
  readonly token?: string | undefined;
  readonly clock: Clock;
  readonly onProgress: (progress: DownloadProgress) => void;
  /** Of the disk that a folder lies on. */
  readonly freeBytes?: (folder: string) => Promise<number>;
  /** Waits before further tries after the connection broke; a try that brought something begins them anew. */
  readonly backOffMs?: readonly number[];
  /** A server that sends nothing for so long is asked again. */
  readonly silentMs?: number;
}

export interface DownloadProgress {
  readonly phase: "fetch" | "check";
  readonly bytes: number;
  readonly totalBytes: number | undefined;
}

export interface Downloaded {
  readonly bytes: number;
  /** `size`: nobody named a checksum; the file is as long as its header says. */
  readonly checked: "sha256" | "size" | "before";
}

const usualBackOffMs = [500, 1_000, 2_000, 4_000, 8_000];
const usualSilentMs = 60_000;
/** A disk that is full to the last byte stops everything else. */
const spareBytes = 200_000_000;

/**
 * Fetches a model file, going on where an earlier try stopped, and checks it. When aborted, what is there so far stays for the next
 * time.
 * @throws Error of one line that says what to do: no such file, an account is needed, no connection, disk full, wrong checksum,
 * another download of it under way.
 */
export async function download(request: DownloadRequest, signal: AbortSignal): Promise<Downloaded> {
  const { path, onProgress } = request;
  const before = await sizeOf(path);
  if (before !== undefined) return await asBefore(request, before, signal);
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.part`;
  using lock = await downloadLock(part);
  if (lock === undefined) throw new Error(`Another pull of ${path} is under way: wait for its end, or stop it`);
  const meanwhile = await sizeOf(path);
  if (meanwhile !== undefined) return await asBefore(request, meanwhile, signal);
  const { sha256: named, totalBytes } = await fetchWhole(request, part, signal);
  const sha256 = request.sha256?.toLowerCase() ?? named;
  const check = (bytes: number): void => onProgress({ phase: "check", bytes, totalBytes });
  if (sha256 !== undefined) {
    const found = await fileSha256(part, check, signal);
    if (found !== sha256) throw await setAside(part, path, `its checksum is ${found}, not ${sha256}`);
  } else {
    await inspectGguf(part).catch(async (error: unknown) => {
      throw await setAside(part, path, error instanceof Error ? error.message : String(error));
    });
  }
  await rename(part, path);
  return { bytes: totalBytes, checked: sha256 === undefined ? "size" : "sha256" };
}

/** A file that is here is looked at again only for a checksum that somebody insists on. */
async function asBefore(
  { path, sha256, onProgress }: DownloadRequest,
  bytes: number,
  signal: AbortSignal,
): Promise<Downloaded> {
  if (sha256 === undefined) return { bytes, checked: "before" };
  const check = (checkedBytes: number): void => onProgress({ phase: "check", bytes: checkedBytes, totalBytes: bytes });
  const found = await fileSha256(path, check, signal);
  if (found === sha256.toLowerCase()) return { bytes, checked: "sha256" };
  throw new Error(`${path} was here before and its checksum is ${found}, not ${sha256}: move it away, then pull again`);
}

/** Asks until everything is there. */
async function fetchWhole(
  request: DownloadRequest,
  part: string,
  signal: AbortSignal,
): Promise<{ readonly sha256: string | undefined; readonly totalBytes: number }> {
  const { url, token, clock, onProgress, backOffMs = usualBackOffMs, silentMs = usualSilentMs } = request;
  let tries = 0;
  let restarts = 0;
  for (;;) {
    signal.throwIfAborted();
    const haveBytes = (await sizeOf(part)) ?? 0;
    try {
      const answer = await requestFile(url, { fromByte: haveBytes, token }, signal);
      const { status, totalBytes, sha256 } = answer;
      if (status === 416 && totalBytes === haveBytes) return { sha256, totalBytes };
      // Another file now, or a server that counts otherwise: what we have is of no use.
      if (status === 416 || (status === 206 && answer.startByte !== haveBytes)) {
        await answer.body?.cancel();
        await rm(part, { force: true });
        restarts += 1;
        if (restarts > 1) throw new Fatal(`${url} cannot be fetched in parts: its server answers with other bytes`);
        continue;
      }
      if (status !== 200 && status !== 206) throw refusal(answer, request);
      const fromByte = status === 206 ? haveBytes : 0;
      await checkRoom(request, totalBytes, fromByte);
      const bytes = await receive(
        {
          body: answer.body,
          part,
          fromByte,
          clock,
          silentMs,
          onBytes: (got) => onProgress({ phase: "fetch", bytes: got, totalBytes }),
        },
        signal,
      );
      if (totalBytes === undefined || bytes >= totalBytes) return { sha256, totalBytes: totalBytes ?? bytes };
      throw new Silence("it ended early");
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof Fatal) throw error;
      if (isFull(error)) throw new Fatal(`The disk of ${part} is full: make room and pull again; what is there stays`);
      if (((await sizeOf(part)) ?? 0) > haveBytes) tries = 0;
      const waitMs = backOffMs[tries];
      if (waitMs === undefined) throw new Fatal(unreachable(url, error), { cause: error });
      tries += 1;
      await clock.sleep(waitMs, signal);
    }
  }
}

/** Trying again would not help. */
class Fatal extends Error {}

async function checkRoom(request: DownloadRequest, totalBytes: number | undefined, fromByte: number): Promise<void> {
  if (totalBytes === undefined) return;
  const folder = dirname(request.path);
  const free = await (request.freeBytes ?? freeOnDisk)(folder);
  const needed = totalBytes - fromByte + spareBytes;
  if (needed > free) {
    const gb = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
    throw new Fatal(
      `${folder} has ${gb(free)} free, but ${gb(needed)} are needed: make room, or set SOTTO_HOME elsewhere`,
    );
  }
}

async function freeOnDisk(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function refusal({ status }: FileResponse, { url, token }: DownloadRequest): Error {
  if (status === 404) return new Fatal(`There is no file at ${url}: check the name`);
  if (status === 401 || status === 403) {
    const todo =
      token === undefined
        ? "accept its licence on its page, make an access token there and set HF_TOKEN to it"
        : "accept its licence on its page with the account that HF_TOKEN belongs to";
    return new Fatal(`${url} is not open to everyone: ${todo}`);
  }
  if (status === 429 || status >= 500) return new Error(`it answers with ${status}`);
  return new Fatal(`${url} answers with ${status}: check the address`);
}

function unreachable(url: string, error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
  const why = code ?? (cause instanceof Error ? cause.message : String(cause));
  return `${new URL(url).host} cannot be reached (${why}): check the connection and pull again; what is there stays`;
}

async function setAside(part: string, path: string, why: string): Promise<Error> {
  const aside = `${path}.damaged`;
  await rename(part, aside);
  return new Fatal(`The file that came is not the one that was announced: ${why}. It lies at ${aside}; pull again`);
}

function isFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await access(path).then(
    () => true,
    () => false,
  ))
    ? (await stat(path)).size
    : undefined;
}
