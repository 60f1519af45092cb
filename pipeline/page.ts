import { readFile } from "node:fs/promises";
import { join } from "node:path";

const contentTypes: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
  png: "image/png",
  json: "application/json",
  webmanifest: "application/manifest+json",
  map: "application/json",
};

/** One file of the page; nothing outside its folder has a name that gets this far. */
export interface PageFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
}

/** @returns undefined when the page has no such file. */
export async function pageFile(folder: string, name: string): Promise<PageFile | undefined> {
  const extension = /^[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.([a-z]+)$/.exec(name)?.[1];
  const contentType = extension === undefined ? undefined : contentTypes[extension];
  if (contentType === undefined) return undefined;
  try {
    return { body: Uint8Array.from(await readFile(join(folder, name))), contentType };
  } catch {
    return undefined;
  }
}

/**
 * The page may load its own files and talk to this server, nothing else; nobody may frame it, and its address, which
 * holds the token, is told to nobody.
 * @param host the Host header, already found to be one of our names
 */
export function pageHeaders(host: string): Record<string, string> {
  return {
    "content-security-policy": [
      "default-src 'self'",
      `connect-src 'self' ws://${host} wss://${host}`,
      "img-src 'self' data:",
      "media-src 'self' blob:",
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join("; "),
    "permissions-policy": "microphone=(self)",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-cache",
  };
}
