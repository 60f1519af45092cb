import { describe, expect, test } from "vitest";
import { ModelError } from "../../../models/errors.ts";
import type { PinBroken, ReplyPart } from "../../../models/roles.ts";
import { untilReady as ready, smallResidency as start } from "../../support/small-residency.ts";
import type { VirtualClock } from "../../support/virtual-clock.ts";

const never = new AbortController().signal;
const request = {
  conversation: "c",
  messages: [{ from: "user", text: "why" }],
  tools: [],
  toolChoice: "none",
  maxTokens: 10,
} as const;

async function textOf(parts: AsyncIterable<ReplyPart>): Promise<string> {
  let text = "";
  for await (const part of parts) if (part.type === "text") text += part.text;
  return text;
}

describe("residency", () => {
  test("loads what is pinned, and grants it at once from then on", async () => {
    const world = start();
    await expect(world.residency.lease({ role: "voice" }, never)).rejects.toMatchObject({ code: "host-exited" });
    await ready(world);
    using lease = await world.residency.lease({ role: "voice" }, never);
    expect(lease.model).toBe("small");
    expect(await textOf(lease.engine.reply(request, never))).toBe("small says so.");
    expect(world.residency.status().models.map(({ role, state, pinned }) => [role, state, pinned])).toEqual([
      ["voice", "ready", true],
      ["director", "absent", false],
      ["coder", "absent", false],
    ]);
  });

  test("swaps: the one that leaves is gone before the other begins", async () => {
    const world = start();
    await ready(world);
    const first = world.residency.lease({ role: "director" }, never);
    await world.clock.advance(1_500);
    (await first)[Symbol.dispose]();
    const second = world.residency.lease({ role: "coder" }, never);
    await world.clock.advance(20_000);
    using lease = await second;
    expect(lease.model).toBe("code");
    const heavy = world.server.trace.map((line) => line.replace(/ @.*/, "")).filter((line) => !line.endsWith("small"));
    expect(heavy).toEqual(["load big", "ready big", "unload big", "gone big", "load code", "ready code"]);
    expect(world.reports.map(({ type }) => type)).toContain("swap-end");
    expect(world.logs).toEqual([]);
  });

  test("never unloads under a lease", async () => {
    const world = start();
    await ready(world);
    const first = world.residency.lease({ role: "director" }, never);
    await world.clock.advance(1_500);
    const lease = await first;
    const second = world.residency.lease({ role: "coder" }, never);
    await world.clock.advance(30_000);
    expect(world.server.trace.join()).not.toMatch(/unload/);
    lease[Symbol.dispose]();
    await world.clock.advance(10_000);
    (await second)[Symbol.dispose]();
  });

  test("a request that is given up is answered with the signal's reason, and its load is called off", async () => {
    const world = start({ loadMs: 5_000 });
    const waiting = world.residency.ready(never);
    await world.clock.advance(5_100);
    await waiting;
    const controller = new AbortController();
    const asked = world.residency.lease({ role: "director" }, controller.signal);
    const outcome = expect(asked).rejects.toThrow("never mind");
    await world.clock.advance(300);
    controller.abort(new Error("never mind"));
    await outcome;
    await world.clock.advance(100);
    expect(world.server.trace.at(-1)).toMatch(/give up big/);
    expect(world.residency.state.residents.map(({ model: id }) => id)).toEqual(["small"]);
  });

  test("a lost voice is back within its load time, and those who watch are told why", async () => {
    const world = start();
    await ready(world);
    const broken: PinBroken[] = [];
    using _watching = world.residency.watch((change) => {
      if (change.type === "pin-broken") broken.push(change);
    });
    world.server.lose("small");
    await expect(world.residency.lease({ role: "voice" }, never)).rejects.toMatchObject({ code: "host-exited" });
    await world.clock.advance(1_500);
    (await world.residency.lease({ role: "voice" }, never))[Symbol.dispose]();
    expect(broken.map(({ cause, healed }) => [cause, healed])).toEqual([
      ["process-exit", false],
      ["process-exit", true],
    ]);
  });

  test("refuses with numbers what can never fit", async () => {
    const world = start({ capacityBytes: 8 });
    await ready(world);
    await expect(world.residency.lease({ role: "director" }, never)).rejects.toMatchObject({
      code: "no-memory",
      message: expect.stringMatching(/big needs .* GB of ram.* is free beside small/),
    });
    expect(world.residency.forecast("director")).toMatchObject({ status: "unavailable" });
  });

  test("predicts a load, then nothing more to wait for", async () => {
    const world = start();
    await ready(world);
    expect(world.residency.forecast("director")).toMatchObject({ status: "load", model: "big", waitMs: 1_000 });
    const asked = world.residency.lease({ role: "director" }, never);
    await world.clock.advance(1_500);
    (await asked)[Symbol.dispose]();
    expect(world.residency.forecast("director")).toEqual({ status: "ready", model: "big", waitMs: 0 });
    expect(world.residency.forecast("coder").status).toBe("swap");
  });

  test("a failed load is tried again, and then refused with why", async () => {
    const world = start();
    await ready(world);
    world.server.failing.set("big", new ModelError("bad-model", "The model file big is cut short"));
    const asked = world.residency.lease({ role: "director" }, never);
    const outcome = expect(asked).rejects.toMatchObject({
      code: "bad-model",
      message: expect.stringMatching(/cut short/),
    });
    await world.clock.advance(10_000);
    await outcome;
  });

  test("brings the file of a heavy model into the page cache when it is hinted at", async () => {
    const world = start();
    await ready(world);
    world.residency.hint("director");
    expect(world.warmed).toEqual(["/models/big"]);
  });

  test("says good-bye to everyone who waits when it is closed", async () => {
    const world = start();
    await ready(world);
    const asked = world.residency.lease({ role: "director" }, never);
    const outcome = expect(asked).rejects.toMatchObject({ code: "host-exited" });
    await world.residency[Symbol.asyncDispose]();
    await outcome;
  });
});

describe("heavy models keep still", () => {
  async function withDirector(world: ReturnType<typeof start>) {
    await ready(world);
    const asked = world.residency.lease({ role: "director" }, never);
    await world.clock.advance(1_500);
    world.server.trace.length = 0;
    return await asked;
  }

  test("while a voice turn is held, and however many are", async () => {
    const world = start();
    using _lease = await withDirector(world);
    const first = world.residency.holdVoiceTurn();
    const second = world.residency.holdVoiceTurn();
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    expect(world.server.trace.map((line) => line.replace(/ @.*/, ""))).toEqual(["pause big"]);
    second[Symbol.dispose]();
    expect(world.server.trace.map((line) => line.replace(/ @.*/, ""))).toEqual(["pause big", "resume big"]);
  });

  test("until the voice has computed its whole answer, however slowly that is taken", async () => {
    const clockOf: { clock?: VirtualClock } = {};
    const world = start({
      answer: async function* (id, signal) {
        for (let part = 0; part < 3; part += 1) {
          await clockOf.clock?.sleep(100, signal);
          yield { type: "text", text: `${id} ${part}. ` };
        }
      },
    });
    clockOf.clock = world.clock;
    using _director = await withDirector(world);
    using voice = await world.residency.lease({ role: "voice" }, never);
    const parts = voice.engine.reply(request, never)[Symbol.asyncIterator]();
    const beganMs = world.clock.nowMs();
    const first = parts.next();
    await world.clock.advance(400);
    expect((await first).done).toBe(false);
    expect(world.server.trace).toEqual([`pause big @${beganMs}`, `resume big @${beganMs + 300}`]);
    await parts.return?.();
  });

  test("but not for ever", async () => {
    const world = start();
    using _lease = await withDirector(world);
    using _turn = world.residency.holdVoiceTurn();
    await world.clock.advance(21_000);
    expect(world.server.trace.map((line) => line.replace(/ @.*/, ""))).toEqual(["pause big", "resume big"]);
  });

  test("and go when they are told to, even while they are paused", async () => {
    const world = start();
    const lease = await withDirector(world);
    using _turn = world.residency.holdVoiceTurn();
    const asked = world.residency.lease({ role: "coder", urgent: true }, never);
    lease[Symbol.dispose]();
    await world.clock.advance(20_000);
    (await asked)[Symbol.dispose]();
    expect(world.server.trace.map((line) => line.replace(/ @.*/, "")).slice(0, 4)).toEqual([
      "pause big",
      "resume big",
      "unload big",
      "gone big",
    ]);
  });
});
