import type { Clock } from "../clock.ts";

/** A timer may be early by a part of a millisecond; whoever is woken then would find that it is not the time yet. */
export async function sleepUntil(clock: Clock, atMs: number, signal: AbortSignal): Promise<void> {
  do await clock.sleep(Math.max(0, Math.ceil(atMs - clock.nowMs())), signal);
  while (clock.nowMs() < atMs);
}
