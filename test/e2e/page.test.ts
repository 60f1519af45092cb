import { describe, expect, test } from "vitest";
import { chromiumPath, linesOf, openPage, statusOf } from "../clients/page.ts";
import { replaceMicrophone, sayTo } from "../clients/page-microphone.ts";
import { startService } from "../support/service.ts";
import { SpokenLines } from "../support/spoken-lines.ts";
import { cutOff, tenTurns, wholeAnswer } from "../support/ten-turns.ts";

/** One answer, start to end, on a machine that has much else to do. */
const patience = { timeout: 60_000, interval: 50 };
/** A browser that gets no time plays a line with holes in it. People say it again then, and so does the test. */
const notHeard = /did not catch that|I lost that/;
const title = chromiumPath === undefined ? "the page (SKIPPED: no Chromium; install it or set CHROMIUM)" : "the page";

describe.skipIf(chromiumPath === undefined)(title, () => {
  test("holds a conversation of ten turns with the real service, and is cut off in its middle", async () => {
    await using people = new SpokenLines();
    const spoken: Int16Array[] = [];
    for (const { line, voice } of tenTurns) spoken.push(await people.line(line, voice));
    await using service = await startService();
    await using opened = await openPage({
      link: `${service.service.url}/?token=${service.token}`,
      size: { width: 400, height: 300 },
      still: true,
    });
    const { page } = opened;
    await replaceMicrophone(page);
    await expect.poll(() => statusOf(page), patience).toBe("Ready");
    await page.click("#microphone");
    await expect.poll(() => statusOf(page), patience).toBe("Listening");
    const all = async (): Promise<readonly string[]> =>
      (await linesOf(page)).filter((line) => !line.startsWith("user: "));
    const answers = async (): Promise<readonly string[]> => (await all()).filter((line) => !notHeard.test(line));
    for (const [index, samples] of spoken.entries()) {
      for (let tries = 0; tries < 3 && (await answers()).length <= index; tries += 1) {
        const before = (await all()).length;
        await sayTo(page, samples, 24_000);
        const begun = index === cutOff ? /^(?:speaking|done): \S+ \S+ \S+/ : /^done: /;
        await expect.poll(async () => (await all())[before], patience).toMatch(begun);
        if (index !== cutOff) await expect.poll(() => statusOf(page), patience).toBe("Listening");
      }
    }
    const lines = await linesOf(page);
    expect(lines.filter((line) => line.startsWith("user: "))).toEqual(tenTurns.map(({ line }) => `user: ${line}`));
    const given = await answers();
    expect(given.map((line) => line.startsWith("interrupted: "))).toEqual(tenTurns.map((_, index) => index === cutOff));
    const heard = given.map((line) => line.replace(/^\w+: /, "").replace(/\|.*$/s, ""));
    expect(heard).toEqual(tenTurns.map(({ answer }) => expect.stringMatching(answer)));
    expect(wholeAnswer.startsWith(heard[cutOff + 1] ?? "")).toBe(true);
    expect(heard[cutOff + 1]).not.toBe(wholeAnswer);
    expect(await page.locator("#lines .latency").count()).toBe((await all()).length);
    expect(opened.complaints).toEqual([]);
  }, 300_000);
});
