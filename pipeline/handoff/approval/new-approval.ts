import { randomBytes, randomInt } from "node:crypto";
import type { ChangeSet } from "../change-set.ts";
import type { Approval, Risk } from "../job.ts";
import { drawPhrase } from "./phrase.ts";

export interface NewApproval {
  readonly change: ChangeSet;
  readonly risk: Risk;
  readonly nowMs: number;
  readonly lifetimeMs: number;
  /** Phrases that are not to come again yet. */
  readonly lately: readonly string[];
}

/** A chance to say yes to a change; by voice only where little can go wrong. Its id cannot be guessed. */
export function newApproval(
  { change, risk, nowMs, lifetimeMs, lately }: NewApproval,
  randomBelow: (limit: number) => number = randomInt,
): Approval {
  return {
    id: `approval_${randomBytes(16).toString("hex")}`,
    changeHash: change.hash,
    phrase: risk.level === "low" ? drawPhrase(lately, randomBelow) : null,
    expiresAtMs: nowMs + lifetimeMs,
  };
}
