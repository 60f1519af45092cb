import { expect, test } from "vitest";
import type { LossCause } from "../../../../models/servers/model-server.ts";
import { FakeLlamaSwap } from "../../../support/fake-llama-swap.ts";
import { longText } from "../../../support/fake-openai-chat.ts";
import { until } from "../../../support/until.ts";
import { all, load, longAnswer, never, open, textOf } from "./spec.ts";

const rivals = { director: ["coder"], coder: ["director"] };

test("a load that costs another model its place is told as that model's loss", async () => {
  await using fake = await FakeLlamaSwap.start(rivals);
  await using server = await open(fake.http.url);
  const losses: LossCause[] = [];
  await load(server, { model: "director", losses });
  await load(server, { model: "coder" });
  await until(() => losses.length > 0);
  expect(losses).toEqual(["evicted"]);
});

test("a load waits in its queue until the other model has answered", async () => {
  await using fake = await FakeLlamaSwap.start(rivals);
  await using server = await open(fake.http.url);
  const { writer } = await load(server, { model: "director" });
  fake.chat.waitsAfter = 2;
  const reading = all(writer.reply(longAnswer, never));
  await until(() => fake.chat.active === 1);
  const loading = load(server, { model: "coder" });
  await until(() => fake.http.bodies.some(({ body }) => body?.model === "coder"));
  expect(fake.processes.get("director")?.state).toBe("ready");
  fake.chat.waitsAfter = undefined;
  expect(textOf(await reading)).toBe(longText);
  await loading;
  expect(fake.processes.get("director")?.state).toBe("stopped");
});

test("whoever leaves its queue starts nothing", async () => {
  await using fake = await FakeLlamaSwap.start(rivals);
  await using server = await open(fake.http.url);
  const { writer } = await load(server, { model: "director" });
  fake.chat.waitsAfter = 2;
  const reading = all(writer.reply(longAnswer, never));
  await until(() => fake.chat.active === 1);
  const controller = new AbortController();
  const loading = expect(load(server, { model: "coder" }, controller.signal)).rejects.toThrow("never mind");
  await until(() => fake.http.bodies.some(({ body }) => body?.model === "coder"));
  controller.abort(new Error("never mind"));
  await loading;
  fake.chat.waitsAfter = undefined;
  expect(textOf(await reading)).toBe(longText);
  expect(fake.processes.get("director")?.state).toBe("ready");
  expect(fake.served).toEqual(["director", "director"]);
});

test("one that turns requests away is asked again, and then said to be busy", async () => {
  await using fake = await FakeLlamaSwap.start(rivals);
  await using server = await open(fake.http.url, { patienceMs: 0 });
  const { writer } = await load(server, { model: "director" });
  fake.concurrencyLimit = 0;
  await expect(all(writer.reply(longAnswer, never))).rejects.toMatchObject({
    code: "busy",
    message: expect.stringMatching(/Too many requests/),
  });
});

test("a model that was stopped is not started by a request", async () => {
  await using fake = await FakeLlamaSwap.start(rivals);
  await using server = await open(fake.http.url, { watchMs: 1_000_000 });
  const { writer } = await load(server, { model: "director" });
  fake.stop("director");
  await expect(all(writer.reply(longAnswer, never))).rejects.toMatchObject({ code: "host-exited" });
  expect(fake.heldBytes).toBe(0);
});
