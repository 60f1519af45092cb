import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { readWav } from "../../clients/mic/wav-reader.ts";
import { writeWav } from "../../clients/mic/wav-writer.ts";
import { runSotto } from "../support/run-sotto.ts";
import { SpokenLines } from "../support/spoken-lines.ts";
import { cutOff, tenTurns, wholeAnswer } from "../support/ten-turns.ts";

let folder: string;
let people: SpokenLines;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sotto-talk-"));
  people = new SpokenLines();
});
afterAll(async () => {
  await people[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const line = z.looseObject({ type: z.string(), item_id: z.string().optional() });
const userLine = z.object({ type: z.literal("user"), text: z.string(), final: z.literal(true) });
const assistantLine = z.object({
  type: z.literal("assistant"),
  item_id: z.string(),
  heard: z.string(),
  unheard: z.string().optional(),
  status: z.string(),
});

test("talk --file holds a conversation of ten turns, with a barge-in in its middle", async () => {
  const files: string[] = [];
  for (const [index, { line: text, voice }] of tenTurns.entries()) {
    const path = join(folder, `${index}.wav`);
    await writeFile(path, writeWav(await people.line(text, voice), 24_000));
    files.push("--file", index === cutOff + 1 ? `${path}@1500` : path);
  }
  const saved = join(folder, "answers.wav");
  await using sotto = runSotto(["talk", "--json", "--set", "server.port=0", ...files, "--save", saved], {
    SOTTO_HOME: folder,
  });
  expect(await sotto.ended).toBe(0);
  expect(sotto.stderr()).not.toMatch(/error/i);
  const lines = sotto
    .stdout()
    .trim()
    .split("\n")
    .map((text) => line.parse(JSON.parse(text)));
  const heardByIt = lines.flatMap((each) => userLine.safeParse(each).data?.text ?? []);
  expect(heardByIt).toEqual(tenTurns.map(({ line: text }) => text));

  const answers = new Map<string, z.infer<typeof assistantLine>>();
  for (const each of lines) {
    const answer = assistantLine.safeParse(each).data;
    if (answer !== undefined) answers.set(answer.item_id, answer);
  }
  const heard = [...answers.values()];
  expect(heard.map((answer) => answer.heard.trim())).toEqual(
    tenTurns.map(({ answer }) => expect.stringMatching(answer)),
  );
  // The one that was spoken into was cut, the others were heard to their end.
  expect(heard.map(({ unheard = "" }) => unheard.trim() !== "")).toEqual(tenTurns.map((_, index) => index === cutOff));
  const remembered = heard[cutOff + 1]?.heard.trim() ?? "";
  expect(wholeAnswer.startsWith(remembered)).toBe(true);
  expect(remembered).not.toBe(wholeAnswer);

  const wav = readWav(new Uint8Array(await readFile(saved)));
  expect(wav.samples.length / wav.rateHz).toBeGreaterThan(10);
}, 180_000);
