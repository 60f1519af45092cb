import { describe, expect, test } from "vitest";
import { answered, buttons, openJobs, pane, press, statusLine, waiting } from "../job-page.ts";
import { chromiumPath, linesOf } from "../page.ts";

const title =
  chromiumPath === undefined ? "coding jobs (SKIPPED: no Chromium; install it or set CHROMIUM)" : "coding jobs";

describe.skipIf(chromiumPath === undefined)(title, () => {
  test("a typed task: progress, the diff side by side, a click, the summary, and undo", async () => {
    await using opened = await openJobs();
    const { page, desk } = opened;
    expect(await page.locator("#jobs").isVisible()).toBe(false);
    await page.click("#open-jobs");
    expect(await page.textContent("#task-only-folder")).toBe("in /home/ann/app");
    await page.keyboard.type("write fizz buzz");
    await page.keyboard.press("Enter");
    await expect.poll(() => statusLine(page), waiting).toBe("Waiting for its turn");
    expect(await page.inputValue("#task")).toBe("");
    expect(opened.asked()).toEqual([{ type: "sotto.job.start", task: "write fizz buzz", workspace: "/home/ann/app" }]);
    desk.update("job_1", { status: "loading", expected_ms: 60_000 });
    await expect.poll(() => page.textContent(".job-time"), waiting).toMatch(/^about 5\d s left$/);
    await expect.poll(() => page.textContent("#job-news"), waiting).toBe("write fizz buzz: Bringing up the coder");
    desk.update("job_1", { status: "reading", note: "Reading parser.ts", expected_ms: null });
    await expect.poll(() => page.textContent(".job-note"), waiting).toBe("Reading parser.ts");
    expect(await buttons(page)).toEqual(["Cancel"]);
    desk.propose("job_1");
    await expect.poll(() => buttons(page), waiting).toEqual(["Reject", "Apply"]);
    expect(await page.textContent(".total")).toBe("2 files, 3 lines added, 1 removed");
    expect(await pane(page, "Before", "fizzbuzz.py")).toEqual(["d:", "d:"]);
    expect(await pane(page, "After", "fizzbuzz.py")).toEqual(["1i:for n in range(1, 16):", "2i:    print(n)"]);
    expect(await pane(page, "Before", "notes.txt")).toEqual(["1d:one", "2d:two", "3d:three"]);
    expect(await pane(page, "After", "notes.txt")).toEqual(["1d:one", "2i:2", "3d:three"]);
    const tops = await page
      .locator(".file .diff-lines")
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().y));
    expect([tops[0], tops[2]]).toEqual([tops[1], tops[3]]);
    expect(await page.locator(".check").allTextContents()).toEqual([
      "failedtest1 failed",
      "not runlintThere is no sandbox to run it in.",
    ]);
    expect(await page.textContent(".how")).toBe("Say “apply amber seven”, or press Apply.");
    expect(await page.textContent("#job-news")).toMatch(/Waiting for you – 2 files/);
    await press(page, "Apply");
    await expect.poll(() => statusLine(page), waiting).toBe("Applying");
    expect(await buttons(page)).toEqual([]);
    expect(await answered(page)).toEqual([]);
    expect(opened.asked().at(-1)).toEqual({ type: "sotto.job.approve", approval_id: "approval_1", how: "click" });
    desk.update("job_1", { status: "done", summary: "There is a fizzbuzz.py now.", undo: "possible" });
    await expect.poll(() => page.textContent(".job-summary"), waiting).toBe("There is a fizzbuzz.py now.");
    expect(await page.locator(".file").first().isVisible()).toBe(false);
    await press(page, "Undo");
    await expect.poll(() => statusLine(page), waiting).toBe("Undone");
    expect(await buttons(page)).toEqual([]);
    expect(opened.complaints).toEqual([]);
  });

  test("by keyboard alone; and a key is told as a key", async () => {
    await using opened = await openJobs({
      desk: { approval: { risk: "high", reasons: ["It deletes a file."], phrase: null } },
    });
    const { page, desk } = opened;
    desk.propose(desk.begin("tidy up"));
    await expect.poll(() => buttons(page), waiting).toEqual(["Reject", "Apply"]);
    expect(await page.textContent(".reasons")).toBe("Look closely:It deletes a file.");
    expect(await page.textContent(".how")).toMatch(/a spoken yes is not enough/);
    await expect.poll(() => page.locator(".job-buttons .primary").isEnabled(), waiting).toBe(true);
    await page.focus("#open-jobs");
    const passed: string[] = [];
    for (let i = 0; i < 40 && passed.at(-1) !== "Apply"; i += 1) {
      await page.keyboard.press("Tab");
      passed.push(
        await page.evaluate(() => document.activeElement?.ariaLabel ?? document.activeElement?.textContent ?? ""),
      );
    }
    expect(passed).toEqual(expect.arrayContaining(["Before", "After", "Reject", "Apply"]));
    await page.keyboard.press("Enter");
    await expect.poll(() => statusLine(page), waiting).toBe("Applying");
    expect(opened.asked()).toEqual([{ type: "sotto.job.approve", approval_id: "approval_1", how: "key" }]);
    expect(await page.evaluate(() => document.activeElement?.className)).toBe("job");
  });

  test("what is no person's click, and a click meant for something else, approves nothing", async () => {
    await using opened = await openJobs();
    const { page, desk } = opened;
    const id = desk.begin("write it");
    await expect.poll(() => buttons(page), waiting).toEqual(["Cancel"]);
    // Noted at the very moment at which it appears.
    await page.evaluate(() => {
      const seen: boolean[] = [];
      Object.assign(window, { seen });
      new MutationObserver(() => {
        const apply = document.querySelector<HTMLButtonElement>(".job-buttons .primary");
        if (apply) seen.push(apply.disabled);
      }).observe(document.body, { subtree: true, childList: true });
    });
    desk.propose(id);
    await expect.poll(() => page.locator(".job-buttons .primary").isEnabled(), waiting).toBe(true);
    expect(await page.evaluate("seen[0]")).toBe(true);
    await page.evaluate(() => document.querySelector<HTMLButtonElement>(".job-buttons .primary")?.click());
    expect(opened.asked()).toEqual([]);
    await press(page, "Reject");
    await expect.poll(() => statusLine(page), waiting).toBe("Rejected");
    expect(opened.asked()).toEqual([{ type: "sotto.job.reject", job_id: id }]);
  });

  test("answered by voice or elsewhere, or too late: the buttons go, and it says so", async () => {
    await using opened = await openJobs({ desk: { approval: { expires_at: Date.now() + 3_600_000 } } });
    const { page, desk } = opened;
    const first = desk.begin("first");
    desk.propose(first);
    await expect.poll(() => buttons(page), waiting).toEqual(["Reject", "Apply"]);
    desk.update(first, { status: "applying", approval: null });
    await expect.poll(() => answered(page), waiting).toEqual(["Somebody said yes, by voice or on another screen."]);
    expect(await buttons(page)).toEqual([]);
    desk.update(first, { status: "done", summary: "Done." });
    const second = desk.begin("second");
    desk.propose(second);
    await expect.poll(() => buttons(page), waiting).toEqual(["Reject", "Apply"]);
    desk.update(second, {
      approval: { id: "late", risk: "low", reasons: [], phrase: null, expires_at: Date.now() + 1_500 },
    });
    await expect.poll(() => answered(page), waiting).toContainEqual(expect.stringMatching(/time to decide is over/));
    expect(await buttons(page)).toEqual(["Reject", "Apply after all"]);
    expect(await page.locator(".how").count()).toBe(0);
    await press(page, "Apply after all");
    await expect.poll(() => page.textContent("#notice"), waiting).toMatch(/too old, and nothing was applied/);
    await expect.poll(() => buttons(page), waiting).toEqual(["Reject", "Apply"]);
    await press(page, "Reject");
    await expect.poll(() => statusLine(page), waiting).toBe("Rejected");
    expect(await page.locator(".job .job-summary").allTextContents()).toContain("Rejected; nothing was changed.");
    expect(await page.locator(".job h3").allTextContents()).toEqual(["second", "first"]);
  });

  test("with a service whose clock is an hour off, there is still a minute to decide", async () => {
    await using opened = await openJobs({ desk: { clockLeadMs: -3_600_000 } });
    const { page, desk } = opened;
    const id = desk.begin("write it");
    await expect.poll(() => buttons(page), waiting).toEqual(["Cancel"]);
    desk.propose(id);
    await expect.poll(() => buttons(page), waiting).toEqual(["Reject", "Apply"]);
    expect(await page.textContent(".job-time")).toMatch(/^(1 min 0|5\d) s to decide$/);
  });

  test("where no folder is allowed it says how to allow one; of several, one is chosen", async () => {
    const why = "No folder is open to the coder. Start Sotto with --workspace FOLDER.";
    await using closed = await openJobs({ desk: { workspaces: [], why } });
    await closed.page.click("#open-jobs");
    expect(await closed.page.textContent("#task-why")).toBe(why);
    expect(await closed.page.locator("#task-form").isVisible()).toBe(false);
    await using opened = await openJobs({ desk: { workspaces: ["/a", "/b"] } });
    const { page } = opened;
    await page.click("#open-jobs");
    await page.selectOption("#task-folder", "/b");
    await page.fill("#task", "write it");
    await page.click("#task-send");
    await expect.poll(() => statusLine(page), waiting).toBe("Waiting for its turn");
    expect(opened.asked()).toEqual([{ type: "sotto.job.start", task: "write it", workspace: "/b" }]);
  });

  test("a lost connection takes no job away, and nothing can be pressed meanwhile", async () => {
    await using opened = await openJobs();
    const { page, desk, server } = opened;
    desk.propose(desk.begin("write it"));
    await expect.poll(() => buttons(page), waiting).toEqual(["Reject", "Apply"]);
    server.breakConnections();
    await expect.poll(() => server.talks.length, waiting).toBe(2);
    await expect.poll(() => page.locator(".job-buttons .primary").isEnabled(), waiting).toBe(true);
    await press(page, "Apply");
    await expect.poll(() => statusLine(page), waiting).toBe("Applying");
  });

  test("a job that takes too long is cancelled", async () => {
    await using opened = await openJobs();
    const { page, desk } = opened;
    const id = desk.begin("write it");
    await expect.poll(() => buttons(page), waiting).toEqual(["Cancel"]);
    await press(page, "Cancel");
    await expect.poll(() => statusLine(page), waiting).toBe("Cancelled");
    expect(opened.asked()).toEqual([{ type: "sotto.job.cancel", job_id: id }]);
    expect(await buttons(page)).toEqual([]);
  });

  test("who has typed a task hears what becomes of it", async () => {
    await using opened = await openJobs();
    const { page, server } = opened;
    await page.click("#open-jobs");
    await page.fill("#task", "write it");
    await page.keyboard.press("Enter");
    await expect.poll(() => statusLine(page), waiting).toBe("Waiting for its turn");
    server.talks[0]?.speak();
    await expect.poll(() => linesOf(page), waiting).toContain("done: Hello.");
  });
});
