import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { resolveWorkspace } from "../../../../pipeline/handoff/workspace/allowed-folders.ts";
import { TrialWorkspace } from "../../../support/trial-workspace.ts";

const forbiddenOf = ({ folder, home }: TrialWorkspace) => ({ homeDir: folder, sottoHome: home });

test("with no folder allowed it says how to add one", async () => {
  using trial = new TrialWorkspace();
  const result = await resolveWorkspace([], null, forbiddenOf(trial));
  expect(result).toEqual({
    ok: false,
    why: expect.stringMatching(/--workspace.*SOTTO_WORKSPACE.*sotto\.config\.json/),
  });
});

test("the only folder is taken; of several one must be named, by path, name or a link to it", async () => {
  using trial = new TrialWorkspace();
  const other = join(trial.folder, "other");
  mkdirSync(other);
  symlinkSync(other, join(trial.folder, "shortcut"));
  const forbidden = forbiddenOf(trial);
  expect(await resolveWorkspace([trial.root], null, forbidden)).toEqual({ ok: true, folder: trial.root });
  const both = [trial.root, other];
  expect(await resolveWorkspace(both, null, forbidden)).toMatchObject({
    ok: false,
    why: expect.stringMatching(/^Which folder/),
  });
  for (const wanted of [other, `${other}/`, "other", join(trial.folder, "shortcut"), join(other, "..", "other")])
    expect(await resolveWorkspace(both, wanted, forbidden)).toEqual({ ok: true, folder: other });
  expect(await resolveWorkspace([join(trial.folder, "shortcut")], null, forbidden)).toEqual({
    ok: true,
    folder: other,
  });
});

test("a folder in an allowed one, or around it, is not allowed", async () => {
  using trial = new TrialWorkspace({ "src/a.ts": "" });
  for (const wanted of [join(trial.root, "src"), trial.folder, "/", "/etc", "src", `${trial.root}-2`])
    expect(await resolveWorkspace([trial.root], wanted, forbiddenOf(trial))).toMatchObject({
      ok: false,
      why: expect.stringMatching(/is not among the folders allowed/),
    });
});

test("what is missing or no folder is told", async () => {
  using trial = new TrialWorkspace({ "a.txt": "" });
  const why = async (folder: string) => {
    const result = await resolveWorkspace([folder], null, forbiddenOf(trial));
    return result.ok ? "" : result.why;
  };
  expect(await why(join(trial.root, "gone"))).toMatch(/does not exist\. Make it/);
  expect(await why(join(trial.root, "a.txt"))).toMatch(/is not a folder/);
  expect(await why(join(trial.root, "a.txt", "below"))).toMatch(/does not exist/);
  symlinkSync("loop", join(trial.root, "loop"));
  expect(await why(join(trial.root, "loop"))).toMatch(/cannot be read/);
});

test("the home folder, all around it, and Sotto's own data are refused, also through a link", async () => {
  using trial = new TrialWorkspace();
  const person = join(trial.folder, "person");
  mkdirSync(join(person, "project"), { recursive: true });
  mkdirSync(join(trial.home, "copies"));
  writeFileSync(join(trial.home, "token"), "");
  symlinkSync(person, join(trial.folder, "me"));
  const forbidden = { homeDir: person, sottoHome: trial.home };
  for (const folder of [person, join(trial.folder, "me"), trial.folder, "/"])
    expect(await resolveWorkspace([folder], null, forbidden)).toMatchObject({
      why: expect.stringMatching(/home folder/),
    });
  for (const folder of [trial.home, join(trial.home, "copies")])
    expect(await resolveWorkspace([folder], null, forbidden)).toMatchObject({
      why: expect.stringMatching(/keeps for itself/),
    });
  expect(await resolveWorkspace([join(person, "project")], null, forbidden)).toMatchObject({ ok: true });
});
