import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DeskVoice } from "../../../../pipeline/handoff/desk/desk-voice.ts";
import { folderName, mentionedFolders } from "../../../../pipeline/handoff/desk/spoken-folder.ts";
import { DeskTrial, type DeskTrialOptions } from "../../../support/desk-trial.ts";

const folders = ["/home/ann/app", "/home/ann/website"];

function voiceOf(options: DeskTrialOptions = {}) {
  const trial = new DeskTrial(options);
  const loadMs = (): number | null => 4_000;
  const place = {
    folders: options.place?.folders ?? ["/home/ann/app"],
    why: options.place?.why ?? null,
    resolve:
      options.place?.resolve ??
      (async (wanted: string | null) => ({ ok: true, folder: wanted ?? "/home/ann/app" }) as const),
    loadMs: options.place?.loadMs ?? loadMs,
  };
  return { trial, voice: new DeskVoice(trial.desk, place, "ann") };
}

describe("a task", () => {
  test("is taken, with how long the coder takes to come up, and is its talk's", async () => {
    const { trial, voice } = voiceOf();
    await using _ = trial;
    expect(await voice.handOff(" write tests ")).toBe("The coder takes that; about four seconds to bring it up.");
    expect(trial.desk.jobs).toMatchObject([{ task: "write tests", workspace: "/home/ann/app", askedBy: "ann" }]);
  });

  test.each([
    [null, "The coder takes that; I am bringing it up."],
    [0, "The coder takes that."],
  ])("when the coder takes %s ms", async (ms, line) => {
    const { trial, voice } = voiceOf({ place: { loadMs: () => ms } });
    await using _ = trial;
    expect(await voice.handOff("write tests")).toBe(line);
  });

  test("that comes after others says so", async () => {
    const { trial, voice } = voiceOf();
    await using _ = trial;
    await voice.handOff("one");
    expect(await voice.handOff("two")).toBe("The coder takes that after the job it is at now.");
    expect(await voice.handOff("three")).toBe("The coder takes that; two jobs come before it.");
    await trial.clock.advance(10_000);
    // Those that wait for an approval hold up nobody.
    expect(await voice.handOff("four")).toMatch(/^The coder takes that; about/);
  });

  test.each(["", "  "])("of no words is asked for: %j", async (task) => {
    const { trial, voice } = voiceOf({ place: { folders } });
    await using _ = trial;
    expect(await voice.handOff(task)).toBe("What should the coder do?");
    expect(await voice.request({ type: "sotto.job.start", task })).toBe("What should the coder do?");
    expect(trial.desk.jobs).toEqual([]);
  });

  test("is not taken where nothing may be done, where the folder is gone, or when it cannot be kept", async () => {
    const why = "I may not change any folder yet.";
    const shut = voiceOf({ place: { folders: [], why } });
    const gone = voiceOf({ place: { resolve: async () => ({ ok: false, why: "The folder is gone." }) } });
    const full = voiceOf();
    full.trial.memory.isFull = true;
    const lines = await Promise.all([shut, gone, full].map(({ voice }) => voice.handOff("write tests")));
    expect(lines).toEqual([why, "The folder is gone.", "The disk is full. Make room, then ask again."]);
    expect(await shut.voice.request({ type: "sotto.job.start", task: "x" })).toBe(why);
    for (const { trial } of [shut, gone, full]) {
      expect(trial.desk.jobs).toEqual([]);
      await trial[Symbol.asyncDispose]();
    }
  });
});

describe("one of several folders", () => {
  test("is asked for once, and answered by its name", async () => {
    const { trial, voice } = voiceOf({ place: { folders } });
    await using _ = trial;
    expect(await voice.handOff("write tests")).toBe("In which folder: app, or website?");
    expect(trial.desk.jobs).toEqual([]);
    expect(await voice.answer("the web site please")).toMatch(/^The coder takes that/);
    expect(trial.desk.jobs).toMatchObject([{ task: "write tests", workspace: "/home/ann/website" }]);
    expect(await voice.answer("the app")).toBeNull();
  });

  test("is taken from the task when it names one", async () => {
    const { trial, voice } = voiceOf({ place: { folders } });
    await using _ = trial;
    await voice.handOff("write tests for the web site");
    expect(trial.desk.jobs).toMatchObject([{ workspace: "/home/ann/website" }]);
  });

  test("is asked for when the task names two of them, or none but in the middle of words", async () => {
    const { trial, voice } = voiceOf({ place: { folders } });
    await using _ = trial;
    expect(await voice.handOff("copy the app to the website")).toMatch(/^In which folder/);
    expect(await voice.handOff("make the happy path apply")).toMatch(/^In which folder/);
  });

  test("is forgotten after two other things were said, and not before", async () => {
    const { trial, voice } = voiceOf({ place: { folders } });
    await using _ = trial;
    await voice.handOff("write tests");
    expect(await voice.answer("the app or the website")).toBeNull();
    expect(await voice.answer("the app")).toMatch(/^The coder takes that/);
    await voice.handOff("write more tests");
    for (const words of ["what time is it", "and the date"]) expect(await voice.answer(words)).toBeNull();
    expect(await voice.answer("the app")).toBeNull();
    expect(trial.desk.jobs).toHaveLength(1);
  });

  test("is not asked for any more when it was left", async () => {
    const { trial, voice } = voiceOf({ place: { folders } });
    await using _ = trial;
    await voice.handOff("write tests");
    expect(await voice.cancel()).toBe("All right, I leave it.");
    expect(await voice.answer("the app")).toBeNull();
    expect(await voice.cancel()).toBe("The coder is doing nothing.");
  });
});

describe("the name of a folder", () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ["in my web site", ["/a/website"], ["/a/website"]],
    ["in my-project", ["/a/my project"], ["/a/my project"]],
    ["in sotto web", ["/a/sotto", "/a/sotto-web"], ["/a/sotto-web"]],
    ["in sotto and in sotto web", ["/a/sotto", "/a/sotto-web"], ["/a/sotto", "/a/sotto-web"]],
    ["in sotto", ["/a/sotto", "/a/sotto-web"], ["/a/sotto"]],
    ["happy apples apply", ["/a/app"], []],
    ["add a README", ["/a/项目"], []],
    ["in 项目 please", ["/a/项目"], ["/a/项目"]],
    ["in ann's app", ["/ann/app", "/bob/app"], []],
    ["in bob app", ["/ann/app", "/bob/app"], ["/bob/app"]],
    ["anything", ["/a/--"], []],
  ])("%j among %j", (text, all, found) => {
    expect(mentionedFolders(text, all)).toEqual(found);
  });

  test("is understood when it is said as it was asked", () => {
    const name = fc.stringMatching(/^[a-z]{2,8}([-_ .][a-z]{1,6})?$/);
    const path = fc.tuple(name, name).map(([parent, own]) => `/${parent}/${own}`);
    fc.assert(
      fc.property(fc.uniqueArray(path, { minLength: 2, maxLength: 5 }), (all) => {
        const names = all.map((folder) => folderName(folder, all).replaceAll(/[^a-z]/g, ""));
        fc.pre(new Set(names).size === names.length);
        for (const folder of all) expect(mentionedFolders(folderName(folder, all), all)).toEqual([folder]);
      }),
    );
  });
});

describe("asked about jobs", () => {
  test("it says what the coder is doing, and how long that still takes", async () => {
    let leftMs = 4_000;
    const { trial, voice } = voiceOf({ place: { loadMs: () => leftMs } });
    await using _ = trial;
    expect(voice.progress()).toBe("The coder has nothing to do.");
    await voice.handOff("one");
    await voice.handOff("two");
    leftMs = 3_000;
    await trial.clock.advance(900);
    expect(voice.progress()).toBe(
      "I am bringing up the coder. One more job waits. About three seconds more for this step.",
    );
    await trial.clock.advance(600);
    expect(voice.progress()).toBe("The coder is reading README.md. One more job waits.");
    await trial.clock.advance(1_000);
    expect(voice.progress()).toBe("The coder is writing fizzbuzz.py. One more job waits.");
    await trial.clock.advance(4_000);
    expect(voice.progress()).toMatch(/^The coder is done and waits for you\. Say: apply \w+ \w+, or reject\.$/);
    const [id = ""] = trial.desk.jobs.map((job) => job.id);
    trial.desk.decide(trial.approvalOf(id), trial.yes());
    expect(voice.progress()).toBe("I am applying the change.");
    await trial.clock.advance(200);
    expect(voice.progress()).toBe("The change is applied; I am summing it up.");
  });

  test("it says how to approve, and approves nothing", async () => {
    const { trial, voice } = voiceOf();
    await using _ = trial;
    expect(voice.apply()).toBe("There is no change to apply.");
    await voice.handOff("one");
    await trial.clock.advance(3_000);
    expect(voice.apply()).toMatch(/^Say: apply /);
    expect(trial.desk.jobs[0]?.state.status).toBe("awaiting-approval");
  });

  test("it rejects the newest change", async () => {
    const { trial, voice } = voiceOf();
    await using _ = trial;
    expect(await voice.reject()).toBe("There is no change to reject.");
    await voice.handOff("one");
    await voice.handOff("two");
    await trial.clock.advance(6_000);
    expect(await voice.reject()).toBe("Rejected; nothing was changed.");
    expect(trial.desk.jobs.map(({ state }) => state.status)).toEqual(["awaiting-approval", "rejected"]);
  });

  test("it cancels what the coder is at, then what waits for it, then what waits for an approval", async () => {
    const { trial, voice } = voiceOf();
    await using _ = trial;
    for (const task of ["one", "two", "three"]) await voice.handOff(task);
    await trial.clock.advance(3_500);
    const line = "I stopped the coder; nothing was changed.";
    const states: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      expect(await voice.cancel()).toBe(line);
      states.push(trial.desk.jobs.map(({ state }) => state.status).join(" "));
    }
    expect(states).toEqual([
      "awaiting-approval cancelled queued",
      "awaiting-approval cancelled cancelled",
      "cancelled cancelled cancelled",
    ]);
    expect(await voice.cancel()).toBe("The coder is doing nothing.");
  });

  test("it takes back the last change, and the one before it only when asked again", async () => {
    const { trial, voice } = voiceOf();
    await using _ = trial;
    expect(await voice.undo()).toBe("There is no change to undo.");
    const [first, second] = [trial.add("one"), trial.add("two")];
    await trial.clock.advance(6_000);
    for (const id of [first, second]) trial.desk.decide(trial.approvalOf(id), trial.yes());
    // The second is being applied: the first is not what is meant.
    await trial.clock.advance(150);
    expect(await voice.undo()).toBe("That change is only just being applied. Ask again in a moment.");
    await trial.clock.advance(2_000);
    for (const id of [second, first]) {
      await voice.answer("undo that");
      const undoing = voice.undo();
      await trial.clock.advance(200);
      expect(await undoing).toBe("Undone: fizzbuzz.py is as it was before.");
      expect(trial.desk.get(id)?.state).toMatchObject({ undo: "undone" });
    }
    expect(await voice.undo()).toBe("There is no change to undo.");
  });

  test("it takes back nothing that nobody has spoken of, whatever a model calls", async () => {
    const { trial, voice } = voiceOf();
    await using _ = trial;
    const id = trial.add("one");
    await trial.clock.advance(6_000);
    trial.desk.decide(trial.approvalOf(id), trial.yes());
    await trial.clock.advance(2_000);
    const asks = "To be safe, please say: undo that.";
    expect(await voice.undo()).toBe(asks);
    await voice.answer("what does the file say");
    expect(await voice.undo()).toBe(asks);
    await voice.answer("undo that");
    await voice.answer("never mind");
    await voice.answer("what is the time");
    expect(await voice.undo()).toBe(asks);
    await voice.answer("undo that");
    await voice.handOff("write undo that into the notes");
    expect(await voice.undo()).toBe(asks);
    expect(trial.desk.get(id)?.state).toMatchObject({ undo: "possible" });
    // A plain yes, when it was asked back.
    await voice.answer("could you revert the thing");
    await voice.answer("yes");
    const undoing = voice.undo();
    await trial.clock.advance(10_000);
    expect(await undoing).toMatch(/^Undone/);
  });
});
