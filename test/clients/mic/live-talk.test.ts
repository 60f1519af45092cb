import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { talk } from "../../../clients/mic/talk.ts";
import type { TalkCommandOptions } from "../../../clients/mic/talk-options.ts";
import { type FakePrograms, fakePrograms } from "../../support/fake-programs.ts";
import { type ScriptedServer, startScriptedServer } from "../../support/scripted-realtime-server.ts";
import { until } from "../../support/until.ts";
import { WorkingDesk } from "../../support/working-desk.ts";

/** Half a second of silence, one of speech, then silence for ever; and again after each five seconds. */
const microphone = `
  let ms = 0;
  setInterval(() => {
    const loud = ms % 5000 > 500 && ms % 5000 < 1300;
    const chunk = Int16Array.from({ length: 480 }, (_, i) => (loud ? 12000 * Math.sin(i / 4) : 0));
    process.stdout.write(Buffer.from(chunk.buffer));
    ms += 20;
  }, 20);
`;
const loudspeaker = `
  let bytes = 0;
  process.stdin.on("data", (chunk) => { bytes += chunk.length; require("node:fs").writeFileSync(__dirname + "/played-" + process.pid, String(bytes)); });
`;
const answers = [{ heard: "what time is it", sentences: ["It is five past two in the afternoon."] }];

interface Run {
  readonly programs: FakePrograms;
  readonly options?: Partial<TalkCommandOptions>;
  readonly token?: string;
  /** Called with everything printed so far; true ends the conversation. */
  readonly enough: (printed: string) => boolean;
  readonly keys?: (press: (key: string) => void, printed: string, server: ScriptedServer) => void;
  readonly desk?: WorkingDesk;
}

async function run({ programs, options, token, enough, keys, desk }: Run) {
  await using server = await startScriptedServer({ answers, ...(desk === undefined ? {} : { desk }) });
  const life = new AbortController();
  let stdout = "";
  let stderr = "";
  let press: (key: string) => void = () => undefined;
  const modes: boolean[] = [];
  const code = await talk(
    { url: server.url, token: token ?? server.token, ...options },
    {
      stdout: {
        write: (text) => {
          stdout += text;
          keys?.(press, stdout, server);
          if (enough(stdout)) life.abort();
        },
      },
      stderr: { write: (text) => (stderr += text) },
      stdin: {
        isTTY: true,
        setRawMode: (raw) => modes.push(raw),
        on: (_, listener) => {
          press = listener;
        },
        off: () => undefined,
        resume: () => undefined,
        pause: () => undefined,
      },
      env: programs.env,
      signal: life.signal,
    },
  );
  // The last words are on their way.
  await until(() => server.talks.every((each) => each.ended));
  return { code, stdout, stderr, modes, talk: server.talks[0] };
}

function withSound(): FakePrograms {
  const programs = fakePrograms();
  programs.add("arecord", microphone);
  programs.add("aplay", loudspeaker);
  return programs;
}

test("a question by microphone is heard, answered aloud, and shown", async () => {
  const programs = withSound();
  const {
    code,
    stdout,
    stderr,
    talk: heard,
    modes,
  } = await run({ programs, enough: (printed) => /sotto {2}It is .*\n/.test(printed) });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("you  what time is it");
  expect(stdout).toContain("--full-duplex");
  const scripts = join(programs.folder, "scripts");
  const played = readdirSync(scripts)
    .filter((name) => name.startsWith("played-"))
    .map((name) => readFileSync(join(scripts, name), "utf8"));
  const bytes = "It is five past two in the afternoon.".length * 60 * 48;
  expect(played).toEqual([String(bytes)]);
  expect([...(heard?.played.values() ?? [])]).toEqual([{ samples: bytes / 2, playing: false }]);
  expect(modes).toEqual([true, false]);
});

test("s stops the answer, and the service learns how much of it was heard", async () => {
  let pressed = false;
  const { talk: heard, stdout } = await run({
    programs: withSound(),
    options: { json: true },
    keys: (press, printed) => {
      if (pressed || !printed.includes("It is five")) return;
      pressed = true;
      press("s");
    },
    enough: (printed) => printed.includes('"interrupted"'),
  });
  expect(stdout).toMatch(/"heard":"It is five.*","unheard":".*afternoon\.","status":"interrupted"/);
  const [played] = [...(heard?.played.values() ?? [])];
  expect(played?.playing).toBe(false);
  expect(heard?.received.map(({ type }) => type)).toContain("response.cancel");
});

test("muted, it sends silence, and q ends it", async () => {
  let step = 0;
  const { code, talk: heard } = await run({
    programs: withSound(),
    options: { json: true },
    keys: (press, printed, server) => {
      if (step === 0 && printed.includes('"listening"')) {
        step = 1;
        press("m");
        // By then the microphone has heard speech.
        void until(() => (server.talks[0]?.audioBytes ?? 0) > 48 * 1_500).then(() => press("q"));
      }
    },
    enough: () => false,
  });
  expect(code).toBe(0);
  expect(heard?.audioBytes).toBeGreaterThan(48 * 1_500);
  expect(heard?.received.map(({ type }) => type)).toEqual(["session.update"]);
});

test("a recorder that does not work gives way to the next one", async () => {
  const programs = withSound();
  programs.add("parec", `process.stderr.write("Connection refused"); process.exit(1);`);
  const { code, stdout } = await run({ programs, enough: (printed) => printed.includes("you  what time") });
  expect(code).toBe(0);
  expect(stdout).toContain("what time is it");
});

test("when none works, it says what each of them said", async () => {
  const programs = fakePrograms();
  programs.add("arecord", `process.stderr.write("no soundcards found"); process.exit(1);`);
  programs.add("aplay", loudspeaker);
  const { code, stderr } = await run({ programs, enough: () => false });
  expect(code).toBe(1);
  expect(stderr).toMatch(/microphone cannot be used: arecord stopped: no soundcards found/);
});

test("without a recorder, or without a player, it names packages and another way", async () => {
  const none = await run({ programs: fakePrograms(), enough: () => false });
  expect(none.code).toBe(1);
  expect(none.stderr).toMatch(/cannot listen.*[\s\S]*apt install[\s\S]*--file/);
  const deaf = fakePrograms();
  deaf.add("arecord", microphone);
  expect((await run({ programs: deaf, enough: () => false })).stderr).toMatch(/cannot speak/);
});

test("a wrong token ends it with the reason", async () => {
  const { code, stderr } = await run({ programs: withSound(), token: "wrong", enough: () => false });
  expect(code).toBe(1);
  expect(stderr).toMatch(/401/);
});

test("a voice that nobody has ends it with the names of those that there are", async () => {
  const options = { voice: "nobody" };
  const { code, stderr, talk: heard } = await run({ programs: withSound(), options, enough: () => false });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'sotto: There is no voice "nobody"; --voice takes slt, rms, alloy.\n',
  });
  expect(heard?.received.map(({ type }) => type)).toEqual(["session.update"]);
});

test("a place that was given to somebody else ends it with the reason", async () => {
  const { code, stderr } = await run({
    programs: withSound(),
    options: { json: true },
    keys: (_, printed, server) => {
      if (printed.includes('"listening"')) server.takePlaces("nothing was said for 5 min");
    },
    enough: () => false,
  });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^sotto: \S+ ended this conversation: nothing was said for 5 min\. Begin a new one any time\.\n$/,
  );
});

test("a job's diff is shown, a applies it and u takes it back", async () => {
  const desk = new WorkingDesk();
  const steps: string[] = [];
  const once = (step: string, act: () => void): void => {
    if (steps.includes(step)) return;
    steps.push(step);
    act();
  };
  const { stdout, code } = await run({
    programs: withSound(),
    desk,
    keys: (press, printed, server) => {
      if (printed.includes("--full-duplex") && desk.jobs.length === 0) {
        const id = desk.begin("write fizz");
        desk.update(id, { status: "proposing" });
        // Asked for once this conversation goes on.
        void until(() => server.talks[0]?.received[0]?.type === "session.update").then(() => desk.propose(id));
      }
      // Pasted text decides nothing, whatever it begins with.
      if (printed.includes("To decide")) once("apply", () => queueMicrotask(() => ["all of it", "a"].forEach(press)));
      if (printed.includes("u takes it back")) once("undo", () => queueMicrotask(() => press("u")));
    },
    enough: (printed) => printed.includes("coder  Undone"),
  });
  expect(code).toBe(0);
  expect(stdout).toContain("coder  “write fizz” in app\n");
  expect(stdout).toContain("+print('fizz')\n");
  expect(stdout).toContain("coder  To decide: say “apply amber seven”, or press a to apply or r to reject\n");
  expect(stdout).toContain("coder  Done: fizz.py · u takes it back\n");
  expect(desk.asked.map(({ type }) => type)).toEqual(["sotto.job.approve", "sotto.job.undo"]);
  expect(desk.asked[0]).toMatchObject({ approval_id: "approval_1", how: "key" });
});
