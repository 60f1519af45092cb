import { describe, expect, test } from "vitest";
import { chromiumPath, linesOf, openPage, statusOf } from "../clients/page.ts";
import { replaceMicrophone, sayTo } from "../clients/page-microphone.ts";
import { startService } from "../support/service.ts";
import { SpokenLines } from "../support/spoken-lines.ts";
import { cutOff, tenTurns, wholeAnswer } from "../support/ten-turns.ts";

/** One answer, start to end, on a machine that has much else to do. */
const patience = { timeout: 60_000, interval: 50 };
const title = chromiumPath === undefined ? "the page (SKIPPED: no Chromium; install it or set CHROMIUM)" : "the page";

describe.skipIf(chromiumPath === undefined)(title, () => {
  test("holds a conversation of ten turns with the real service, and is cut off in its middle", async () => {
    await using people = new SpokenLines();
    const spoken: Int16Array[] = [];
    for (const { line, voice } of tenTurns) spoken.push(await people.line(line, voice));
    await using service = await startService();
    await using opened = await openPage({ link: `${service.service.url}/?token=${service.token}` });
    const { page } = opened;
    await replaceMicrophone(page);
    await expect.poll(() => statusOf(page), patience).toBe("Ready");
    await page.click("#microphone");
    await expect.poll(() => statusOf(page), patience).toBe("Listening");
    const answers = async (): Promise<readonly string[]> =>
      (await linesOf(page)).filter((line) => !line.startsWith("user: "));
    for (const [index, samples] of spoken.entries()) {
      await sayTo(page, samples, 24_000);
      const begun = index === cutOff ? /^speaking: \S+ \S+ \S+/ : /^done: /;
      await expect.poll(async () => (await answers())[index], patience).toMatch(begun);
      if (index !== cutOff) await expect.poll(() => statusOf(page), patience).toBe("Listening");
    }
    const lines = await linesOf(page);
    expect(lines.filter((line) => line.startsWith("user: "))).toEqual(tenTurns.map(({ line }) => `user: ${line}`));
    const given = await answers();
    expect(given.map((line) => line.startsWith("interrupted: "))).toEqual(tenTurns.map((_, index) => index === cutOff));
    const heard = given.map((line) => line.replace(/^\w+: /, "").replace(/\|.*$/s, ""));
    expect(heard).toEqual(tenTurns.map(({ answer }) => expect.stringMatching(answer)));
    expect(wholeAnswer.startsWith(heard[cutOff + 1] ?? "")).toBe(true);
    expect(heard[cutOff + 1]).not.toBe(wholeAnswer);
    expect(await page.locator("#lines .latency").count()).toBe(tenTurns.length);
    expect(opened.complaints).toEqual([]);
  }, 300_000);
});
