import type { Clock } from "../../models/clock.ts";
import { ModelError } from "../../models/errors.ts";
import type { Lease, Models, Role } from "../../models/roles.ts";

const pollMs = 50;

/** True for the one failure that passes by itself: the model's process ended and is being started again. */
export function isCrash(error: unknown): error is ModelError {
  return error instanceof ModelError && error.code === "host-exited";
}

/** A lease, waiting up to `withinMs` for a model whose process is coming back. */
export async function leaseAfterCrash<R extends Role>(
  models: Models,
  want: { readonly role: R; readonly urgent?: boolean; readonly clock: Clock; readonly withinMs: number },
  signal: AbortSignal,
): Promise<Lease<R>> {
  const { role, urgent = false, clock, withinMs } = want;
  const untilMs = clock.nowMs() + withinMs;
  for (;;) {
    try {
      return await models.lease({ role, urgent }, signal);
    } catch (error) {
      if (!isCrash(error) || clock.nowMs() >= untilMs) throw error;
      await clock.sleep(pollMs, signal);
    }
  }
}
