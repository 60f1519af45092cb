import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { ModelError } from "../../models/errors.ts";
import type { ReplyPart } from "../../models/roles.ts";
import { ScriptedWriter } from "../../models/servers/scripted.ts";
import { Errand, type ErrandNews } from "../../pipeline/errand.ts";
import type { ErrandJob } from "../../pipeline/reply-events.ts";
import { modelsOf } from "../support/models-of.ts";
import { until } from "../support/until.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const job: ErrandJob = {
  conversation: "talk/director",
  role: "director",
  messages: [{ from: "user", text: "hello" }],
  maxTokens: 100,
};
const words = ["Memory is short.", " Lists are long."];

/** An errand to a director that says `words`, or cannot be had. */
function send(isThere: boolean) {
  const director = new ScriptedWriter(() => words.map((text): ReplyPart => ({ type: "text", text })));
  const models = modelsOf({ director }, () => {
    if (!isThere) throw new ModelError("no-memory", "It needs 9.8 GB, 7.1 GB is free.");
  });
  const life = new AbortController();
  const news: ErrandNews[] = [];
  const options = {
    models,
    toolbox: { specs: [], run: async () => "{}" },
    clock: new VirtualClock(),
    log: () => undefined,
  };
  const errand = new Errand(job, options, (one) => news.push(one), life.signal);
  return { errand, news, life: life.signal };
}

test("is told of once, and can be read when it is long over", async () => {
  const { errand, news, life } = send(true);
  await until(() => getEventListeners(life, "abort").length === 0);
  expect(news).toEqual([{ type: "ready" }]);
  const heard: string[] = [];
  for await (const part of errand.parts) if (part.type === "text") heard.push(part.text);
  expect(heard).toEqual(words);
});

test("that failed is told with why, and leaves nothing at the talk that it was for", async () => {
  const { news, life } = send(false);
  await until(() => news.length > 0);
  expect(news).toEqual([{ type: "failed", why: "It needs 9.8 GB, 7.1 GB is free." }]);
  await until(() => getEventListeners(life, "abort").length === 0);
});
