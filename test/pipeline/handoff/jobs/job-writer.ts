import { systemClock } from "../../../../models/clock.ts";
import { JobStore } from "../../../../pipeline/handoff/jobs/job-store.ts";
import { stepJob } from "../../../../pipeline/handoff/jobs/step-job.ts";
import { approvedEvent, changeOf, proposalOf, proposedEvent, queuedJob, startMs } from "./sample-jobs.ts";

/** A program that works on jobs for ever, and says each thing that was kept once it was; made to be killed. */
const [folder = ""] = process.argv.slice(2);
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const store = JobStore.open({ folder, clock: systemClock, complain: say });
say(`access ${store.access}`);

for (let number = 0; ; number += 1) {
  let job = queuedJob({ id: `job${number}` });
  store.save(job);
  say(`${job.id} ${job.state.status}`);
  const newHash = store.put(Buffer.from(`bytes of ${job.id}`));
  say(`blob ${newHash} ${job.id}`);
  const proposal = proposalOf({ change: changeOf({ newHash }) });
  for (const event of [
    { type: "begin-loading" },
    { type: "begin-reading" },
    { type: "begin-proposing" },
    proposedEvent({ proposal }),
    approvedEvent,
    { type: "applied" },
  ] as const) {
    const next = stepJob(job, event, startMs);
    if ("refused" in next) throw new Error(next.refused);
    job = next;
    store.save(job);
    say(`${job.id} ${job.state.status}`);
    await systemClock.sleep(1);
  }
}
