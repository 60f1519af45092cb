import { expect, test } from "vitest";
import { forecast } from "../../../models/residency/forecast.ts";
import { slot, withDirector } from "../../support/residency-slot.ts";

test("a forecast tells ready, load, swap, queue and unavailable apart", () => {
  const driver = slot();
  expect(forecast(driver.state, "voice", driver.nowMs)).toEqual({ status: "ready", model: "voice", waitMs: 0 });
  expect(forecast(driver.state, "coder", driver.nowMs)).toEqual({ status: "load", model: "coder", waitMs: 6_000 });
  driver.ask("director");
  driver.pass(2_000);
  expect(forecast(driver.state, "director", driver.nowMs)).toEqual({
    status: "load",
    model: "director",
    waitMs: 3_000,
  });
  driver.finishLoad("director", 3_000);
  expect(forecast(driver.state, "coder", driver.nowMs).status).toBe("queue");
  expect(forecast(driver.state, "tts", driver.nowMs).status).toBe("unavailable");
  const idle = withDirector();
  idle.pass(90_000);
  expect(forecast(idle.state, "coder", idle.nowMs)).toEqual({ status: "swap", model: "coder", waitMs: 6_500 });
});

test("a forecast changes nothing, and a hint only warms the file", () => {
  const driver = withDirector();
  const before = driver.state;
  forecast(driver.state, "coder", driver.nowMs + 1_000);
  expect(driver.state).toBe(before);
  driver.send({ type: "hint", role: "coder" });
  expect(driver.warmed).toEqual(["coder"]);
  expect(driver.unloads.size + driver.loads.size).toBe(0);
});
