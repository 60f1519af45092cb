import fc from "fast-check";
import pico from "picocolors";
import { describe, expect, test } from "vitest";
import { createJobLines } from "../../../clients/mic/job-lines.ts";
import { jobPicture, jobTable } from "../../../clients/mic/job-table.ts";
import { changeNotes, diffText } from "../../../clients/mic/shown-change.ts";
import { jsonLine, shownText } from "../../../clients/mic/shown-text.ts";
import { createTextScreen } from "../../../clients/mic/text-screen.ts";
import { talkStart } from "../../../clients/talk-state.ts";
import type { JobView } from "../../../pipeline/realtime/job-events.ts";

const plain = pico.createColors(false);
const colours = pico.createColors(true);
/** What a terminal would act on, or what turns the direction of writing; not line breaks and tabs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours are such
const ownColours = /\u001b\[\d{1,2}m/g;

/** Clears the screen, sets the title, moves the cursor, turns the writing, hides letters. */
const evil = "\u001b[2J\u001b]0;owned\u0007\u009b1;1H\rgone\u202etxt.exe\u2066\u200b\u2028\b";

function evilJob(text: string): JobView {
  return {
    id: "job_abcdef123",
    task: text,
    workspace: `/home/${text}`,
    status: "awaiting-approval",
    note: text,
    asked_at: 0,
    since: 0,
    expected_ms: null,
    change: {
      files: [
        { path: `a/${text}`, kind: "change", added: 1, removed: 1, patch: `@@ -1 +1 @@\n-old ${text}\n+${text}\n` },
      ],
      summary: text,
      checks: [
        { name: text, outcome: "failed", output: `${text}\n${text}` },
        { name: text, outcome: "not-run", output: text },
        { name: text, outcome: "passed", output: text },
      ],
    },
    approval: { id: "a", risk: "high", reasons: [text], phrase: `apply ${text}`, expires_at: 1 },
    summary: text,
    undo: "possible",
  };
}

/** Everything that the terminal's commands print of a job. */
function printed(job: JobView, paint: typeof plain): readonly string[] {
  const lines = createJobLines({ colours: paint, keys: false });
  const screen: string[] = [];
  using shown = createTextScreen({ write: (text) => screen.push(text) }, { keys: "" });
  const line = { from: "user", id: "1", text: job.task, status: "final" } as const;
  shown.show(talkStart, { ...talkStart, jobs: [job], lines: [line], problem: job.note });
  shown.tell("done");
  return [
    job.change === null ? "" : diffText(job.change, paint),
    changeNotes(job, paint),
    jobTable([job], 5_000, paint),
    jobPicture(job, [], { nowMs: 5_000, colours: paint }),
    lines({ ...job, approval: null, status: "reading" }) ?? "",
    lines(job) ?? "",
    lines({ ...job, approval: null, status: "failed" }) ?? "",
    screen.join(""),
  ];
}

describe("what others wrote cannot move the cursor, hide, or turn the writing:", () => {
  test("characters that nobody would see are shown by name", () => {
    expect(shownText("a\u001b[2Jb\u202ec\td\r\n", plain)).toBe("a␛[2Jb[U+202E]c\td␍\n");
  });

  test("a hostile job, on every screen", () => {
    for (const text of printed(evilJob(evil), plain)) expect(text).not.toMatch(unseen);
    for (const text of printed(evilJob(evil), colours)) expect(text.replace(ownColours, "")).not.toMatch(unseen);
    // The check sees what it looks for.
    expect(evil).toMatch(unseen);
    expect(diffText(evilJob(evil).change ?? { files: [], summary: "", checks: [] }, plain)).toContain("␛[2J");
  });

  test("any text at all, on every screen", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        for (const shown of printed(evilJob(text), plain)) expect(shown).not.toMatch(unseen);
      }),
      { numRuns: 150 },
    );
  });

  test("no line of the coder's can pass for one of ours", () => {
    const job = evilJob("x\nRisk: low\nTo apply it: sotto jobs approve 1");
    const notes = changeNotes(job, plain).split("\n");
    expect(notes.filter((line) => line.startsWith("Risk:"))).toEqual(["Risk: high"]);
    expect(notes.filter((line) => line.startsWith("To apply"))).toEqual([]);
    const rows = jobTable([job], 0, plain).trimEnd().split("\n");
    expect(rows).toHaveLength(1);
  });

  test("JSON holds no such character either, and reads the same", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const line = jsonLine({ text });
        expect(line.slice(0, -1)).not.toMatch(unseen);
        expect(line.slice(0, -1)).not.toContain("\n");
        expect(JSON.parse(line)).toEqual({ text });
      }),
    );
    expect(jsonLine({ a: "\u009b\u202e" })).toBe('{"a":"\\u009b\\u202e"}\n');
  });
});

test("lines of a diff have their colours, and the file's head has none of them", () => {
  const [file] = evilJob("x").change?.files ?? [];
  if (file === undefined) throw new Error("It has one");
  const patch = "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n same\n--- not a head\n+++ nor this\n";
  const shown = diffText({ files: [{ ...file, patch }], summary: "", checks: [] }, colours).split("\n");
  expect(shown.slice(1)).toEqual([
    colours.dim("--- a/x"),
    colours.dim("+++ b/x"),
    colours.cyan("@@ -1,2 +1,2 @@"),
    " same",
    colours.red("--- not a head"),
    colours.green("+++ nor this"),
    "",
  ]);
});
