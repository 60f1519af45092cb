import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runSotto } from "../support/run-sotto.ts";

const ready = /^sotto ready (http:\/\/127\.0\.0\.1:(\d+))$/;
const question = ["--text", "what is the capital of france"];

describe("sotto talk", () => {
  test("starts the service when none is running, and ends it with the conversation", async () => {
    await using talk = runSotto(["talk", "--port", "0", ...question, "--save", "answer.wav"]);
    expect(await talk.ended).toBe(0);
    expect(talk.stdout()).toContain("Paris");
    expect(talk.stderr()).toBe("");
    const answer = readFileSync(join(talk.folder, "answer.wav"));
    expect(answer.toString("latin1", 0, 4)).toBe("RIFF");
    // Half a second of sound at the least.
    expect(answer.length).toBeGreaterThan(24_000);
  });

  test("says each of several texts in turn", async () => {
    await using talk = runSotto(["talk", "--port", "0", ...question, "--text", "spell cat", "--json"]);
    expect(await talk.ended).toBe(0);
    const told = talk
      .stdout()
      .split("\n")
      .filter((line) => line !== "")
      .map((line): { type: string; text?: string; final?: boolean } => JSON.parse(line));
    expect(told.flatMap(({ type, text }) => (type === "user" ? [text] : []))).toEqual([
      "what is the capital of france",
      "spell cat",
    ]);
    expect(talk.stdout()).toContain("Paris");
  });

  test("uses the service that is running, with the token of this machine", async () => {
    await using service = runSotto(["serve", "--port", "0"]);
    const [, , port = ""] = ready.exec(await service.line(ready)) ?? [];
    const home = { SOTTO_HOME: join(service.folder, ".local/share/sotto") };
    await using talk = runSotto(["talk", "--no-serve", "--port", port, ...question], home);
    expect(await talk.ended).toBe(0);
    expect(talk.stdout()).toContain("Paris");
    await using stranger = runSotto(["talk", "--no-serve", "--port", port, ...question]);
    expect(await stranger.ended).toBe(1);
    expect(stranger.stderr()).toMatch(/^sotto: .*401\b.* SOTTO_TOKEN/);
  });

  test("takes the link that the service printed", async () => {
    await using service = runSotto(["serve", "--port", "0"]);
    const link = /http:\S+\?token=\S+/;
    const [printed = ""] = link.exec(await service.line(link, "stderr")) ?? [];
    await using talk = runSotto(["talk", "--url", printed, ...question]);
    expect(await talk.ended).toBe(0);
    expect(talk.stdout()).toContain("Paris");
  });
});
