import { describe, expect, test } from "vitest";
import { samplesOfBytes } from "../../../clients/pcm16.ts";
import { tone, writeMicrophoneFile } from "../../support/microphone-file.ts";
import { type ScriptedServer, startScriptedServer } from "../../support/scripted-realtime-server.ts";
import type { ScriptedAnswer } from "../../support/scripted-talk.ts";
import { chromiumPath, linesOf, openPage, type PageOptions, statusOf } from "../page.ts";

const title = chromiumPath === undefined ? "the page (SKIPPED: no Chromium; install it or set CHROMIUM)" : "the page";
const rateHz = 48_000;
const answers: readonly ScriptedAnswer[] = [
  {
    heard: "what is the capital of portugal",
    sentences: [
      "The capital of Portugal is Lisbon.",
      "It lies on the river Tagus, close to the Atlantic, and it is old.",
    ],
  },
  { heard: "stop", sentences: ["Okay, I am quiet."] },
];
const waiting = { timeout: 20_000, interval: 50 };

/** Speech, then speech again while the answer is being given. */
const question = writeMicrophoneFile(
  [
    { atMs: 1_000, samples: tone(1_000, 440, rateHz) },
    { atMs: 5_000, samples: tone(900, 440, rateHz) },
  ],
  rateHz,
  60_000,
);

async function open(server: ScriptedServer, options: Partial<PageOptions> = {}) {
  return await openPage({ link: `${server.url}/?token=${server.token}`, ...options });
}

describe.skipIf(chromiumPath === undefined)(title, () => {
  test("holds a conversation by voice, and is cut off by talking over it", async () => {
    await using server = await startScriptedServer({ answers });
    await using opened = await open(server, { microphone: question });
    const { page } = opened;
    expect(page.url()).toBe(`${server.url}/`);
    await expect.poll(() => statusOf(page), waiting).toBe("Ready");
    expect(await page.textContent("#service")).toBe("Starter voice: I know a few dozen things");
    await page.click("#microphone");
    await expect.poll(() => statusOf(page), waiting).toBe("Listening");
    await expect.poll(() => statusOf(page), waiting).toBe("Listening to you");
    await expect.poll(() => statusOf(page), waiting).toBe("Speaking");
    await expect
      .poll(() => linesOf(page), waiting)
      .toEqual([
        "user: what is the capital of portugal",
        expect.stringMatching(/^interrupted: The capital of Portugal is Lisbon\..*\|.*it is old\.$/),
        "user: stop",
        "done: Okay, I am quiet.",
      ]);
    await expect.poll(() => statusOf(page), waiting).toBe("Listening");
    const played = [...(server.talks[0]?.played.values() ?? [])];
    expect(played.map(({ playing }) => playing)).toEqual([false, false]);
    expect(played[1]?.samples).toBe("Okay, I am quiet.".length * 60 * 24);
    // What it heard is the tone at 24 kHz: 440 Hz, not stretched, not broken.
    const sound = samplesOfBytes(Buffer.concat(server.talks[0]?.audio ?? []));
    const loud = sound.findIndex((sample) => Math.abs(sample) > 4_000);
    const half = sound.subarray(loud + 2_400, loud + 2_400 + 12_000);
    const rising = half.reduce(
      (count, sample, i) => count + (i > 0 && sample >= 0 && (half[i - 1] ?? 0) < 0 ? 1 : 0),
      0,
    );
    expect(rising).toBeGreaterThanOrEqual(218);
    expect(rising).toBeLessThanOrEqual(222);
    await page.click("#lines .latency summary");
    expect(await page.locator("#lines .latency dl").first().isVisible()).toBe(true);
    expect(opened.complaints).toEqual([]);
  });

  test("works by keyboard alone and without a microphone", async () => {
    await using server = await startScriptedServer({ answers });
    await using opened = await open(server, { denyMicrophone: true });
    const { page } = opened;
    await expect.poll(() => statusOf(page), waiting).toBe("Ready");
    await page.click("#microphone");
    await expect.poll(() => page.textContent("#notice"), waiting).toMatch(/microphone is blocked.*type below/);
    await page.focus("#text");
    await page.keyboard.type("what is the capital of portugal");
    await page.keyboard.press("Enter");
    expect(await page.inputValue("#text")).toBe("");
    await expect.poll(() => linesOf(page), waiting).toContainEqual(expect.stringMatching(/^speaking: The capital/));
    await page.keyboard.press("Escape");
    await expect.poll(() => linesOf(page), waiting).toContainEqual(expect.stringMatching(/^interrupted: The/));
    expect(server.talks[0]?.received.map(({ type }) => type)).toContain("response.cancel");
    expect(server.talks[0]?.audioBytes).toBe(0);
  });

  test("comes back by itself when the connection breaks, and says what that means", async () => {
    await using server = await startScriptedServer({ answers });
    await using opened = await open(server);
    const { page } = opened;
    await expect.poll(() => statusOf(page), waiting).toBe("Ready");
    await page.click("#examples button");
    await expect.poll(() => linesOf(page), waiting).toContainEqual(expect.stringMatching(/^speaking: The/));
    server.breakConnections();
    await expect.poll(() => linesOf(page), waiting).toContainEqual("client: Connected again – a new conversation");
    await expect.poll(() => statusOf(page), waiting).toBe("Ready");
    await page.fill("#text", "and now?");
    await page.keyboard.press("Enter");
    await expect.poll(() => linesOf(page), waiting).toContainEqual("user: and now?");
    expect(server.talks.length).toBe(2);
  });

  test("push to talk: what is said while the space bar is down is one turn", async () => {
    await using server = await startScriptedServer({ answers });
    await using opened = await open(server, { microphone: question });
    const { page } = opened;
    await expect.poll(() => statusOf(page), waiting).toBe("Ready");
    await page.click("#open-settings");
    await page.check("#push-to-talk");
    await page.keyboard.press("Escape");
    await page.click("#microphone");
    await expect.poll(() => page.textContent("#microphone"), waiting).toContain("Hold to talk");
    await page.locator("#microphone").blur();
    await page.keyboard.down("Space");
    await expect.poll(() => statusOf(page), waiting).toBe("Listening to you");
    await expect.poll(() => server.talks[0]?.audioBytes ?? 0, waiting).toBeGreaterThan(24_000);
    await page.keyboard.up("Space");
    await expect.poll(() => linesOf(page), waiting).toContainEqual(expect.stringMatching(/^speaking: The/));
    const types = server.talks[0]?.received.map(({ type }) => type).filter((type) => type !== "sotto.playback");
    expect(types).toEqual([
      "session.update",
      "session.update",
      "input_audio_buffer.clear",
      "input_audio_buffer.commit",
      "response.create",
    ]);
  });

  test("muted, it sends silence", async () => {
    await using server = await startScriptedServer({ answers });
    await using opened = await open(server, { microphone: question });
    const { page } = opened;
    await expect.poll(() => statusOf(page), waiting).toBe("Ready");
    await page.click("#microphone");
    await expect.poll(() => statusOf(page), waiting).toBe("Listening");
    await page.click("#microphone");
    await expect.poll(() => statusOf(page), waiting).toBe("Muted");
    const talk = server.talks[0];
    const before = talk?.audio.length ?? 0;
    await expect.poll(() => (talk?.audio.length ?? 0) - before, waiting).toBeGreaterThan(100);
    expect(talk?.audio.slice(before + 2).every((chunk) => chunk.every((byte) => byte === 0))).toBe(true);
    expect(await linesOf(page)).toEqual([]);
  });

  test("with a wrong token it says which link to open, and does not keep asking", async () => {
    await using server = await startScriptedServer({ answers });
    await using opened = await openPage({ link: `${server.url}/?token=wrong` });
    const { page } = opened;
    await expect.poll(() => page.textContent("#notice"), waiting).toMatch(/link that Sotto printed/);
    expect(await statusOf(page)).toBe("Not connected");
    expect(server.talks.length).toBe(0);
  });

  test("after reloading it still knows its token", async () => {
    await using server = await startScriptedServer({ answers });
    await using opened = await open(server);
    await expect.poll(() => statusOf(opened.page), waiting).toBe("Ready");
    await opened.page.reload();
    await expect.poll(() => statusOf(opened.page), waiting).toBe("Ready");
    expect(server.talks.length).toBe(2);
  });

  test.each([
    ["a phone, upright, dark", { width: 390, height: 844 }, true],
    ["a small phone", { width: 320, height: 568 }, false],
    ["a phone on its side", { width: 844, height: 390 }, true],
    ["a large screen", { width: 1_920, height: 1_080 }, false],
  ])("fits %s", async (_, size, dark) => {
    await using server = await startScriptedServer({ answers });
    await using opened = await open(server, { size, dark, touch: size.width < 1_000 });
    const { page } = opened;
    await expect.poll(() => statusOf(page), waiting).toBe("Ready");
    const overflow = () =>
      page.evaluate(() => {
        const { scrollWidth, scrollHeight, clientWidth, clientHeight } = document.documentElement;
        return { right: scrollWidth - clientWidth, below: scrollHeight - clientHeight };
      });
    expect(await overflow()).toEqual({ right: 0, below: 0 });
    await page.click("#examples button");
    await expect.poll(() => linesOf(page), waiting).toContainEqual(expect.stringMatching(/^done: The capital/));
    expect(await overflow()).toEqual({ right: 0, below: 0 });
    for (const id of ["microphone", "text", "open-settings"]) {
      const box = await page.locator(`#${id}`).boundingBox();
      expect(box, id).toMatchObject({ x: expect.any(Number) });
      expect(box?.height, id).toBeGreaterThanOrEqual(40);
      expect((box?.x ?? 0) + (box?.width ?? 0), id).toBeLessThanOrEqual(size.width);
    }
    const brightness = await page.evaluate(() =>
      Number(/\d+/.exec(getComputedStyle(document.body).backgroundColor)?.[0]),
    );
    expect(brightness < 128).toBe(dark);
  });
});
