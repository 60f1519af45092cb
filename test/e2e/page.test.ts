import { describe, expect, test } from "vitest";
import { chromiumPath, linesOf, openPage, statusOf } from "../clients/page.ts";
import { replaceMicrophone, sayTo } from "../clients/page-microphone.ts";
import { startService } from "../support/service.ts";
import { SpokenLines } from "../support/spoken-lines.ts";

/** Line, voice, what the answer must say; the sixth cuts the fifth's answer off. */
const turns = [
  ["good morning", "awb", /./],
  ["what is the capital of italy", "slt", /Rome/],
  ["what is seven plus five", "awb", /\b12\b|twelve/i],
  ["tell me a joke", "rms", /./],
  ["what can you do", "rms", /./],
  ["what time is it", "slt", /\d/],
  ["what is the capital of france", "slt", /Paris/],
  ["ask the director about the design", "rms", /director/i],
  ["create a fizz buzz script in python", "slt", /coder/i],
  ["thank you", "awb", /./],
] as const;
const cutOff = 4;
const patience = { timeout: 40_000, interval: 50 };
const title = chromiumPath === undefined ? "the page (SKIPPED: no Chromium; install it or set CHROMIUM)" : "the page";

describe.skipIf(chromiumPath === undefined)(title, () => {
  test("holds a conversation of ten turns with the real service, and is cut off in its middle", async () => {
    await using people = new SpokenLines();
    await using service = await startService();
    await using opened = await openPage({ link: `${service.service.url}/?token=${service.token}` });
    const { page } = opened;
    await replaceMicrophone(page);
    await expect.poll(() => statusOf(page), patience).toBe("Ready");
    await page.click("#microphone");
    await expect.poll(() => statusOf(page), patience).toBe("Listening");
    const answers = async (): Promise<readonly string[]> =>
      (await linesOf(page)).filter((line) => !line.startsWith("user: "));
    for (const [index, [text, voice]] of turns.entries()) {
      await sayTo(page, await people.line(text, voice), 24_000);
      const begun = index === cutOff ? /^speaking: \S+ \S+ \S+/ : /^done: /;
      await expect.poll(async () => (await answers())[index], patience).toMatch(begun);
      if (index !== cutOff) await expect.poll(() => statusOf(page), patience).toBe("Listening");
    }
    const lines = await linesOf(page);
    expect(lines.filter((line) => line.startsWith("user: "))).toEqual(turns.map(([text]) => `user: ${text}`));
    const given = await answers();
    for (const [index, [, , answer]] of turns.entries()) expect(given[index]).toMatch(answer);
    expect(given.map((line) => line.startsWith("interrupted: "))).toEqual(turns.map((_, index) => index === cutOff));
    expect(await page.locator("#lines .latency").count()).toBe(turns.length);
    expect(opened.complaints).toEqual([]);
  }, 300_000);
});
