import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { violations } from "../../../models/residency/invariants.ts";
import { degraded, foreign, form, work } from "../../support/growing-coder.ts";
import type { ResidencyDriver } from "../../support/residency-driver.ts";
import { gigabyte } from "../../support/residency-machines.ts";

type Act =
  | { readonly do: "foreign"; readonly isMuch: boolean }
  | { readonly do: "use"; readonly role: "coder" | "director" | "voice"; readonly heldMs: number }
  | { readonly do: "talk"; readonly ms: number }
  | { readonly do: "lose" | "fail"; readonly which: number }
  | { readonly do: "work"; readonly ms: number; readonly slow: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("foreign" as const), isMuch: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("use" as const),
      role: fc.constantFrom("coder" as const, "coder" as const, "director" as const, "voice" as const),
      heldMs: fc.integer({ min: 0, max: 20_000 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("talk" as const), ms: fc.integer({ min: 0, max: 20_000 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("lose" as const, "fail" as const), which: fc.nat(5) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("work" as const),
      ms: fc.integer({ min: 100, max: 200_000 }),
      slow: fc.double({ min: 0.2, max: 3, noNaN: true }),
    }),
  },
);

function perform(driver: ResidencyDriver, it: Act, muchGigabytes: number): void {
  switch (it.do) {
    case "foreign":
      return foreign(driver, it.isMuch ? muchGigabytes : 0);
    case "use": {
      const ticket = driver.ask(it.role, { urgent: it.heldMs % 2 === 0 });
      work(driver, it.heldMs);
      return void driver.send({ type: "lease-return", ticket });
    }
    case "talk":
      driver.send({ type: "turn-start", turn: 1 });
      work(driver, it.ms);
      return void driver.send({ type: "turn-end", turn: 1 });
    case "lose": {
      const { residents } = driver.state;
      const load = residents[it.which % Math.max(1, residents.length)]?.load ?? 0;
      return void driver.send({ type: "loss", load, cause: "process-exit" });
    }
    case "fail": {
      const [load] = driver.loads.keys();
      if (load === undefined) return;
      driver.loads.delete(load);
      return void driver.send({ type: "load-error", load, code: "no-memory", message: "it failed", retryable: true });
    }
    case "work":
      return work(driver, it.ms, it.slow);
  }
}

test("whatever happens while models grow, every promise is kept at every step", () => {
  let growths = 0;
  fc.assert(
    fc.property(fc.constantFrom(12, 24), fc.array(act, { minLength: 20, maxLength: 60 }), (gigabytes, acts) => {
      const driver = degraded(30_000, gigabytes);
      for (const it of acts) {
        perform(driver, it, gigabytes - 8);
        expect(driver.broken).toEqual([]);
      }
      growths += driver.reports.filter((it) => it.type === "grow-end" && it.outcome === "ready").length;
    }),
    { numRuns: 15 },
  );
  expect(growths).toBeGreaterThan(10);
});

describe("the watch over growths sees", () => {
  const grow = () => {
    const driver = degraded();
    foreign(driver, 0);
    driver.passUntil(() => driver.state.growth.calmSinceMs !== null);
    const before = driver.state;
    driver.passUntil(() => form(driver) === "small leaving");
    const after = driver.state;
    const effects = [{ do: "unload" as const, model: "coder", load: 2 }];
    return { before: { ...before, nowMs: after.nowMs }, after, effects };
  };
  const broken = (change: Parameters<typeof seen>[0]): readonly string[] => seen(change).map(({ why }) => why);
  const seen = ({ before, after, effects }: ReturnType<typeof grow>) =>
    violations(before, { type: "clock", nowMs: after.nowMs }, { state: after, effects }).filter(
      ({ promise }) => promise === "growth",
    );

  test("nothing where all is well", () => {
    expect(broken(grow())).toEqual([]);
  });

  test("one that begins while somebody talks, or waits, or has no room, or is pinned, or becomes no larger", () => {
    const { before, after, effects } = grow();
    const ticket = { id: 9, role: "coder", model: "coder", urgent: false, arrivedMs: 0, deadlineMs: 1e9, failures: 0 };
    const { move } = after;
    if (move === null) throw new Error("It does not grow");
    const planted = [
      { ...after, turns: [1] },
      { ...after, tickets: [{ ...ticket, role: "coder" as const }] },
      { ...after, pools: after.pools.map((pool) => ({ ...pool, foreignBytes: 4 * gigabyte })) },
      { ...after, models: after.models.map((model) => ({ ...model, pinned: true })) },
      { ...after, move: { ...move, variant: "small" } },
    ];
    expect(planted.map((state) => broken({ before, after: state, effects }))).toEqual([
      ["coder grows inside a voice turn"],
      ["coder grows while others wait"],
      ["coder grows into gpu0, where it has no room"],
      ["coder is pinned and grows"],
      ["coder grows from small to small, which is no better"],
    ]);
  });
});
