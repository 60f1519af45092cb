import { expect, test } from "vitest";
import type { Clock } from "../../../models/clock.ts";
import { ModelError } from "../../../models/errors.ts";
import { FixedEngines } from "../../../models/residency/fixed-engines.ts";
import { Residency } from "../../../models/residency/residency.ts";
import { ScriptedServer } from "../../support/scripted-server.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

test("an alarm that rings a moment too early is set again", async () => {
  const clock = new VirtualClock();
  // As Node's timers, which drop what is less than a millisecond.
  const early: Clock = {
    nowMs: () => clock.nowMs(),
    today: () => clock.today(),
    sleep: (ms, signal) => clock.sleep(ms > 1 ? ms - 0.4 : ms, signal),
  };
  const server = new ScriptedServer({ clock });
  const shares = [{ pool: "ram", bytes: 1 }];
  const rung = { id: "full", label: "", shares, measured: true, penaltyMs: 0, loadMs: 10, unloadMs: 10 };
  const options = { contextTokens: 1_024, sequences: 1, kvType: "f16", batchTokens: 128, gpuLayers: 0 } as const;
  const residency = new Residency({
    pools: [{ id: "ram", capacityBytes: 10, reserveBytes: 1, foreignBytes: 0 }],
    installed: [
      {
        model: { id: "big", server: "scripted", pinned: false, ladder: [rung] },
        variants: new Map([["full", { model: "big", options }]]),
      },
    ],
    roles: [
      { role: "director", choices: [{ model: "big", penaltyMs: 0 }], weight: 1, headStartMs: 0, patienceMs: 60_000 },
    ],
    servers: new Map([["scripted", server]]),
    engines: new FixedEngines({}),
    warm: () => undefined,
    onReport: () => undefined,
    clock: early,
    log: () => undefined,
  });
  server.failing.set("big", new ModelError("server-down", "It is not there"));
  let model: string | undefined;
  void residency.lease({ role: "director" }, new AbortController().signal).then((lease) => {
    model = lease.model;
  });
  await clock.advance(5_000);
  expect(model).toBe("big");
});
