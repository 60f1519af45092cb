import { createTwoFilesPatch } from "diff";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { JobView } from "../../pipeline/realtime/job-events.ts";
import { ScriptedDesk, type ScriptedDeskOptions } from "../support/scripted-desk.ts";
import { startScriptedServer } from "../support/scripted-realtime-server.ts";
import { openPage, type PageOptions, statusOf } from "./page.ts";

export const waiting = { timeout: 20_000, interval: 50 };
const answers = [{ heard: "hello", sentences: ["Hello."] }];

export type Change = NonNullable<JobView["change"]>;

/** A file of a change, with its diff. */
export function changedFile(path: string, before: string, after: string): Change["files"][number] {
  const patch = createTwoFilesPatch(`a/${path}`, `b/${path}`, before, after);
  const count = (sign: string) => patch.split("\n").filter((line) => line.startsWith(sign)).length - 1;
  const kind = before === "" ? "add" : after === "" ? "delete" : "change";
  return { path, kind, added: count("+"), removed: count("-"), patch };
}

export const smallChange: Change = {
  files: [
    changedFile("fizzbuzz.py", "", "for n in range(1, 16):\n    print(n)\n"),
    changedFile("notes.txt", "one\ntwo\nthree\n", "one\n2\nthree\n"),
  ],
  summary: "I wrote the script.",
  checks: [
    { name: "test", outcome: "failed", output: "\u001b[31m1 failed\u001b[0m" },
    { name: "lint", outcome: "not-run", output: "There is no sandbox to run it in." },
  ],
};

export async function openJobs(options: Partial<PageOptions> & { readonly desk?: ScriptedDeskOptions } = {}) {
  const desk = new ScriptedDesk({ change: smallChange, ...options.desk });
  const server = await startScriptedServer({ answers, desk });
  const opened = await openPage({ link: `${server.url}/?token=${server.token}`, still: true, ...options });
  await expect.poll(() => statusOf(opened.page), waiting).toBe("Ready");
  return {
    ...opened,
    desk,
    server,
    asked: () => server.talks.flatMap(({ received }) => received.filter(({ type }) => type.startsWith("sotto.job."))),
    [Symbol.asyncDispose]: async () => {
      await opened[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

export const statusLine = (page: Page, n = 0) => page.locator(".job .job-status").nth(n).textContent();
export const buttons = (page: Page) => page.locator(".job-buttons button").allTextContents();
export const answered = (page: Page) => page.locator(".job .answered").allTextContents();
export const pane = (page: Page, name: string, path: string) =>
  page
    .locator(".file", { hasText: path })
    .getByRole("group", { name })
    .locator(".slice > *")
    .evaluateAll((rows) =>
      rows.map((row) => `${row.getAttribute("data-line") ?? ""}${row.localName[0]}:${row.textContent}`),
    );
export const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
