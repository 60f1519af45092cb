import type { Clock } from "../../models/clock.ts";
import { ModelError } from "../../models/errors.ts";
import type { Lease, Models, Role } from "../../models/roles.ts";

/** Between two tries for a model that is away. */
export const pollMs = 50;

/** True for failures that may pass by themselves: the model's process, or the server that it runs in, ended and is awaited. */
export function isCrash(error: unknown): error is ModelError {
  return error instanceof ModelError && (error.code === "host-exited" || error.code === "server-down");
}

/** A lease, waiting up to `withinMs` for a model whose process or server is coming back. */
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
