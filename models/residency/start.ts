import { ModelError } from "../errors.ts";
import { claims } from "./ledger.ts";
import { overdue } from "./refusals.ts";
import type { ResidencyState } from "./residency-state.ts";

/** A pinned model may fail so often, or for so long, before a start is given up; later it is tried for ever. */
const mostFailures = 4;
const longestMs = 60_000;

/** Whether everything pinned is there, may still come, or will not: then why. */
export function startOf(state: ResidencyState, waitedMs: number): "ready" | "waiting" | ModelError {
  const pinned = new Set(state.models.filter((model) => model.pinned).map((model) => model.id));
  const there = state.residents.filter((it) => it.status === "ready").map((it) => it.model);
  if ([...pinned].every((id) => there.includes(id))) return "ready";
  const failed = state.backOffs.find((it) => pinned.has(it.model));
  if (failed !== undefined) {
    const isOver = !failed.retryable || failed.failures >= mostFailures || waitedMs > longestMs;
    return isOver ? new ModelError(failed.code, failed.why) : "waiting";
  }
  const why = neverFits(state);
  return why === undefined ? "waiting" : new ModelError("no-memory", why);
}

/** Why a pinned model that is neither there nor on its way will not come: beside the other pinned ones there is no room for it. */
function neverFits(state: ResidencyState): string | undefined {
  const [away] = claims(state).filter(({ fits }) => !fits);
  const role = state.roles.find(({ choices }) => choices.some(({ model }) => model === away?.model.id))?.role;
  if (away === undefined || role === undefined) return;
  const { nowMs } = state;
  const asked = { id: 0, role, model: away.model.id, urgent: false, arrivedMs: nowMs, deadlineMs: nowMs, failures: 0 };
  return overdue(state, asked).message;
}
