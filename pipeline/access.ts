import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";

/** Who may come in. Fixed when the server starts listening. */
export interface AccessRules {
  /** Undefined only after `--no-token`, which `checkBinding` allows on loopback alone. */
  readonly token: string | undefined;
  /** The address we listen on. */
  readonly boundHost: string;
  /** Further names in the Host header, with or without a port. */
  readonly allowedHosts: readonly string[];
  /** Further web pages, for example `http://localhost:3000`. */
  readonly allowedOrigins: readonly string[];
}

/** What a request says about where it comes from. Header values as they came, undefined when absent. */
export interface Visitor {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly authorization: string | undefined;
  /** `?token=` of the address. */
  readonly queryToken: string | undefined;
  /** The `Sec-WebSocket-Protocol` header. */
  readonly subprotocols: string | undefined;
  readonly peerAddress: string | undefined;
}

export type Refusal = { readonly allowed: false; readonly status: 401 | 403; readonly message: string };
export type Verdict<Allowed> = ({ readonly allowed: true } & Allowed) | Refusal;

/** A browser cannot set headers on a WebSocket; it sends its key as a subprotocol of this name. */
const keyProtocol = "openai-insecure-api-key.";

/** Refuses to open the door beyond this machine without a lock. @returns what to tell the user, or undefined. */
export function checkBinding(given: { readonly host: string; readonly hasToken: boolean }): string | undefined {
  if (given.hasToken || isLoopback(given.host)) return undefined;
  return `Refusing to listen on ${given.host} without a token: anyone in your network could talk to it. Leave out --no-token, or listen on 127.0.0.1.`;
}

/**
 * Host and Origin: a web page that you visit may open a WebSocket to this machine, and may call itself by any name
 * that its DNS server points here. Neither needs to guess anything, so this is asked before the token.
 */
export function checkPlace(visitor: Visitor, rules: AccessRules): Verdict<object> {
  const host = visitor.host?.toLowerCase();
  if (host === undefined || !isAllowedHost(host, rules)) {
    return {
      allowed: false,
      status: 403,
      message: `Host "${shown(visitor.host)}" is not one of this server's names; add it to server.allowedHosts if it should be.`,
    };
  }
  if (visitor.origin !== undefined && !isAllowedOrigin(visitor.origin, host, rules)) {
    return {
      allowed: false,
      status: 403,
      message: `Pages of "${shown(visitor.origin)}" may not connect; add that origin to server.allowedOrigins if they should.`,
    };
  }
  return { allowed: true };
}

/**
 * The token, by any of the three ways that clients have.
 * @param findSecret what belongs to an ephemeral secret, or undefined; leave out where only the token will do
 */
export function checkIdentity<Secret>(
  visitor: Visitor,
  rules: AccessRules,
  findSecret: (secret: string) => Secret | undefined = () => undefined,
): Verdict<{ readonly secret?: Secret }> {
  if (rules.token === undefined) {
    if (visitor.peerAddress !== undefined && isLoopback(visitor.peerAddress)) return { allowed: true };
    return { allowed: false, status: 403, message: "Without a token, only this machine may connect." };
  }
  const keys = presentedKeys(visitor);
  for (const key of keys) if (isSameSecret(key, rules.token)) return { allowed: true };
  for (const key of keys) {
    const secret = findSecret(key);
    if (secret !== undefined) return { allowed: true, secret };
  }
  const message =
    keys.length === 0
      ? "A token is needed: use the link that the server printed, or send `Authorization: Bearer <token>`."
      : "The token is wrong or has expired: use the link that the server printed when it started.";
  return { allowed: false, status: 401, message };
}

/** In constant time; hashed first, so that not even the length shows. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(sha256(one), sha256(other));
}

/** A name or an address by which only this machine can be reached. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, "$1").replace(/^::ffff:/i, "");
  return name === "localhost" || name === "::1" || (isIP(name) === 4 && name.startsWith("127."));
}

function presentedKeys(visitor: Visitor): readonly string[] {
  const bearer = /^Bearer +(\S+)$/i.exec(visitor.authorization ?? "")?.[1];
  const protocol = (visitor.subprotocols ?? "")
    .split(",")
    .map((name) => name.trim())
    .find((name) => name.startsWith(keyProtocol))
    ?.slice(keyProtocol.length);
  return [bearer, visitor.queryToken, protocol].flatMap((key) => (key === undefined || key === "" ? [] : [key]));
}

/** @param host lower case, may carry a port */
function isAllowedHost(host: string, rules: AccessRules): boolean {
  const name = hostName(host);
  if (name === undefined) return false;
  if (isLoopback(name)) return true;
  if (name === rules.boundHost.toLowerCase() || name === `[${rules.boundHost.toLowerCase()}]`) return true;
  // An address in the Host header cannot be the work of a hostile DNS server; only a name can.
  if (isWildcard(rules.boundHost) && isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0) return true;
  return rules.allowedHosts.some((allowed) => allowed.toLowerCase() === host || allowed.toLowerCase() === name);
}

/** Our own pages, which come from the very host that they call, and the configured ones. "null" is nobody's. */
function isAllowedOrigin(origin: string, host: string, rules: AccessRules): boolean {
  const own = origin.toLowerCase();
  if (own === `http://${host}` || own === `https://${host}`) return true;
  return rules.allowedOrigins.some((allowed) => allowed.toLowerCase().replace(/\/$/, "") === own);
}

/** Without the port; undefined for what is no host at all. */
function hostName(host: string): string | undefined {
  return /^([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/.exec(host)?.[1];
}

function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::" || host === "[::]";
}

function shown(value: string | undefined): string {
  return (value ?? "").slice(0, 100);
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
