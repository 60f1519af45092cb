import { setTimeout as sleep } from "node:timers/promises";

/** Waits for something that happens outside virtual time; fails only when it does not happen at all. */
export async function until(condition: () => boolean, giveUpMs = 45_000): Promise<void> {
  for (let waitedMs = 0; !condition(); waitedMs += 20) {
    if (waitedMs > giveUpMs) throw new Error(`It did not happen: ${condition.toString()}`);
    await sleep(20);
  }
}
