import { randomBytes } from "node:crypto";
import { chmod, link, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openHome } from "./home-folder.ts";

/**
 * The token that every client must know, made at first start: 32 random bytes, base64url, in `<home>/token`, readable
 * by its owner alone. Two first starts at the same moment agree on one.
 * @throws Error saying what to do, when the file cannot be read or written or holds something else.
 */
export async function loadToken(home: string): Promise<string> {
  const path = join(home, "token");
  const kept = await readToken(path).catch(unusable(path));
  if (kept !== undefined) return kept;
  await openHome(home);
  return await makeToken(path).catch(unusable(path));
}

function unusable(path: string): (cause: unknown) => never {
  return (cause) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot use the access token in ${path}: ${why}. Correct or delete that file.`, { cause });
  };
}

/** 43 characters that are safe in addresses, headers and subprotocols. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

async function readToken(path: string): Promise<string | undefined> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const token = text.trim();
  if (!/^[A-Za-z0-9_-]{16,}$/.test(token)) throw new Error("it must hold at least 16 letters, digits, - or _");
  // A copy or a restored backup may have become readable for others.
  await chmod(path, 0o600);
  return token;
}

async function makeToken(path: string): Promise<string> {
  const token = newToken();
  const draft = `${path}.${process.pid}.${newToken().slice(0, 8)}`;
  try {
    await writeFile(draft, `${token}\n`, { mode: 0o600, flag: "wx" });
    // Unlike rename, link fails when somebody was faster, and never shows half a file.
    await link(draft, path);
    return token;
  } catch (error) {
    const theirs = await readToken(path);
    if (theirs === undefined) throw error;
    return theirs;
  } finally {
    await rm(draft, { force: true });
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
