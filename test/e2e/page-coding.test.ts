import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { programs } from "../../models/starter/coder/programs/all.ts";
import { buttons, pane, press, statusLine } from "../clients/job-page.ts";
import { chromiumPath, linesOf, openPage, statusOf } from "../clients/page.ts";
import { replaceMicrophone, sayTo } from "../clients/page-microphone.ts";
import { startService, type TestService } from "../support/service.ts";
import { SpokenLines } from "../support/spoken-lines.ts";

/** Enough for a coder and a director that come up on a machine that has much else to do. */
const patience = { timeout: 90_000, interval: 50 };
const task = "create a fizz buzz script in python";
const known = programs
  .find(({ name }) => name === "fizz-buzz")
  ?.texts.find(({ language }) => language === "python")?.content;
const title =
  chromiumPath === undefined
    ? "coding on the page (SKIPPED: no Chromium; install it or set CHROMIUM)"
    : "coding on the page";

interface World extends AsyncDisposable {
  readonly workspace: string;
  readonly sotto: TestService;
}

async function openWorld(): Promise<World> {
  const workspace = await realpath(await mkdtemp(join(tmpdir(), "sotto-work-")));
  const sotto = await startService({ workspace: [workspace] });
  return {
    workspace,
    sotto,
    [Symbol.asyncDispose]: async () => {
      await sotto[Symbol.asyncDispose]();
      await rm(workspace, { recursive: true, force: true });
    },
  };
}

const open = ({ sotto }: World) =>
  openPage({ link: `${sotto.service.url}/?token=${sotto.token}`, size: { width: 1_200, height: 700 }, still: true });

/** Where a reader sees the two halves of the diff. */
const sides = (page: Page) =>
  page.locator(".file .diff-pane").evaluateAll((panes) =>
    panes.map((one) => {
      const { left, right, top, width } = one.getBoundingClientRect();
      return { left, right, top, width };
    }),
  );

/** From the diff on the screen to files as they were, by clicks alone. */
async function decideByClick({ workspace }: World, page: Page): Promise<void> {
  await expect.poll(() => statusLine(page), patience).toBe("Waiting for you");
  const wanted = (known ?? "").trimEnd().split("\n");
  expect(await pane(page, "After", "fizzbuzz.py")).toEqual(wanted.map((line, index) => `${index + 1}i:${line}`));
  expect(await pane(page, "Before", "fizzbuzz.py")).toEqual(wanted.map(() => "d:"));
  const [before, after] = await sides(page);
  expect(before).toMatchObject({ top: after?.top, width: after?.width });
  expect(before?.right).toBeLessThanOrEqual(after?.left ?? 0);
  // Nothing is there before somebody says so.
  expect(await readdir(workspace)).toEqual([]);
  expect(await buttons(page)).toEqual(["Reject", "Apply"]);
  await press(page, "Apply");
  await expect.poll(() => statusLine(page), patience).toBe("Done");
  expect(await readdir(workspace)).toEqual(["fizzbuzz.py"]);
  expect(await readFile(join(workspace, "fizzbuzz.py"), "utf8")).toBe(known);
  const { stdout } = await promisify(execFile)("python3", [join(workspace, "fizzbuzz.py")]);
  expect(stdout.split("\n").slice(0, 5)).toEqual(["1", "2", "Fizz", "4", "Buzz"]);
  const summary = (await page.textContent(".job-summary")) ?? "";
  expect(summary).toMatch(/fizzbuzz\.py/);
  // Heard to its end: what was not played stands struck through.
  await expect.poll(() => linesOf(page), patience).toContain(`done: ${summary}`);
  await press(page, "Undo");
  await expect.poll(() => statusLine(page), patience).toBe("Undone");
  expect(await readdir(workspace)).toEqual([]);
}

describe.skipIf(chromiumPath === undefined)(title, () => {
  test("a task typed into the box: its diff side by side, Apply, the summary heard, Undo", async () => {
    await using world = await openWorld();
    await using opened = await open(world);
    const { page } = opened;
    await expect.poll(() => statusOf(page), patience).toBe("Ready");
    await page.click("#open-jobs");
    expect(await page.textContent("#task-only-folder")).toBe(`in ${world.workspace}`);
    await page.keyboard.type(task);
    await page.click("#task-send");
    await decideByClick(world, page);
    expect(opened.complaints).toEqual([]);
  });

  test("a task said to the microphone: the jobs come up by themselves, and a click decides", async () => {
    await using people = new SpokenLines();
    const spoken = await people.line(task, "slt");
    await using world = await openWorld();
    await using opened = await open(world);
    const { page } = opened;
    await replaceMicrophone(page);
    await expect.poll(() => statusOf(page), patience).toBe("Ready");
    await page.click("#microphone");
    await expect.poll(() => statusOf(page), patience).toBe("Listening");
    // A browser that gets no time plays a line with holes in it, and people say it again then.
    for (let tries = 0; tries < 3 && (await page.locator(".job").count()) === 0; tries += 1) {
      const before = (await linesOf(page)).length;
      await sayTo(page, spoken, 24_000);
      await expect.poll(async () => (await linesOf(page)).slice(before).join("\n"), patience).toMatch(/^done: /m);
    }
    expect(await linesOf(page)).toContainEqual(expect.stringMatching(/^done: The coder takes that/));
    expect(await page.textContent(".job h3")).toBe(task);
    await decideByClick(world, page);
    expect(opened.complaints).toEqual([]);
  });
});
