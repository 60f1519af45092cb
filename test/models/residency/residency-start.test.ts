import { describe, expect, test } from "vitest";
import { ModelError } from "../../../models/errors.ts";
import { untilReady as ready, smallResidency as start } from "../../support/small-residency.ts";

const never = new AbortController().signal;

describe("a start", () => {
  test("ends with why when the voice fails time and again", async () => {
    const world = start();
    world.server.failing.set("small", new ModelError("server-down", "Nobody answers there"));
    const waiting = world.residency.ready(never);
    const outcome = expect(waiting).rejects.toMatchObject({
      code: "server-down",
      message: expect.stringMatching(/Nobody answers/),
    });
    for (let seconds = 0; seconds < 30; seconds += 1) {
      await world.clock.advance(1_000);
      world.server.failing.set("small", new ModelError("server-down", "Nobody answers there"));
    }
    await outcome;
    expect(world.server.trace.filter((line) => line.startsWith("load")).length).toBeGreaterThanOrEqual(4);
  });

  test("is ready all the same when the voice comes at the third attempt", async () => {
    const world = start();
    const waiting = world.residency.ready(never);
    for (const _ of [1, 2]) {
      world.server.failing.set("small", new ModelError("server-down", "Nobody answers there"));
      await world.clock.advance(1_000);
    }
    await world.clock.advance(10_000);
    await waiting;
  });

  test("ends at once with numbers when the voice can never fit", async () => {
    const world = start({ capacityBytes: 2 });
    await expect(world.residency.ready(never)).rejects.toMatchObject({
      code: "no-memory",
      message: expect.stringMatching(/small needs/),
    });
  });
});

test("a role whose model cannot be had says why, and the others work", async () => {
  const world = start({
    missing: [{ role: "director", model: "big", error: new ModelError("not-installed", "There is no file big.gguf") }],
  });
  await ready(world);
  const why = { code: "not-installed", message: "There is no file big.gguf" };
  await expect(world.residency.lease({ role: "director" }, never)).rejects.toMatchObject(why);
  expect(world.residency.forecast("director")).toEqual({ status: "unavailable", why: why.message });
  expect(world.residency.status().models.filter(({ role }) => role === "director")).toEqual([
    { role: "director", model: "big", state: "failed", bytes: 0, pinned: false, leases: 0, note: why.message },
  ]);
  (await world.residency.lease({ role: "voice" }, never))[Symbol.dispose]();
});

test("heavy models keep still while a lost voice comes back", async () => {
  const world = start();
  await ready(world);
  const asked = world.residency.lease({ role: "director" }, never);
  await world.clock.advance(1_500);
  using _director = await asked;
  world.server.trace.length = 0;
  world.server.lose("small");
  await world.clock.advance(3_000);
  expect(world.server.trace.map((line) => line.replace(/ @.*/, ""))).toEqual([
    "lose small",
    "unload small",
    "gone small",
    "pause big",
    "load small",
    "ready small",
    "resume big",
  ]);
});
