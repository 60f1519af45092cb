import { readTask } from "../../../models/starter/coder/task.ts";
import { taskIntents, taskSlots } from "../../../models/starter/coder/tasks.ts";
import { createMatcher } from "../../../models/starter/phrase-book/matcher.ts";
import { slotValues } from "../../../models/starter/phrase-book/slot-values.ts";
import type { JobView } from "../../../pipeline/realtime/job-events.ts";
import type { RealtimeSocket } from "../../support/realtime-socket.ts";
import { SpokenLines, TestMicrophone } from "../../support/spoken-lines.ts";
import { until } from "../../support/until.ts";
import { type CodingWorld, clearJobs, jobsOf, silence, stoodMs } from "./coding-world.ts";
import { isSame, proposedFile, wantedFile } from "./proposed-file.ts";

/** What came of a task that was said; times from its last sample, infinite for what never came. */
export interface SaidTask {
  readonly task: string;
  readonly heard: string;
  readonly takenMs: number;
  readonly loadedMs: number;
  readonly shownMs: number;
  readonly isRight: boolean;
}

const voices = ["slt", "awb", "rms", "kal"];
/** Longer than this nobody looks at a screen. */
const mostMs = 30_000;
const isOver = new Set(["awaiting-approval", "done", "failed"]);

/** Says a task for every program that can be asked for aloud, one after the other. */
export async function sayTasks(world: CodingWorld, most: number): Promise<readonly SaidTask[]> {
  await using people = new SpokenLines();
  await using client = await world.open();
  client.send({
    type: "session.update",
    session: { type: "realtime", audio: { input: { turn_detection: { type: "semantic_vad", eagerness: "auto" } } } },
  });
  using microphone = new TestMicrophone((bytes) => client.sendRaw(bytes));
  const said: SaidTask[] = [];
  const names = slotValues["program"] ?? [];
  for (const [index, name] of names.slice(0, most).entries()) {
    const task = `create a ${name} script in python`;
    const samples = await people.line(task, voices[index % voices.length]);
    await silence(client);
    said.push(await sayTask(client, microphone, task, samples));
    await clearJobs(client);
  }
  return said;
}

async function sayTask(
  client: RealtimeSocket,
  microphone: TestMicrophone,
  task: string,
  samples: Int16Array,
): Promise<SaidTask> {
  const before = new Set(jobsOf(client).map(({ id }) => id));
  const lines = client.count("conversation.item.input_audio_transcription.completed");
  const answers = client.count("response.done");
  await microphone.say(samples);
  const endedMs = performance.now();
  const mine = () => jobsOf(client).find(({ id }) => !before.has(id));
  await until(() => {
    const job = mine();
    if (job !== undefined) return isOver.has(job.status);
    // It was understood as something else, and answered.
    return client.count("response.done") > answers || performance.now() - endedMs > mostMs;
  });
  const job = mine();
  const heard = client.of("conversation.item.input_audio_transcription.completed")[lines]?.transcript ?? "";
  const { words } = readTask(task);
  const program = book.match(words)?.name ?? null;
  const sinceMs = (status: JobView["status"]): number =>
    (job === undefined ? Infinity : (stoodMs(client, job.id, status) ?? Infinity)) - endedMs;
  return {
    task,
    heard,
    takenMs: Math.min(sinceMs("queued"), sinceMs("loading")),
    loadedMs: sinceMs("reading"),
    shownMs: sinceMs("awaiting-approval"),
    isRight: job !== undefined && isSame(wantedFile({ text: task, program, language: "python" }), proposedFile(job)),
  };
}

const book = createMatcher(taskIntents, undefined, taskSlots);
