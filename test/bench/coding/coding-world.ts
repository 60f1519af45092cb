import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JobView } from "../../../pipeline/realtime/job-events.ts";
import { RealtimeSocket } from "../../support/realtime-socket.ts";
import { startService, type TestService } from "../../support/service.ts";
import { until } from "../../support/until.ts";

/** The whole service with its real engines and an empty folder to work in. */
export interface CodingWorld extends AsyncDisposable {
  readonly sotto: TestService;
  open(): Promise<RealtimeSocket>;
}

export async function openCodingWorld(): Promise<CodingWorld> {
  const workspace = await realpath(await mkdtemp(join(tmpdir(), "sotto-work-")));
  const sotto = await startService({ workspace: [workspace] });
  return {
    sotto,
    open: () => RealtimeSocket.open(sotto.socketUrl, sotto.token, { sotto: true }),
    [Symbol.asyncDispose]: async () => {
      await sotto[Symbol.asyncDispose]();
      await rm(workspace, { recursive: true, force: true });
    },
  };
}

/** The jobs as a client has been told of them, oldest first, each as it stands now. */
export function jobsOf(client: RealtimeSocket): readonly JobView[] {
  return [...new Map(client.of("sotto.job").map(({ job }) => [job.id, job])).values()];
}

/** When a client was first told that a job stands so; undefined while it was not. */
export function stoodMs(client: RealtimeSocket, jobId: string, status: JobView["status"]): number | undefined {
  const index = client.events.findIndex(
    (event) => event.type === "sotto.job" && event.job.id === jobId && event.job.status === status,
  );
  return client.atMs[index];
}

export const isAtCoder = ({ status }: JobView): boolean =>
  status === "queued" || status === "loading" || status === "reading" || status === "proposing";

/** Ends all that is not over. */
export async function clearJobs(client: RealtimeSocket): Promise<void> {
  const left = (): readonly JobView[] =>
    jobsOf(client).filter((job) => isAtCoder(job) || job.status === "awaiting-approval");
  for (const { id } of left().toReversed()) client.send({ type: "sotto.job.cancel", job_id: id });
  await until(() => left().length === 0);
}

/** Nobody speaks and nobody has anything left to say; the loudspeaker has done its part. */
export async function silence(client: RealtimeSocket): Promise<void> {
  let reported: string | undefined;
  await until(() => {
    const item = client.of("sotto.audio.started").at(-1)?.item_id;
    const isOver = client.count("response.done") === client.count("response.created");
    if (isOver && item !== undefined && item !== reported) {
      client.send({ type: "sotto.playback", item_id: item, played_samples: 24_000 * 600, playing: false });
      reported = item;
    }
    return isOver && (client.of("sotto.state").at(-1)?.state ?? "listening") === "listening";
  });
}
