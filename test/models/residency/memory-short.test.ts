import { describe, expect, test } from "vitest";
import { waitBoundMs } from "../../../models/residency/wait-bound.ts";
import { ResidencyDriver } from "../../support/residency-driver.ts";
import { gigabyte, gpu, installedModel, oneSlot, rolePlan, rung } from "../../support/residency-machines.ts";
import { slot, withDirector } from "../../support/residency-slot.ts";

describe("memory that is not enough", () => {
  test("is refused with numbers", () => {
    const { pools, roles, models } = oneSlot();
    const large = installedModel("coder", [rung("full", 9.8)]);
    const driver = new ResidencyDriver({ pools, roles, models: [...models.slice(0, 2), large] });
    driver.finishLoad("voice");
    expect(driver.refusal(driver.ask("coder"))).toBe(
      "no-memory: The coder model coder needs 9.8 GB of gpu0, 8.0 GB is free beside voice",
    );
    driver.send({ type: "foreign", pool: "gpu0", bytes: 2 * gigabyte });
    expect(driver.refusal(driver.ask("coder"))).toBe(
      "no-memory: The coder model coder needs 9.8 GB of gpu0, 6.0 GB is free beside voice; other programs hold 2.0 GB",
    );
  });

  test("because the slot was made so small is not blamed on others", () => {
    const { roles, models } = oneSlot();
    const slotted = gpu(12, { slotGigabytes: 0.05 });
    const driver = new ResidencyDriver({ pools: [{ ...slotted, foreignBytes: 2 * gigabyte }], roles, models });
    driver.finishLoad("voice");
    expect(driver.refusal(driver.ask("director"))).toBe(
      "no-memory: The director model director needs 6.0 GB of gpu0, but --slot-bytes (memory.slotBytes) gives the slot no more than 50 MB: allow more, or choose a smaller model",
    );
    // Then it is not the slot that is too small.
    driver.send({ type: "foreign", pool: "gpu0", bytes: 7.98 * gigabyte });
    expect(driver.refusal(driver.ask("director"))).toBe(
      "no-memory: The director model director needs 6.0 GB of gpu0, 20 MB is free beside voice; other programs hold 8.0 GB",
    );
  });

  test("for the voice itself has nothing to do with the slot", () => {
    const { roles, models } = oneSlot();
    const driver = new ResidencyDriver({ pools: [gpu(3, { slotGigabytes: 0.05 })], roles, models });
    expect(driver.refusal(driver.ask("voice"))).toBe(
      "no-memory: The voice model voice needs 3.0 GB of gpu0, 2.0 GB is free",
    );
  });

  test("is kept for the voice while it is away", () => {
    const { pools, roles, models } = oneSlot();
    const large = installedModel("coder", [rung("full", 9)]);
    const driver = new ResidencyDriver({ pools, roles, models: [...models.slice(0, 2), large] });
    const load = driver.loadOf("voice") ?? 0;
    driver.send({ type: "load-error", load, code: "engine-failed", message: "it failed", retryable: true });
    expect(driver.refusal(driver.ask("coder"))).toMatch(/^no-memory: .* needs 9\.0 GB of gpu0, 8\.0 GB is free/);
    expect(driver.broken).toEqual([]);
  });

  test("makes a model come in less than was asked for, the first rung that fits", () => {
    const { pools, roles, models } = oneSlot();
    const ladder = [
      rung("full", 9.8),
      rung("8,192 tokens", 8.5, { penaltyMs: 3_000 }),
      rung("q8", 7.5, { penaltyMs: 6_000 }),
    ];
    const driver = new ResidencyDriver({
      pools,
      roles,
      models: [...models.slice(0, 2), installedModel("coder", ladder)],
    });
    driver.finishLoad("voice");
    driver.ask("coder");
    expect([...driver.loads.values()].map((it) => it.variant)).toEqual(["q8"]);
    expect(driver.reports.some((it) => it.type === "degrade" && it.variant === "q8")).toBe(true);
  });

  test("is shared by models that fit together, at the price of a smaller rung", () => {
    const { pools, roles, models } = oneSlot();
    const ladder = [rung("full", 7), rung("2,048 tokens", 1.9, { penaltyMs: 2_000 })];
    const driver = new ResidencyDriver({
      pools,
      roles,
      models: [...models.slice(0, 2), installedModel("coder", ladder)],
    });
    driver.finishLoad("voice");
    const director = driver.ask("director");
    driver.finishLoad("director", 5_000);
    driver.ask("coder");
    driver.finishLoad("coder", 6_000);
    expect(driver.ready()).toEqual(["voice", "director", "coder"]);
    expect(driver.answer(director)).toBe("grant");
  });

  test("makes the voice answer for a role that may fall back on it", () => {
    const { pools, models } = oneSlot();
    const roles = [
      rolePlan("voice", ["voice"], { patienceMs: 0 }),
      rolePlan("coder", ["coder"], { fallback: "voice" }),
    ];
    const driver = new ResidencyDriver({
      pools,
      models: [...models.slice(0, 1), installedModel("coder", [rung("full", 20)])],
      roles,
    });
    driver.finishLoad("voice");
    expect(driver.grantedModel(driver.ask("coder"))).toBe("voice");
  });

  test("that another program took makes an idle model leave, never the voice", () => {
    const driver = withDirector();
    driver.send({ type: "foreign", pool: "gpu0", bytes: 4 * gigabyte });
    expect([...driver.unloads.values()].map((it) => it.model)).toEqual(["director"]);
    driver.send({ type: "foreign", pool: "gpu0", bytes: 11 * gigabyte });
    expect(driver.ready()).toEqual(["voice"]);
  });

  test("limits heavy models to their slot, and the voice is not in it", () => {
    const { models, roles } = oneSlot();
    const driver = new ResidencyDriver({ models, roles, pools: [gpu(24, { slotGigabytes: 8 })] });
    driver.finishLoad("voice");
    driver.ask("director");
    driver.finishLoad("director", 5_000);
    driver.ask("coder");
    expect(driver.loadOf("coder")).toBeUndefined();
  });

  test("that was measured replaces what was estimated", () => {
    const driver = slot();
    driver.ask("coder");
    const load = driver.loadOf("coder") ?? 0;
    driver.pass(3_000);
    driver.send({ type: "load-end", load, shares: [{ pool: "gpu0", bytes: 6.5 * gigabyte }] });
    const rungs = driver.state.models.find((it) => it.id === "coder")?.ladder;
    expect(rungs?.[0]).toMatchObject({
      loadMs: 3_000,
      measured: true,
      shares: [{ pool: "gpu0", bytes: 6.5 * gigabyte }],
    });
  });
});

describe("a request", () => {
  test("for a role that nothing is installed for is refused", () => {
    const driver = slot();
    expect(driver.refusal(driver.ask("tts"))).toMatch(/^not-installed: No tts model is installed/);
  });

  test("is refused at its deadline when somebody never returns a lease", () => {
    const driver = withDirector();
    driver.ask("director");
    const ticket = driver.ask("coder");
    driver.pass(299_999);
    expect(driver.answer(ticket)).toBeUndefined();
    driver.pass(1);
    expect(driver.refusal(ticket)).toBe(
      "busy: The coder model coder could not be had within 300 s: director is in use; try again later",
    );
  });

  test("is refused after two loads that failed", () => {
    const driver = slot();
    const ticket = driver.ask("coder");
    for (let attempt = 0; attempt < 2; attempt += 1) {
      driver.passUntil(() => driver.loadOf("coder") !== undefined);
      const load = driver.loadOf("coder") ?? 0;
      driver.loads.delete(load);
      driver.send({
        type: "load-error",
        load,
        code: "engine-failed",
        message: "llama.cpp ended with code 1",
        retryable: true,
      });
    }
    expect(driver.refusal(ticket)).toBe("engine-failed: The coder model coder: llama.cpp ended with code 1");
  });

  test("is promised a bound, and its role's head start counts", () => {
    const driver = withDirector();
    driver.ask("director");
    const first = driver.ask("coder");
    const [ticket] = driver.state.tickets;
    expect(ticket?.id).toBe(first);
    const boundMs = ticket === undefined ? 0 : waitBoundMs(driver.state, ticket);
    expect(boundMs).toBeGreaterThan(120_000);
    expect(boundMs).toBeLessThan(300_000);
    expect(driver.reports).toContainEqual({ type: "queue", ticket: first, role: "coder", model: "coder", boundMs });
  });
});
