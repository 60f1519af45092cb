import { describe, expect, test } from "vitest";
import type { ReplyPart } from "../../models/roles.ts";
import { codingTools } from "../../models/tools/coding-tools.ts";
import { createToolbox } from "../../models/tools/toolbox.ts";
import { messagesOf } from "../../pipeline/conversation/messages.ts";
import { DeskTrial, type DeskTrialOptions } from "../support/desk-trial.ts";
import { World } from "../support/world.ts";

const task = "create a fizz buzz script in python";

/** A voice that calls the one function that fits, and says its result. */
function* voice({ messages }: Parameters<ConstructorParameters<typeof World>[0]["answer"]>[0]): Iterable<ReplyPart> {
  const last = messages.at(-1);
  if (last?.from === "result") {
    yield { type: "text", text: JSON.parse(last.output).say };
  } else if (last?.from === "user") {
    const name = Object.entries(functions).find(([, words]) => words.test(last.text))?.[0];
    if (name === undefined) yield { type: "text", text: `You said ${last.text}.` };
    else yield { type: "call", name, argumentsJson: "{}" };
  }
}
const functions = {
  progress: /what are you doing|how long/,
  undo: /undo/,
  cancel: /cancel/,
  apply: /how do i apply/,
};

/** Somebody who talks to Sotto, at a desk that really is one. */
class Person {
  readonly trial: DeskTrial;
  readonly world: World;
  readonly #words: string[] = [];

  constructor(trial: DeskTrial, id: string) {
    this.trial = trial;
    this.world = new World({
      heard: this.#words,
      answer: voice,
      clock: trial.clock,
      takeSeat: trial.seats.take,
      toolbox: (coding) => createToolbox(codingTools, coding),
      request: { id, acknowledgesPlayback: true },
    });
  }

  async says(words: string, silenceMs = 3_000): Promise<void> {
    this.#words.push(words);
    await this.world.speak(640, silenceMs);
  }

  /** What was said by both, from the beginning. */
  get talk(): string[] {
    return messagesOf("", this.world.session.conversation.items).flatMap((message) =>
      "text" in message ? [`${message.from}: ${message.text}`] : [],
    );
  }

  get lastLine(): string | undefined {
    return this.talk.at(-1)?.replace(/^\w+: /, "");
  }

  get phrase(): string {
    const state = this.trial.desk.jobs.at(-1)?.state;
    if (state?.status !== "awaiting-approval" || state.approval.phrase === null) throw new Error("There is no phrase");
    return `apply ${state.approval.phrase}`;
  }

  get status(): string | undefined {
    return this.trial.desk.jobs.at(-1)?.state.status;
  }
}

async function deskWith(options: DeskTrialOptions, during: (person: Person, trial: DeskTrial) => Promise<void>) {
  await using trial = new DeskTrial(options);
  const person = new Person(trial, "sess_1");
  await using _ = person.world;
  await during(person, trial);
  expect(person.world.logs).toEqual([]);
}

describe("a coding task by voice", () => {
  test("is handed off, proposed, approved by its phrase, applied, summed up, and undone", () =>
    deskWith({}, async (person, trial) => {
      await person.says(task, 8_000);
      const [phrase, asked] = [person.phrase, person.lastLine];
      expect(asked).toBe(`The coder made fizzbuzz.py with 12 lines. Nothing was checked. Say: ${phrase}, or reject.`);
      await person.says(phrase, 6_000);
      await person.says("undo that", 6_000);
      expect(person.talk).toEqual([
        `user: ${task}`,
        "assistant: The coder takes that; about a second to bring it up.",
        `assistant: ${asked}`,
        `user: ${phrase}`,
        "assistant: I apply it.",
        `assistant: Done: ${task}.`,
        "user: undo that",
        "assistant: Undone: fizzbuzz.py is as it was before.",
      ]);
      expect(trial.workshop.calls.map((call) => call.split(" ")[0])).toEqual(["make", "apply", "summarise", "undo"]);
      expect(trial.desk.jobs).toMatchObject([
        { askedBy: "sess_1", told: true, state: { status: "done", undo: "undone" } },
      ]);
    }));

  test("is told when nobody speaks, not into somebody's words", () =>
    deskWith({}, async (person) => {
      await person.says(task, 3_200);
      await person.says("what time is it", 10_000);
      expect(person.talk.slice(2)).toEqual([
        "user: what time is it",
        "assistant: You said what time is it.",
        expect.stringMatching(/^assistant: The coder made fizzbuzz\.py/),
      ]);
    }));

  test("goes on when its news are talked over; they are asked for again", () =>
    deskWith({}, async (person) => {
      await person.says(task, 5_200);
      expect(person.status).toBe("awaiting-approval");
      await person.says("what is the time over there", 4_000);
      expect(person.status).toBe("awaiting-approval");
      await person.says("how do i apply it", 5_000);
      expect(person.lastLine).toBe(`Say: ${person.phrase}, or reject.`);
    }));

  test("goes on when somebody talks into the word that it was taken", () =>
    deskWith({}, async (person) => {
      await person.says(task, 1_000);
      await person.says("and what time is it", 12_000);
      expect(person.status).toBe("awaiting-approval");
      expect(person.lastLine).toMatch(/^The coder made fizzbuzz\.py/);
    }));

  test("goes on when an answer is cut by “stop”, and is stopped by “stop” into silence", () =>
    deskWith(
      { make: async (_job, _news, signal, clock) => clock.sleep(600_000, signal).then(() => never()) },
      async (person) => {
        await person.says(task, 4_000);
        await person.says("tell me of one two three four five six seven eight nine ten", 1_200);
        await person.says("stop", 3_000);
        expect(person.status).toBe("loading");
        await person.says("stop", 3_000);
        expect(person.status).toBe("cancelled");
        expect(person.lastLine).toBe("All right, I leave it.");
      },
    ));

  test("can be asked about while it is worked on", () =>
    deskWith(
      {
        make: async (_job, news, signal, clock) => {
          await clock.sleep(20_000, signal);
          news.onReady();
          news.onNews({ type: "reading", path: "README.md" });
          await clock.sleep(600_000, signal);
          return never();
        },
      },
      async (person) => {
        await person.says(task, 4_000);
        await person.says("how long will that take", 6_000);
        expect(person.lastLine).toBe("I am bringing up the coder. About a second more for this step.");
        await person.world.wait(10_000);
        await person.says("what are you doing", 6_000);
        expect(person.lastLine).toBe("The coder is reading README.md.");
        await person.says("please cancel that", 6_000);
        expect(person.lastLine).toBe("I stopped the coder; nothing was changed.");
        await person.says("what are you doing", 6_000);
        expect(person.lastLine).toBe("The coder has nothing to do.");
      },
    ));

  test("is refused aloud when it cannot be done, and the talk goes on", () =>
    deskWith({ make: async () => Promise.reject(new Error("The coder needs more memory.")) }, async (person) => {
      await person.says(task, 8_000);
      expect(person.lastLine).toBe("The coder's job failed. The coder needs more memory.");
      await person.says("hello", 4_000);
      expect(person.lastLine).toBe("You said hello.");
    }));

  test("is not taken when it cannot be kept, and that is said", () =>
    deskWith({}, async (person, trial) => {
      trial.memory.isFull = true;
      await person.says(task, 5_000);
      expect(person.lastLine).toBe("The disk is full. Make room, then ask again.");
      expect(trial.desk.jobs).toEqual([]);
    }));

  test("approved too late is asked for once more, and then it is applied", () =>
    deskWith({}, async (person) => {
      await person.says(task, 8_000);
      const late = person.phrase;
      await person.world.wait(60_000);
      await person.says(late, 8_000);
      expect(person.status).toBe("awaiting-approval");
      expect(person.phrase).not.toBe(late);
      expect(person.lastLine).toBe(`That came too late, and nothing was applied. Say: ${person.phrase}, or reject.`);
      await person.says(person.phrase, 6_000);
      expect(person.status).toBe("done");
    }));

  test("is asked for its folder when there are several", () =>
    deskWith({ place: { folders: ["/home/ann/app", "/home/ann/website"] } }, async (person, trial) => {
      await person.says(task, 5_000);
      expect(person.lastLine).toBe("In which folder: app, or website?");
      await person.says("the web site", 9_000);
      expect(trial.desk.jobs).toMatchObject([{ workspace: "/home/ann/website" }]);
      expect(person.status).toBe("awaiting-approval");
    }));
});

describe("a socket that drops", () => {
  test("in the middle of work loses nothing: who comes back is asked, and approves", async () => {
    await using trial = new DeskTrial();
    {
      const before = new Person(trial, "sess_1");
      await using _ = before.world;
      await before.says(task, 1_000);
      expect(before.status).toBe("loading");
    }
    await trial.clock.advance(10_000);
    const back = new Person(trial, "sess_2");
    await using _ = back.world;
    await back.world.wait(5_000);
    expect(back.lastLine).toMatch(/^The coder made fizzbuzz\.py .* Say: apply /);
    await back.says(back.phrase, 6_000);
    expect(back.lastLine).toBe(`Done: ${task}.`);
  });

  test("before the result was heard to its end: it is told at the next connection, once", async () => {
    await using trial = new DeskTrial();
    {
      const before = new Person(trial, "sess_1");
      await using _ = before.world;
      await before.says(task, 8_000);
      await before.says(before.phrase, 960);
      expect(before.status).not.toBe("awaiting-approval");
    }
    await trial.clock.advance(10_000);
    const line = `While you were away, about “${task}”: Done: ${task}.`;
    const said: string[] = [];
    for (const id of ["sess_2", "sess_3"]) {
      const back = new Person(trial, id);
      await using _ = back.world;
      await back.world.wait(6_000);
      said.push(...back.talk);
    }
    expect(said).toEqual([`assistant: ${line}`]);
  });

  test("while another talk is there: the other one is asked", async () => {
    await using trial = new DeskTrial();
    const other = new Person(trial, "sess_1");
    await using _ = other.world;
    {
      const asker = new Person(trial, "sess_2");
      await using _ = asker.world;
      await asker.says(task, 9_000);
      expect(asker.lastLine).toMatch(/^The coder made/);
      expect(other.talk).toEqual([]);
    }
    await other.world.wait(9_000);
    await other.says(other.phrase, 6_000);
    expect(other.lastLine).toBe(`Done: ${task}.`);
  });
});

function never(): never {
  throw new Error("It was to be stopped");
}
