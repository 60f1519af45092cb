import type { JobView } from "../../pipeline/realtime/job-events.ts";
import type { ClientClock } from "../client-clock.ts";
import { isOver } from "../job-list.ts";
import type { TalkState } from "../talk-state.ts";
import { visibleLine } from "../visible-text.ts";
import type { JobLine } from "./job-line.ts";
import { shortId } from "./job-name.ts";

/** Nobody who pressed Ctrl-C waits longer. */
const cancelWithinMs = 2_000;

/**
 * After Ctrl-C: a coder that is at work is stopped, what waits goes on waiting.
 * @param find the job, once it is known
 * @returns what to say about it: lines, or nothing
 */
export async function interruptJob(
  line: JobLine,
  find: (state: TalkState) => JobView | undefined,
  clock: ClientClock,
): Promise<string> {
  const late = new AbortController();
  clock.sleep(cancelWithinMs, late.signal).then(
    () => late.abort(),
    () => undefined,
  );
  try {
    const job = await line.until(find, late.signal);
    if (isOver(job)) return "";
    if (job.status === "awaiting-approval")
      return `The change waits. To apply it: sotto jobs approve ${shortId(job.id)}\n`;
    const asked = await line.ask(
      { type: "sotto.job.cancel", job_id: job.id },
      (state) => (find(state)?.status === "cancelled" ? true : undefined),
      late.signal,
    );
    return asked.ok ? "Cancelled; nothing was changed.\n" : `${visibleLine(asked.why)}\n`;
  } catch {
    return "The service did not say whether it stopped. See `sotto jobs`.\n";
  } finally {
    late.abort();
  }
}
