import { systemClock } from "../../../models/clock.ts";
import type { RealtimeSocket } from "../../support/realtime-socket.ts";
import { until } from "../../support/until.ts";
import { type CodingWorld, clearJobs, isAtCoder, jobsOf, silence } from "./coding-world.ts";

/** Milliseconds from a typed question to the first sound of its answer. */
export interface BesideJob {
  readonly idleMs: readonly number[];
  readonly busyMs: readonly number[];
  /** Answers that no job was at work beside to the end; they are not counted. */
  readonly missed: number;
}

const question = "what time is it";
/** So many that one is at work all the while an answer takes. */
const queued = 6;
const quietMs = 600;

/** One answer in silence and one beside a coding job, turn by turn, so that both see the same machine. */
export async function besideJob(world: CodingWorld, rounds: number): Promise<BesideJob> {
  await using voice = await world.open();
  // Whoever asks the coder reads what becomes of it: the mouth is the other one's alone.
  await using asker = await world.open();
  asker.send({ type: "session.update", session: { type: "realtime", output_modalities: ["text"] } });
  const idleMs: number[] = [];
  const busyMs: number[] = [];
  let missed = 0;
  for (let round = -1; busyMs.length < rounds && round < rounds * 2; round += 1) {
    await systemClock.sleep(quietMs);
    const alone = await answeredMs(voice);
    const known = new Set(jobsOf(asker).map(({ id }) => id));
    for (let job = 0; job < queued; job += 1)
      asker.send({ type: "sotto.job.start", task: "create a tic tac toe game in python" });
    const mine = () => jobsOf(asker).filter(({ id }) => !known.has(id));
    // The first is taken while the coder comes up; the answers are for when it writes.
    await until(() => mine().some(({ status }) => status === "awaiting-approval"));
    const beside = await answeredMs(voice);
    const isBusy = mine().some(isAtCoder);
    await clearJobs(asker);
    if (round < 0) continue;
    if (!isBusy) {
      missed += 1;
      continue;
    }
    idleMs.push(alone);
    busyMs.push(beside);
  }
  return { idleMs, busyMs, missed };
}

async function answeredMs(client: RealtimeSocket): Promise<number> {
  await silence(client);
  const before = client.count("sotto.audio.started");
  const askedMs = performance.now();
  const content = [{ type: "input_text", text: question }];
  client.send({ type: "conversation.item.create", item: { type: "message", role: "user", content } });
  client.send({ type: "response.create" });
  await until(() => client.count("sotto.audio.started") > before);
  const index = client.events.findLastIndex((event) => event.type === "sotto.audio.started");
  await silence(client);
  return (client.atMs[index] ?? 0) - askedMs;
}
