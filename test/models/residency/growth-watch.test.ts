import { describe, expect, test } from "vitest";
import { violations } from "../../../models/residency/invariants.ts";
import { degraded, foreign, form } from "../../support/growing-coder.ts";
import { gigabyte } from "../../support/residency-machines.ts";

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
