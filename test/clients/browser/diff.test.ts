import { describe, expect, test } from "vitest";
import {
  buttons,
  type Change,
  changedFile,
  openJobs,
  pane,
  press,
  smallChange,
  statusLine,
  waiting,
} from "../job-page.ts";
import { chromiumPath } from "../page.ts";

const title =
  chromiumPath === undefined ? "a job's diff (SKIPPED: no Chromium; install it or set CHROMIUM)" : "a job's diff";

describe.skipIf(chromiumPath === undefined)(title, () => {
  test("nothing in a diff is ever more than text, and nothing in it goes unseen", async () => {
    const hostile = '<img src=x onerror="document.title=1">';
    const change: Change = {
      files: [
        changedFile(
          `${hostile}\u202e.py`,
          "safe\n",
          `${hostile}\n\u001b[2Jgone\nif (x\u202e) {\u2066 \u200b\n</div><script>document.title=2</script>\n`,
        ),
      ],
      summary: `${hostile}\u202e`,
      checks: [{ name: hostile, outcome: "failed", output: `${hostile}\u0007` }],
    };
    await using opened = await openJobs({
      desk: { change, approval: { reasons: [hostile], phrase: hostile }, workspaces: [hostile, "b"] },
    });
    const { page, desk } = opened;
    const id = desk.begin(hostile);
    desk.update(id, { status: "reading", note: hostile });
    await expect.poll(() => page.textContent(".job-note"), waiting).toBe(hostile);
    desk.propose(id);
    desk.update(id, { summary: hostile });
    await expect.poll(() => page.textContent(".job-summary"), waiting).toBe(hostile);
    expect(await pane(page, "After", ".py")).toEqual([
      `1i:${hostile}`,
      "2i:␛[2Jgone",
      "3i:if (xU+202E) {U+2066 U+200B",
      "4i:</div><script>document.title=2</script>",
    ]);
    expect(await page.textContent(".path")).toBe(`${hostile}U+202E.py`);
    expect(await page.textContent("#jobs")).not.toMatch(/[^\P{C}\n\t]/u);
    expect(await page.locator("#jobs img, #jobs script, #jobs [onerror]").count()).toBe(0);
    expect(await page.locator("#task-folder option").allTextContents()).toEqual([hostile, "b"]);
    expect(await page.title()).toBe("Sotto");
    expect(opened.complaints).toEqual([]);
  });

  test("of ten thousand lines a few hundred are there at once, and the rest when they are wanted", async () => {
    const lines = Array.from({ length: 10_000 }, (_, i) => `line ${i}`);
    const change = {
      ...smallChange,
      files: [
        changedFile("big.txt", "", `${lines.join("\n")}\n`),
        changedFile("other.txt", "", `${lines.join("\n")}\n`),
      ],
    };
    await using opened = await openJobs({ desk: { change } });
    const { page, desk } = opened;
    desk.propose(desk.begin("write a lot"));
    await expect.poll(() => buttons(page), waiting).toEqual(["Reject", "Apply"]);
    const count = () => page.locator(".slice > *").count();
    expect(await count()).toBe(800);
    await press(page, "Show all 10,000 lines");
    await expect.poll(count, waiting).toBe(20_000);
    expect(await page.locator(".more").count()).toBe(0);
    expect((await pane(page, "After", "big.txt")).at(-1)).toBe("10000i:line 9999");
    await page.click("text=other.txt");
    await expect.poll(count, waiting).toBe(20_800);
    await press(page, "Reject");
    await expect.poll(() => statusLine(page), waiting).toBe("Rejected");
  });

  test.each([
    ["a narrow phone, dark", { width: 360, height: 640 }, true, "stacked"],
    ["a tablet", { width: 800, height: 1_000 }, false, "side-by-side"],
    ["a large screen, dark", { width: 1_400, height: 875 }, true, "side-by-side"],
  ])("fits %s; long lines scroll inside", async (_, size, dark, layout) => {
    const long = `x = "${"long ".repeat(200)}"\n`;
    const change = {
      ...smallChange,
      files: [...smallChange.files, changedFile(`${"folder/".repeat(20)}long.py`, "x = 1\n", long)],
    };
    const task = `write ${"verylongword".repeat(20)}`;
    await using opened = await openJobs({
      size,
      dark,
      touch: size.width < 1_000,
      desk: { change, workspaces: [`/home/${"deep/".repeat(40)}`] },
    });
    const { page, desk } = opened;
    desk.propose(desk.begin(task));
    await expect.poll(() => buttons(page), waiting).toEqual(["Reject", "Apply"]);
    await expect.poll(() => page.locator(`.diff.${layout}`).count(), waiting).toBe(3);
    const overflow = await page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll("#jobs, .job, .file")].map(
        (box) => box.scrollWidth - box.clientWidth,
      ),
    );
    expect(overflow.every((px) => px <= 0)).toBe(true);
    const longPane = page.locator(".diff-pane").last();
    await longPane.scrollIntoViewIfNeeded();
    const hiddenPx = () => longPane.evaluate((box) => box.scrollWidth - box.clientWidth);
    await expect.poll(hiddenPx, waiting).toBeGreaterThan(500);
    expect(await page.textContent(".long-lines")).toMatch(/lines of up to 1,00\d characters/);
    for (const box of await page.locator(".job-buttons button").all()) {
      const place = await box.boundingBox();
      expect(place?.height).toBeGreaterThanOrEqual(40);
      expect((place?.y ?? 0) + (place?.height ?? 0)).toBeLessThanOrEqual(size.height);
    }
    if (layout === "stacked") {
      const rows = await pane(page, "Changes", "notes.txt");
      expect(rows).toEqual(["1d:one", "2d:two", "2i:2", "3d:three"]);
    }
  });
});
