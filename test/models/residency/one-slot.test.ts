import { describe, expect, test } from "vitest";
import { ResidencyDriver } from "../../support/residency-driver.ts";
import { gigabyte, oneSlot } from "../../support/residency-machines.ts";
import { slot, withDirector } from "../../support/residency-slot.ts";

describe("the voice", () => {
  test("is loaded before anybody asks, and refused with a reason until then", () => {
    const driver = new ResidencyDriver(oneSlot());
    expect(driver.loadOf("voice")).toBeDefined();
    expect(driver.refusal(driver.ask("voice"))).toBe(
      "host-exited: The voice model voice is being started; try again in a moment",
    );
    driver.finishLoad("voice", 2_000);
    expect(driver.answer(driver.ask("voice"))).toBe("grant");
  });

  test("is loaded again at once when it was lost, after its old memory is confirmed", () => {
    const driver = slot();
    const load = driver.state.residents.find((it) => it.model === "voice")?.load ?? 0;
    driver.send({ type: "loss", load, cause: "process-exit" });
    expect(driver.loadOf("voice")).toBeUndefined();
    driver.finishUnload("voice", 10);
    expect(driver.loadOf("voice")).toBeDefined();
    driver.finishLoad("voice", 2_000);
    const pins = driver.reports.flatMap((it) => (it.type === "pin" ? [`${it.cause} ${it.healed}`] : []));
    expect(pins).toEqual(["process-exit false", "process-exit true"]);
  });

  test("that keeps crashing is tried again ever more slowly, and never given up", () => {
    const driver = slot();
    const waits: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const load = driver.state.residents.find((it) => it.model === "voice")?.load ?? 0;
      driver.send({ type: "loss", load, cause: "process-exit" });
      driver.finishUnload("voice");
      const goneMs = driver.nowMs;
      driver.passUntil(() => driver.loadOf("voice") !== undefined);
      waits.push(driver.nowMs - goneMs);
      driver.finishLoad("voice");
    }
    expect(waits).toEqual([0, 500, 1_000, 2_000, 4_000]);
  });

  test("gets its memory back from an idle model when another program took it meanwhile", () => {
    const driver = withDirector();
    const load = driver.state.residents.find((it) => it.model === "voice")?.load ?? 0;
    driver.send({ type: "loss", load, cause: "evicted" });
    driver.finishUnload("voice");
    const loading = driver.loadOf("voice") ?? 0;
    driver.loads.delete(loading);
    driver.send({ type: "foreign", pool: "gpu0", bytes: 3 * gigabyte });
    expect(driver.unloadOf("director")).toBeDefined();
    driver.send({ type: "load-error", load: loading, code: "no-memory", message: "out of memory", retryable: true });
    driver.finishUnload("director", 500);
    driver.pass(1_000);
    expect(driver.loadOf("voice")).toBeDefined();
    expect(driver.broken).toEqual([]);
  });
});

test("what belongs to another load, or to none, changes nothing", () => {
  const driver = withDirector();
  const before = driver.state.residents;
  for (const load of [...before.map((it) => it.load), 99]) {
    driver.send({ type: "unload-end", load });
    driver.send({ type: "load-error", load, code: "engine-failed", message: "late", retryable: true });
    driver.send({ type: "load-end", load, shares: [] });
    driver.send({ type: "load-progress", load, share: 0.5 });
  }
  driver.send({ type: "loss", load: 99, cause: "evicted" });
  driver.send({ type: "lease-return", ticket: 99 });
  expect(driver.state.residents).toEqual(before);
  expect(driver.broken).toEqual([]);
});

test("whoever asks while another model is being loaded waits for its turn, and is not told that there is no memory", () => {
  const driver = slot();
  driver.ask("director");
  driver.pass(1_000);
  const coder = driver.ask("coder");
  expect(driver.refusal(coder)).toBeUndefined();
  driver.finishLoad("director", 4_000);
  driver.send({ type: "lease-return", ticket: 1 });
  driver.passUntil(() => driver.unloadOf("director") !== undefined);
  driver.finishUnload("director", 500);
  driver.finishLoad("coder", 6_000);
  expect(driver.answer(coder)).toBe("grant");
  expect(driver.broken).toEqual([]);
});

describe("a swap", () => {
  test("for which a voice turn waits does not wait for an idle model to linger", () => {
    const waitMs = (urgent: boolean): number => {
      const driver = withDirector();
      // Its minimum time is over, and it was used a moment ago.
      driver.pass(20_000);
      driver.send({ type: "lease-return", ticket: driver.ask("director") });
      driver.ask("coder", { urgent });
      const askedMs = driver.nowMs;
      driver.passUntil(() => driver.unloadOf("director") !== undefined);
      return driver.nowMs - askedMs;
    };
    expect(waitMs(true)).toBeLessThan(waitMs(false));
  });

  test("unloads, waits for the memory, then loads", () => {
    const driver = withDirector();
    driver.pass(90_000);
    const ticket = driver.ask("coder");
    expect(driver.unloadOf("director")).toBeDefined();
    expect(driver.loadOf("coder")).toBeUndefined();
    driver.finishUnload("director", 500);
    expect(driver.answer(ticket)).toBeUndefined();
    driver.finishLoad("coder", 6_000);
    expect(driver.answer(ticket)).toBe("grant");
  });

  test("waits until nobody uses who has to leave, and gives out nothing on it meanwhile", () => {
    const driver = withDirector();
    const held = driver.ask("director");
    driver.ask("coder");
    driver.pass(90_000);
    expect(driver.state.move?.phase).toBe("closing");
    const late = driver.ask("director");
    expect(driver.answer(late)).toBeUndefined();
    driver.send({ type: "lease-return", ticket: held });
    expect(driver.unloadOf("director")).toBeDefined();
    expect(driver.broken).toEqual([]);
  });

  test("does not begin while its cost is more than what the others waited for it", () => {
    const driver = withDirector();
    driver.pass(30_000);
    const held = driver.ask("director");
    driver.send({ type: "lease-return", ticket: held });
    driver.ask("coder");
    // 0.5 s + 6 s to get there and 5.5 s for the way back are 12 s, which have to be paid three times. One ticket pays them once,
    // and the rest is paid by idleness, of which 16 times 5.5 s would pay it all: 12 s + 36 s · t / 88 s = 36 s.
    driver.pass(58_600);
    expect(driver.unloads.size).toBe(0);
    driver.pass(200);
    expect(driver.unloadOf("director")).toBeDefined();
  });

  const begins = (requests: number): number => {
    const driver = withDirector();
    driver.pass(30_000);
    driver.ask("director");
    for (let count = 0; count < requests; count += 1) driver.ask("coder");
    const askedMs = driver.nowMs;
    driver.passUntil(() => driver.state.move !== null);
    return driver.nowMs - askedMs;
  };

  test("comes sooner when more wait for it", () => {
    expect(begins(10)).toBeLessThan(begins(1) / 3);
    expect(begins(20)).toBeLessThan(begins(10));
  });

  test("comes at last for a single one, who counts for no more than the swap costs until then", () => {
    expect(begins(1)).toBe(72_000);
    expect(begins(2)).toBe(72_000);
  });

  test("for which enough wait begins when who has to leave pauses", () => {
    const driver = withDirector();
    driver.pass(30_000);
    const held = driver.ask("director");
    for (let count = 0; count < 4; count += 1) driver.ask("coder");
    driver.pass(20_000);
    expect(driver.state.move).toBeNull();
    driver.send({ type: "lease-return", ticket: held });
    expect(driver.unloadOf("director")).toBeDefined();
  });

  test("leaves a fresh model its minimum time", () => {
    const driver = withDirector();
    const readyMs = driver.nowMs;
    for (let count = 0; count < 50; count += 1) driver.ask("coder");
    driver.pass(4_900);
    expect(driver.unloads.size).toBe(0);
    driver.pass(200);
    expect(driver.unloadOf("director")).toBeDefined();
    expect(driver.nowMs - readyMs).toBe(5_100);
  });

  test("does not begin inside a voice turn, and not later than four seconds after it would have", () => {
    const driver = withDirector();
    driver.pass(90_000);
    driver.send({ type: "turn-start", turn: 1 });
    driver.ask("coder");
    driver.pass(3_900);
    expect(driver.unloads.size).toBe(0);
    driver.pass(200);
    expect(driver.unloadOf("director")).toBeDefined();
  });

  test("begins inside a voice turn that waits for it", () => {
    const driver = withDirector();
    driver.pass(60_000);
    driver.send({ type: "turn-start", turn: 1 });
    driver.ask("coder", { urgent: true });
    expect(driver.unloadOf("director")).toBeDefined();
  });

  test("that nobody waits for any more is given up early on, and finished later", () => {
    for (const [afterMs, cancelled] of [
      [1_000, true],
      [5_000, false],
    ] as const) {
      const driver = slot();
      const ticket = driver.ask("coder");
      driver.pass(afterMs);
      driver.send({ type: "lease-cancel", ticket });
      expect(driver.loads.get(driver.loadOf("coder") ?? 0)?.cancelled).toBe(cancelled);
    }
  });

  test("serves everybody who waits for the model", () => {
    const driver = slot();
    const tickets = [driver.ask("coder"), driver.ask("coder"), driver.ask("coder")];
    driver.finishLoad("coder", 6_000);
    expect(tickets.map((ticket) => driver.answer(ticket))).toEqual(["grant", "grant", "grant"]);
  });
});

test("when changing models takes too much of the time, whoever is loaded stays longer and people are told why", () => {
  const driver = slot();
  for (let round = 0; round < 30 && driver.state.sticky === null; round += 1) {
    for (const role of ["director", "coder"] as const) {
      const tickets = [driver.ask(role), driver.ask(role), driver.ask(role)];
      const other = role === "coder" ? "director" : "coder";
      const isWaiting = (): boolean => tickets.some((ticket) => driver.answer(ticket) === undefined);
      for (let waited = 0; isWaiting() && waited < 200; waited += 1) {
        if (driver.unloadOf(other) !== undefined) driver.finishUnload(other, 400);
        if (driver.loadOf(role) !== undefined) driver.finishLoad(role, 5_500);
        driver.pass(500);
      }
      for (const ticket of tickets) driver.send({ type: "lease-return", ticket });
    }
  }
  expect(driver.state.sticky?.why).toMatch(/^Changing models took \d+ % of the last 10 minutes/);
  driver.pass(700_000);
  expect(driver.state.sticky).toBeNull();
  const turns = driver.reports.flatMap((it) => (it.type === "sticky" ? [it.on] : []));
  expect(turns).toEqual([true, false]);
  expect(driver.broken).toEqual([]);
});
