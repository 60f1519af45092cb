import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { expect, test } from "vitest";
import { startService } from "../support/service.ts";
import { writeTinyGguf } from "../support/tiny-gguf.ts";

const warning = expect.stringMatching(
  /^The voice's model tiny .*no chat template that Sotto can use.*voice\.model=ollama:<model>\.$/,
);

test("a model without a chat template is said to be one, with what to do", async () => {
  const model = await writeTinyGguf();
  try {
    await using sotto = await startService({ voice: { model }, director: { model: "off" }, coder: { model: "off" } });
    expect(sotto.logs).toContainEqual(warning);
  } finally {
    await rm(dirname(model), { recursive: true });
  }
});

test("of the starter nothing of the kind is said", async () => {
  await using sotto = await startService({ director: { model: "off" }, coder: { model: "off" } });
  expect(sotto.logs).toEqual([]);
});
