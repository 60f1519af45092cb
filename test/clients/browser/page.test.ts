import { describe, expect, test } from "vitest";
import { samplesOfBytes } from "../../../clients/pcm16.ts";
import { tone, writeMicrophoneFile } from "../../support/microphone-file.ts";
import { type ScriptedServer, startScriptedServer } from "../../support/scripted-realtime-server.ts";
import type { ScriptedAnswer } from "../../support/scripted-talk.ts";
import { chromiumPath, linesOf, openPage, type PageOptions, statusOf } from "../page.ts";
import { keepSaying, replaceMicrophone } from "../page-microphone.ts";

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
/** Who is cut off must still be speaking then, on a slow machine too. */
const longAnswers = answers.map(({ heard, sentences: [first = "", ...more] }) => ({
  heard,
  sentences: [first, ...more, ...more.flatMap((sentence) => Array<string>(5).fill(sentence))],
}));
const firstSentenceSamples = "The capital of Portugal is Lisbon.".length * 60 * 24;
const waiting = { timeout: 20_000, interval: 50 };
const speech = tone(1_000, 440, rateHz);

/** Speech, for a microphone that plays a file. */
const question = writeMicrophoneFile([{ atMs: 1_000, samples: speech }], rateHz, 60_000);

async function open(server: ScriptedServer, options: Partial<PageOptions> = {}) {
  return await openPage({ link: `${server.url}/?token=${server.token}`, ...options });
}

describe.skipIf(chromiumPath === undefined)(title, () => {
  test("holds a conversation by voice, and is cut off by talking over it", async () => {
    await using server = await startScriptedServer({ answers: longAnswers });
    await using opened = await open(server);
    const { page } = opened;
    expect(page.url()).toBe(`${server.url}/`);
    await replaceMicrophone(page);
    await expect.poll(() => statusOf(page), waiting).toBe("Ready");
    expect(await page.textContent("#service")).toBe("Starter voice: I know a few dozen things");
    await page.click("#microphone");
    await expect.poll(() => statusOf(page), waiting).toBe("Listening");
    const talk = () => server.talks.at(-1);
    const played = () => [...(talk()?.played.values() ?? [])];
    const listening = () => expect.poll(() => statusOf(page), waiting).toBe("Listening to you");
    await keepSaying(page, speech, rateHz, listening);
    await expect.poll(() => statusOf(page), waiting).toBe("Speaking");
    await expect.poll(() => played()[0]?.samples ?? 0, waiting).toBeGreaterThan(firstSentenceSamples);
    await keepSaying(page, speech, rateHz, listening);
    await expect
      .poll(() => linesOf(page), waiting)
      .toEqual([
        "user: what is the capital of portugal",
        expect.stringMatching(/^interrupted: The capital of Portugal is Lisbon\..*\|.*it is old\.$/),
        "user: stop",
        "done: Okay, I am quiet.",
      ]);
    await expect.poll(() => statusOf(page), waiting).toBe("Listening");
    await expect.poll(() => played().map(({ playing }) => playing), waiting).toEqual([false, false]);
    expect(played()[1]?.samples).toBe("Okay, I am quiet.".length * 60 * 24);
    await page.click("#lines .latency summary");
    expect(await page.locator("#lines .latency dl").first().isVisible()).toBe(true);
    expect(opened.complaints).toEqual([]);
  });

  test("what a microphone hears arrives at 24 kHz, not stretched, not broken", async () => {
    await using server = await startScriptedServer({ answers });
    const steady = writeMicrophoneFile([{ atMs: 0, samples: tone(60_000, 440, rateHz) }], rateHz, 60_000);
    await using opened = await open(server, { microphone: steady });
    const { page } = opened;
    await expect.poll(() => statusOf(page), waiting).toBe("Ready");
    await page.click("#microphone");
    // A browser that gets no time drops sound; half a second of it arrives whole all the same.
    const pitches = () => pitchesOf(samplesOfBytes(Buffer.concat(server.talks[0]?.audio ?? [])));
    await expect.poll(() => pitches().some((hertz) => Math.abs(hertz - 440) <= 4), waiting).toBe(true);
  });

  test("works by keyboard alone and without a microphone", async () => {
    await using server = await startScriptedServer({ answers: longAnswers });
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
    await expect.poll(() => server.talks[0]?.received.map(({ type }) => type), waiting).toContain("response.cancel");
    expect(server.talks[0]?.audioBytes).toBe(0);
  });

  test("comes back by itself when the connection breaks, and says what that means", async () => {
    await using server = await startScriptedServer({ answers: longAnswers });
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

  test("whose place was given to somebody else says so, and takes no other by itself", async () => {
    await using server = await startScriptedServer({ answers });
    await using opened = await open(server);
    const { page } = opened;
    await expect.poll(() => statusOf(page), waiting).toBe("Ready");
    server.takePlaces("nothing was said for 5 min");
    await expect
      .poll(() => page.textContent("#notice"), waiting)
      .toBe("This conversation has ended: nothing was said for 5 min. Reload this page to talk again.");
    expect([await statusOf(page), await page.textContent("#service")]).toEqual(["Not connected", "Ended"]);
    await page.reload();
    await expect.poll(() => statusOf(page), waiting).toBe("Ready");
    expect(server.talks.length).toBe(2);
  });

  test("push to talk: what is said while the space bar is down is one turn", async () => {
    await using server = await startScriptedServer({ answers: longAnswers });
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
    await using opened = await open(server);
    const { page } = opened;
    await replaceMicrophone(page);
    await expect.poll(() => statusOf(page), waiting).toBe("Ready");
    await page.click("#microphone");
    await expect.poll(() => statusOf(page), waiting).toBe("Listening");
    await page.click("#microphone");
    await expect.poll(() => statusOf(page), waiting).toBe("Muted");
    await keepSaying(page, speech, rateHz, async () => {
      const talk = server.talks.at(-1);
      const before = talk?.audio.length ?? 0;
      await expect.poll(() => (talk?.audio.length ?? 0) - before, waiting).toBeGreaterThan(100);
      expect(talk?.audio.every((chunk) => chunk.every((byte) => byte === 0))).toBe(true);
      expect(await linesOf(page)).toEqual([]);
      // It was said all the time: with the microphone on again it is heard.
      await page.click("#microphone");
      await expect.poll(() => statusOf(page), waiting).toBe("Listening to you");
    });
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

/** The pitch of each half second, in hertz. */
function pitchesOf(sound: Int16Array): readonly number[] {
  const pitches: number[] = [];
  for (let from = 0; from + 12_000 <= sound.length; from += 12_000) {
    let rising = 0;
    for (let i = from + 1; i < from + 12_000; i += 1) if ((sound[i] ?? 0) >= 0 && (sound[i - 1] ?? 0) < 0) rising += 1;
    pitches.push(rising * 2);
  }
  return pitches;
}
