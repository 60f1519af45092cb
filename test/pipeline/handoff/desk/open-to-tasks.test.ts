import { expect, test } from "vitest";
import { type TaskSettings, whyNoTasks } from "../../../../pipeline/handoff/desk/open-to-tasks.ts";

const coder: TaskSettings["coder"] = { model: "starter", agent: [] };
const settings: TaskSettings = { coder, server: { requireToken: true }, workspace: ["/home/ann/app"] };
const agent = ["opencode", "acp"];

test("tasks are taken where there is a coder and a folder", () => {
  expect(whyNoTasks(settings)).toBeNull();
  expect(whyNoTasks({ ...settings, coder: { model: "off", agent } })).toBeNull();
  expect(whyNoTasks({ ...settings, server: { requireToken: false } })).toBeNull();
});

test("without a coder or a folder the user hears how to get one", () => {
  expect(whyNoTasks({ ...settings, coder: { model: "off", agent: [] } })).toMatch(/set coder\.model/);
  expect(whyNoTasks({ ...settings, workspace: [] })).toMatch(/--workspace/);
});

test("another program gets no tasks where it could approve them itself", () => {
  const open = { ...settings, server: { requireToken: false } };
  expect(whyNoTasks({ ...open, coder: { ...coder, agent } })).toMatch(/without --no-token/);
  expect(whyNoTasks({ ...open, coder: { ...coder, agent }, workspace: [] })).toMatch(/without --no-token/);
});
