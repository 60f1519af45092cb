import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../models/clock.ts";
import { type RealtimeError, realtimeError } from "./realtime/errors.ts";
import { type SessionPatch, sessionPatchSchema } from "./realtime/session-schema.ts";
import { errorOfIssue } from "./realtime/zod-issue.ts";

const requestSchema = z.object({
  expires_after: z
    .object({ anchor: z.literal("created_at").default("created_at"), seconds: z.int().min(10).max(7_200).default(600) })
    .nullish(),
  session: sessionPatchSchema.nullish(),
});
export type SecretRequest = z.output<typeof requestSchema>;

/** What was given out with a secret. */
export interface ClientSecret {
  readonly value: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
  readonly session?: SessionPatch;
}

/** More than anyone needs, and few enough that a loop in a client cannot fill the memory. */
const mostSecrets = 10_000;

/** Short-lived keys that a server-side app hands to its browser clients; good for many connections until they expire. */
export class ClientSecrets {
  readonly #clock: Clock;
  /** By hash: finding one takes the same time however much of it was guessed right. */
  readonly #byHash = new Map<string, ClientSecret>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  create(request: SecretRequest): ClientSecret {
    this.#forgetExpired();
    const secret: ClientSecret = {
      value: `ek_${randomBytes(32).toString("base64url")}`,
      expiresAt: this.#nowSeconds() + (request.expires_after?.seconds ?? 600),
      ...(request.session == null ? {} : { session: request.session }),
    };
    const [oldest] = this.#byHash.keys();
    if (this.#byHash.size >= mostSecrets && oldest !== undefined) this.#byHash.delete(oldest);
    this.#byHash.set(hashOf(secret.value), secret);
    return secret;
  }

  find(value: string): ClientSecret | undefined {
    const secret = this.#byHash.get(hashOf(value));
    return secret !== undefined && secret.expiresAt > this.#nowSeconds() ? secret : undefined;
  }

  #forgetExpired(): void {
    const now = this.#nowSeconds();
    for (const [hash, { expiresAt }] of this.#byHash) if (expiresAt <= now) this.#byHash.delete(hash);
  }

  #nowSeconds(): number {
    return Math.floor(this.#clock.today().getTime() / 1000);
  }
}

/** Reads the body of `POST /v1/realtime/client_secrets`; an empty body asks for the defaults. */
export function parseSecretRequest(
  text: string,
): { readonly ok: true; readonly request: SecretRequest } | { readonly ok: false; readonly error: RealtimeError } {
  let body: unknown;
  try {
    body = text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    return { ok: false, error: realtimeError("invalid_json", "The body is not valid JSON.") };
  }
  const parsed = requestSchema.safeParse(body);
  if (parsed.success) return { ok: true, request: parsed.data };
  return { ok: false, error: errorOfIssue(parsed.error, body) };
}

function hashOf(value: string): string {
  return createHash("sha256").update(value).digest("hex");
}
