import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Report } from "../../../models/residency/report.ts";
import {
  costMs,
  degraded,
  foreign,
  form,
  machine,
  minuteMs,
  settleMs,
  use,
  work,
} from "../../support/growing-coder.ts";
import { ResidencyDriver } from "../../support/residency-driver.ts";
import { gigabyte } from "../../support/residency-machines.ts";

describe("a model that came in less than was wanted", () => {
  test("is loaded whole when another program's memory has come back for good, once, and the journal says why", () => {
    const driver = degraded();
    work(driver, 10 * minuteMs);
    expect(form(driver)).toBe("small ready");
    foreign(driver, 0);
    work(driver, settleMs - 1_000);
    expect(form(driver)).toBe("small ready");
    work(driver, 1_200);
    expect(form(driver)).toBe("small leaving");
    expect(driver.state.move).toMatchObject({ model: "coder", variant: "full", leaving: [] });
    work(driver, costMs + 1_000);
    expect(form(driver)).toBe("full ready");
    work(driver, 60 * minuteMs);
    const told = driver.reports.filter(({ type }) => type.startsWith("grow"));
    expect(told).toMatchObject([
      {
        type: "grow-start",
        model: "coder",
        from: "small",
        variant: "full",
        uses: 1,
        gainMs: 30_000,
        roomForMs: settleMs,
        expectedMs: costMs,
        why: "there has been room for it for 65 s, and it was used 1 times in less",
      },
      {
        type: "grow-end",
        outcome: "ready",
        expectedMs: costMs,
        actualMs: expect.closeTo(costMs, -3),
        expected: [{ pool: "gpu0", bytes: 7 * gigabyte }],
        actual: [{ pool: "gpu0", bytes: 7 * gigabyte }],
      },
    ] satisfies readonly (Partial<Report> | object)[]);
    expect(driver.broken).toEqual([]);
  });

  test("stays as it is while memory comes and goes", () => {
    const driver = degraded();
    for (let round = 0; round < 60; round += 1) {
      foreign(driver, round % 2 === 0 ? 0 : 4);
      work(driver, 50_000);
    }
    expect(driver.reports.filter(({ type }) => type === "grow-start")).toEqual([]);
    expect(form(driver)).toBe("small ready");
  });

  test("that grew in vain waits twice as long, and twice again", () => {
    const driver = degraded();
    const waits: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      foreign(driver, 0);
      const sinceMs = driver.nowMs;
      driver.passUntil(() => form(driver) === "small leaving", 60 * minuteMs);
      waits.push(Math.round((driver.nowMs - sinceMs) / settleMs));
      work(driver, costMs + 1_000);
      expect(form(driver)).toBe("full ready");
      foreign(driver, 4);
      work(driver, 10_000);
      use(driver);
      expect(form(driver)).toBe("small ready");
    }
    expect(waits).toEqual([1, 2, 4, 8, 16]);
    foreign(driver, 0);
    work(driver, 2 * 60 * minuteMs);
    expect(form(driver)).toBe("full ready");
    // This one lasts, and all is forgiven.
    work(driver, 5 * 60 * minuteMs);
    foreign(driver, 4);
    work(driver, 10_000);
    use(driver);
    foreign(driver, 0);
    work(driver, settleMs + 300);
    expect(form(driver)).toBe("small leaving");
    expect(driver.broken).toEqual([]);
  });

  test("is not loaded again for little: not before its uses cost more than that", () => {
    const driver = degraded(5_000);
    use(driver);
    foreign(driver, 0);
    work(driver, 10 * minuteMs);
    expect(form(driver)).toBe("small ready");
    use(driver);
    work(driver, 30_000);
    expect(form(driver)).toBe("full ready");
  });

  test("is left alone while it is used, and while anyone talks", () => {
    const driver = degraded();
    const ticket = driver.ask("coder");
    foreign(driver, 0);
    work(driver, 10 * minuteMs);
    expect(form(driver)).toBe("small ready");
    driver.send({ type: "turn-start", turn: 1 });
    driver.send({ type: "lease-return", ticket });
    work(driver, 10 * minuteMs);
    expect(form(driver)).toBe("small ready");
    driver.send({ type: "turn-end", turn: 1 });
    work(driver, 9_500);
    expect(form(driver)).toBe("small ready");
    work(driver, 600);
    expect(form(driver)).toBe("small leaving");
    // Somebody begins to talk before the load began: it waits for the end of that, however long it takes.
    driver.send({ type: "turn-start", turn: 2 });
    work(driver, minuteMs);
    expect(form(driver)).toBeUndefined();
    driver.send({ type: "turn-end", turn: 2 });
    expect(form(driver)).toBe("full loading");
    expect(driver.broken).toEqual([]);
  });

  test("is not loaded again beside nothing to spare", () => {
    const driver = degraded();
    foreign(driver, 0.9);
    work(driver, 60 * minuteMs);
    expect(form(driver)).toBe("small ready");
    foreign(driver, 0.7);
    work(driver, 2 * minuteMs);
    expect(form(driver)).toBe("full ready");
  });

  test("makes way for whoever asks meanwhile", () => {
    const driver = degraded();
    foreign(driver, 0);
    driver.passUntil(() => form(driver) === "small leaving");
    const own = driver.ask("coder");
    work(driver, 7_000);
    expect(driver.answer(own)).toBe("grant");
    expect(form(driver)).toBe("full ready");
    expect(driver.reports.find(({ type }) => type === "grow-end")).toMatchObject({ outcome: "cancelled" });

    const other = degraded();
    foreign(other, 0);
    other.passUntil(() => form(other) === "small leaving");
    work(other, 1_500);
    expect(form(other)).toBe("full loading");
    const director = other.ask("director");
    expect([...other.loads.values()]).toMatchObject([{ model: "coder", cancelled: true }]);
    const load = other.loadOf("coder") ?? 0;
    other.loads.delete(load);
    other.send({ type: "load-error", load, code: "engine-failed", message: "called off", retryable: true });
    work(other, 7_000);
    expect(other.answer(director)).toBe("grant");
    expect([...driver.broken, ...other.broken]).toEqual([]);
  });

  test("that cannot grow after all can be had as before", () => {
    const driver = degraded();
    foreign(driver, 0);
    driver.passUntil(() => form(driver) === "small leaving");
    foreign(driver, 4);
    work(driver, 1_000);
    expect(form(driver)).toBeUndefined();
    use(driver);
    expect(form(driver)).toBe("small ready");
    foreign(driver, 0);
    driver.passUntil(() => form(driver) === "small leaving", 10 * minuteMs);
    work(driver, 1_000);
    const load = driver.loadOf("coder") ?? 0;
    driver.loads.delete(load);
    driver.send({ type: "load-error", load, code: "no-memory", message: "out of memory", retryable: true });
    expect(driver.reports.filter(({ type }) => type === "grow-end")).toMatchObject([
      { outcome: "cancelled" },
      { outcome: "failed" },
    ]);
    use(driver);
    expect(driver.broken).toEqual([]);
  });
});

test("the voice stays as it is: its process is the same one until voice mode ends", () => {
  const { pools, ...rest } = machine();
  const taken = pools.map((pool) => ({ ...pool, foreignBytes: 8.5 * gigabyte }));
  const driver = new ResidencyDriver({ ...rest, pools: taken });
  const load = driver.loadOf("voice");
  driver.finishLoad("voice", 2_000);
  foreign(driver, 0);
  work(driver, 5 * 60 * minuteMs);
  expect(driver.state.residents).toMatchObject([{ model: "voice", variant: "short", status: "ready", load }]);
});

test("however other programs come and go, a model grows no more often than its waits, which double, allow", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ ms: fc.integer({ min: 1_000, max: 600_000 }), taken: fc.boolean(), used: fc.boolean() }), {
        minLength: 10,
        maxLength: 40,
      }),
      (changes) => {
        const driver = degraded();
        const startMs = driver.nowMs;
        let waitedMs = 0;
        for (const { ms, taken, used } of changes) {
          foreign(driver, taken ? 4 : 0);
          if (used) use(driver);
          work(driver, ms - (ms % 1_000));
        }
        for (const it of driver.reports) {
          if (it.type !== "grow-start") continue;
          const leastMs = settleMs * 2 ** it.inVain;
          expect(it.roomForMs).toBeGreaterThanOrEqual(leastMs);
          waitedMs += leastMs;
        }
        // The time that it waited for its growths is a part of all the time there was.
        expect(waitedMs).toBeLessThanOrEqual(driver.nowMs - startMs);
        expect(driver.broken).toEqual([]);
      },
    ),
    { numRuns: 15 },
  );
});
