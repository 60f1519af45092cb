import { describe, expect, test } from "vitest";
import { build } from "../../../pipeline/realtime/server-events.ts";
import type { ResidencyStatus } from "../../../pipeline/realtime/sotto-events.ts";
import { startScriptedServer } from "../../support/scripted-realtime-server.ts";
import { chromiumPath, openPage, type PageOptions, statusOf } from "../page.ts";

const title =
  chromiumPath === undefined
    ? "memory on the page (SKIPPED: no Chromium; install it or set CHROMIUM)"
    : "memory on the page";
const waiting = { timeout: 20_000, interval: 50 };
const answers = [{ heard: "hello", sentences: ["Hello."] }];
const parts = ["h1", "#service", ".icon", "#models .chip", "#ledger", "#orb", "#status", "#hint", ".talk", "#typed"];

const model = { bytes: 1.1e8, pinned: false, leases: 0 } as const;
const status: ResidencyStatus = {
  models: [
    { ...model, role: "stt", model: "listener", state: "ready" },
    { ...model, role: "voice", model: "small", state: "ready", pinned: true, leases: 1 },
    { ...model, role: "director", model: "big", state: "leaving", bytes: 6.4e9 },
    { ...model, role: "coder", model: "code", state: "starting", note: "<img src=x onerror=alert(1)>" },
  ],
  pools: [
    { id: "ram", kind: "ram", capacityBytes: 16e9, reserveBytes: 2e9, foreignBytes: 4e9, usedBytes: 8e9 },
    { id: "gpu0", kind: "vram", capacityBytes: 8e9, reserveBytes: 0, foreignBytes: 1e9, usedBytes: 7e9 },
  ],
  swap: null,
  sticky: null,
};

async function open(options: Pick<PageOptions, "size" | "touch"> = {}) {
  const server = await startScriptedServer({ answers });
  const opened = await openPage({ link: `${server.url}/?token=${server.token}`, ...options });
  await expect.poll(() => statusOf(opened.page), waiting).toBe("Ready");
  const [talk] = server.talks;
  if (!talk) throw new Error("The page did not connect");
  return {
    ...opened,
    talk,
    [Symbol.asyncDispose]: async () => {
      await opened[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** What is left of a swap: "… · 1 min 0 s" is 60. */
function secondsIn(text: string | null): number {
  const [, minutes = "0", seconds = "NaN"] = /(?:(\d+) min )?(\d+) s$/.exec(text ?? "") ?? [];
  return 60 * Number(minutes) + Number(seconds);
}

describe.skipIf(chromiumPath === undefined)(title, () => {
  test("chips for the heavy models, the ledger for all of them, by keyboard too", async () => {
    await using opened = await open();
    const { page, talk } = opened;
    const chips = () =>
      page
        .locator("#models .chip")
        .evaluateAll((all) => all.map((one) => [one.textContent, one.getAttribute("data-state")]));
    expect(await page.locator("#memory").isVisible()).toBe(false);
    talk.tell(build.residency(status));
    await expect.poll(chips, waiting).toEqual([
      ["voice · pinned", "ready"],
      ["director", "leaving"],
      ["coder", "starting"],
    ]);
    expect(await page.locator("#ledger").isVisible()).toBe(false);
    await page.focus("#memory summary");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator("#ledger").isVisible(), waiting).toBe(true);
    const rows = await page.locator("#ledger p").allTextContents();
    expect(rows).toEqual([
      "ram: 8.0 GB models, 4.0 GB other programs, 2.0 GB free of 16.0 GB",
      "gpu0: 7.0 GB models, 1.0 GB other programs, 0 MB free of 8.0 GB",
      "recogniserlistener · ready110 MB",
      "voicesmall · ready, pinned, in use110 MB",
      "directorbig · leaving6.4 GB",
      "codercode · coming – <img src=x onerror=alert(1)>110 MB",
    ]);
    const widths = await page
      .locator(".pool-bar")
      .first()
      .locator("i")
      .evaluateAll((parts) => parts.map((part) => part.getBoundingClientRect().width));
    const all = widths.reduce((sum, width) => sum + width, 0);
    expect(widths.map((width) => Math.round((16 * width) / all))).toEqual([8, 4, 2, 2]);
    expect(opened.complaints).toEqual([]);
  });

  test.each([
    ["a small phone", { width: 320, height: 568 }],
    ["a phone", { width: 375, height: 667 }],
    ["a phone on its side", { width: 667, height: 375 }],
    ["a tablet", { width: 768, height: 1_024 }],
    ["a laptop", { width: 1_280, height: 720 }],
  ])("the open ledger covers nothing, on %s", async (_, size) => {
    await using opened = await open({ size, touch: size.width < 1_000 });
    const { page, talk } = opened;
    const overlaps = () =>
      page.evaluate((names) => {
        const shown = names.flatMap((name) => {
          const element = document.querySelector(name);
          return element?.checkVisibility() ? [{ name, box: element.getBoundingClientRect() }] : [];
        });
        return shown.flatMap((one, at) =>
          shown
            .slice(at + 1)
            .filter(
              ({ box }) =>
                Math.min(box.bottom, one.box.bottom) - Math.max(box.top, one.box.top) > 1 &&
                Math.min(box.right, one.box.right) - Math.max(box.left, one.box.left) > 1,
            )
            .map((other) => `${one.name} ${other.name}`),
        );
      }, parts);
    talk.tell(build.residency(status));
    await expect.poll(() => page.locator("#memory").isVisible(), waiting).toBe(true);
    await expect.poll(overlaps, waiting).toEqual([]);
    await page.click("#memory summary");
    await expect.poll(() => page.locator("#ledger").isVisible(), waiting).toBe(true);
    await expect.poll(overlaps, waiting).toEqual([]);
    await page.fill("#text", "hello");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator("#lines > li").count(), waiting).toBeGreaterThan(1);
    await expect.poll(overlaps, waiting).toEqual([]);
  });

  test("a swap counts down, is late, and is over; the ledger that was opened stays open", async () => {
    await using opened = await open();
    const { page, talk } = opened;
    talk.tell(build.residency(status));
    await page.click("#memory summary");
    const text = () => page.textContent("#swap-text");
    const swap = { role: "coder", model: "code", leaving: ["big"], elapsedMs: 1_000 };
    talk.tell(build.slot({ ...swap, expectedMs: 61_000 }));
    await expect.poll(text, waiting).toMatch(/^Bringing up the coder; big leaves · (1 min 0|[45]\d) s$/);
    const first = secondsIn(await text());
    await expect.poll(async () => secondsIn(await text()), waiting).toBeLessThan(first);
    const part = await page.locator("#swap-bar").evaluate((bar: HTMLProgressElement) => bar.value);
    expect(part).toBeGreaterThan(1 / 61);
    expect(part).toBeLessThan(1);
    talk.tell(build.slot({ ...swap, elapsedMs: 62_000, expectedMs: 61_000 }));
    await expect.poll(text, waiting).toBe("Bringing up the coder; big leaves · any moment");
    talk.tell(build.slot(null));
    talk.tell(build.residency({ ...status, sticky: "Swaps wait: there were six in a minute." }));
    await expect.poll(() => page.locator("#swap").isVisible(), waiting).toBe(false);
    expect(await page.textContent("#ledger .sticky")).toBe("Swaps wait: there were six in a minute.");
    expect(await page.locator("#ledger").isVisible()).toBe(true);
    talk.tell(build.slot({ ...swap, leaving: [], expectedMs: 61_000 }));
    await expect.poll(text, waiting).toMatch(/^Bringing up the coder · (1 min 0|[45]\d) s$/);
  });
});
