import type { Clock } from "../../clock.ts";
import { ModelError } from "../../errors.ts";
import type { Share } from "../model-server.ts";
import type { OllamaApi } from "./ollama-api.ts";
import { isSame } from "./residence.ts";

/** Free bytes of a pool ("ram", "gpu0") as the driver or the system tells them; undefined when nothing can tell. */
export type FreeBytes = (pool: string, signal: AbortSignal) => Promise<number | undefined>;

export interface LeaveOptions {
  readonly api: OllamaApi;
  readonly clock: Clock;
  readonly freeBytes: FreeBytes | undefined;
  /** Between two looks at the list. */
  readonly pollMs: number;
}

/** After so long the wish is said again: another program's call may have made Ollama forget it. */
const againMs = 2_000;
/** Longer than any answer should take that another program still waits for. */
const limitMs = 60_000;
/** As Ollama itself waits for a driver that gives memory back slowly: three quarters of what was held, five seconds at most. */
const recoveredShare = 0.75;
const recoveryLimitMs = 5_000;

/**
 * Unloads a model and waits until it is really gone: not in Ollama's list any more, and its memory free by the system's own figures,
 * where these can be had. Ollama itself says "unloaded" at once and does it later.
 *
 * @throws ModelError `busy` when another program keeps using the model, `server-down`.
 */
export async function leave(
  model: { readonly name: string; readonly digest: string; readonly shares: readonly Share[] },
  options: LeaveOptions,
  signal: AbortSignal,
): Promise<void> {
  const { api, clock, freeBytes, pollMs } = options;
  const free = await Promise.all(model.shares.map(async ({ pool }) => freeBytes?.(pool, signal)));
  const startMs = clock.nowMs();
  let saidMs = Number.NEGATIVE_INFINITY;
  for (;;) {
    const nowMs = clock.nowMs();
    if (nowMs - startMs > limitMs) {
      throw new ModelError("busy", `Ollama does not let go of "${model.name}": another program may be using it`);
    }
    if (nowMs - saidMs >= againMs) {
      await api.unload(model.name, signal);
      saidMs = nowMs;
    }
    if (!(await api.running(signal)).some((entry) => isSame(model, entry))) break;
    await clock.sleep(pollMs, signal);
  }
  const goneMs = clock.nowMs();
  for (const [index, { pool, bytes }] of model.shares.entries()) {
    const before = free[index];
    // The system has its own memory back with the end of the process, and most of it was never counted: a mapped file.
    if (before === undefined || pool === "ram") continue;
    for (;;) {
      const now = await freeBytes?.(pool, signal);
      if (now === undefined || now - before >= recoveredShare * bytes) break;
      if (clock.nowMs() - goneMs > recoveryLimitMs) break;
      await clock.sleep(pollMs, signal);
    }
  }
}
