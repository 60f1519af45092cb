import { describe, expect, test } from "vitest";
import { ModelError } from "../../../models/errors.ts";
import type { Vad } from "../../../models/roles.ts";
import { isCrash, leaseAfterCrash } from "../../../pipeline/flow/comeback.ts";
import { modelsOf } from "../../support/models-of.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const vad: Vad = { open: () => ({ score: async () => 0, [Symbol.dispose]: () => undefined }) };
const crash = new ModelError("host-exited", "The ears process ended");

/** Asks for a model that is away for `awayMs`. */
function ask(awayMs: number, withinMs: number, error: Error = crash) {
  const clock = new VirtualClock();
  const scope = new AbortController();
  let tries = 0;
  const models = modelsOf({ vad }, () => {
    tries += 1;
    if (clock.nowMs() < awayMs) throw error;
  });
  const outcome = leaseAfterCrash(models, { role: "vad", clock, withinMs }, scope.signal).then(
    () => `granted at ${clock.nowMs()}`,
    (failure: unknown) => `${failure instanceof Error ? failure.message : failure} at ${clock.nowMs()}`,
  );
  return { clock, scope, outcome, tries: () => tries };
}

describe("a lease after a crash", () => {
  test("is granted at once when nothing crashed", async () => {
    expect(await ask(0, 1_000).outcome).toBe("granted at 0");
  });

  test("waits for the process to come back", async () => {
    const { clock, outcome } = ask(430, 1_000);
    await clock.advance(5_000);
    expect(await outcome).toBe("granted at 450");
  });

  test("is given up when the time is over", async () => {
    const { clock, outcome } = ask(10_000, 1_000);
    await clock.advance(5_000);
    expect(await outcome).toBe("The ears process ended at 1000");
    expect(clock.sleepers).toBe(0);
  });

  test("is asked for once by who cannot wait", async () => {
    const { outcome, tries } = ask(10_000, 0);
    expect(await outcome).toBe("The ears process ended at 0");
    expect(tries()).toBe(1);
  });

  test("is not waited for when it will never come", async () => {
    const { outcome } = ask(10_000, 1_000, new ModelError("not-installed", "No vad"));
    expect(await outcome).toBe("No vad at 0");
  });

  test("ends with whoever wanted it", async () => {
    const { clock, scope, outcome } = ask(10_000, 5_000);
    await clock.advance(100);
    scope.abort(new Error("Enough"));
    expect(await outcome).toBe("Enough at 100");
    expect(clock.sleepers).toBe(0);
  });
});

test("only the end of a process or of a server is a crash", () => {
  expect(isCrash(crash)).toBe(true);
  expect(isCrash(new ModelError("server-down", "Nobody answers"))).toBe(true);
  expect(isCrash(new ModelError("engine-failed", "No"))).toBe(false);
  expect(isCrash(new Error("host-exited"))).toBe(false);
});
