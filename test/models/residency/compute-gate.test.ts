import { expect, test } from "vitest";
import { ComputeGate } from "../../../models/residency/compute-gate.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

function start() {
  const clock = new VirtualClock();
  const gate = new ComputeGate(clock);
  const trace: string[] = [];
  const model = (name: string) => ({
    pause: () => trace.push(`pause ${name} @${clock.nowMs()}`),
    resume: () => trace.push(`resume ${name} @${clock.nowMs()}`),
  });
  return { clock, gate, trace, model };
}

test("a model that comes while others are still keeps still, too", () => {
  const { gate, trace, model } = start();
  using _first = gate.add(model("a"));
  using _turn = gate.hold();
  using _second = gate.add(model("b"));
  expect(trace).toEqual(["pause a @0", "pause b @0"]);
});

test("a model that has left is not touched any more", () => {
  const { gate, trace, model } = start();
  const added = gate.add(model("a"));
  added[Symbol.dispose]();
  gate.hold()[Symbol.dispose]();
  expect(trace).toEqual([]);
});

test("held for ever, it may breathe for three seconds in every twenty-three", async () => {
  const { clock, gate, trace, model } = start();
  using _model = gate.add(model("a"));
  using _turn = gate.hold();
  await clock.advance(44_000);
  expect(trace).toEqual(["pause a @0", "resume a @20000", "pause a @23000", "resume a @43000"]);
});

test("a turn that begins within a breath waits for its end, and later ones are kept from nothing", async () => {
  const { clock, gate, trace, model } = start();
  using _model = gate.add(model("a"));
  const endless = gate.hold();
  await clock.advance(21_000);
  endless[Symbol.dispose]();
  using _next = gate.hold();
  await clock.advance(1_000);
  expect(trace).toEqual(["pause a @0", "resume a @20000"]);
  await clock.advance(1_000);
  expect(trace.at(-1)).toBe("pause a @23000");
});

test("a turn behind a breath that nobody used is held at once", async () => {
  const { clock, gate, trace, model } = start();
  using _model = gate.add(model("a"));
  const endless = gate.hold();
  await clock.advance(21_000);
  endless[Symbol.dispose]();
  await clock.advance(9_000);
  using _next = gate.hold();
  expect(trace.at(-1)).toBe("pause a @30000");
});
