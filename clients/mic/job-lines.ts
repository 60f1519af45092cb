import type { JobView } from "../../pipeline/realtime/job-events.ts";
import { isOver } from "../job-list.ts";
import { statusText } from "../job-text.ts";
import { visibleLine } from "../visible-text.ts";
import { shortId } from "./job-name.ts";
import { changeNotes, diffText } from "./shown-change.ts";
import type { Colours } from "./shown-text.ts";

/** In a conversation, a longer diff is cut; the whole of it has a command of its own. */
const mostDiffLines = 120;

export interface JobLinesOptions {
  readonly colours: Colours;
  /** Whether a key may decide here. */
  readonly keys: boolean;
}

/** What a conversation shows of a job when it has come to something new; null when that is not worth a line. */
export function createJobLines({ colours, keys }: JobLinesOptions): (job: JobView) => string | null {
  const last = new Map<string, JobView>();
  return (job) => {
    const before = last.get(job.id);
    last.set(job.id, job);
    if (before === undefined && job.approval === null) return line(`“${visibleLine(job.task)}” in ${place(job)}`);
    if (job.approval !== null) {
      if (job.approval.id === before?.approval?.id) return null;
      const isSame = JSON.stringify(job.change) === JSON.stringify(before?.change);
      return isSame ? line(howTo(job)) : `${changed(job)}${line(howTo(job))}`;
    }
    const isNews = isOver(job) && (before?.status !== job.status || before.undo !== job.undo);
    return isNews ? line(endText(job)) : null;
  };

  function line(text: string): string {
    return `${colours.blue("coder ")} ${text}`;
  }

  function changed(job: JobView): string {
    if (job.change === null) return "";
    const lines = diffText(job.change, colours).split("\n");
    const rest = lines.length - mostDiffLines;
    const more = rest > 0 ? [colours.yellow(`… ${rest} more lines: sotto jobs ${shortId(job.id)}`)] : [];
    return `${[...lines.slice(0, mostDiffLines), ...more].join("\n")}\n${changeNotes(job, colours)}`;
  }

  function howTo({ id, approval }: JobView): string {
    const phrase = approval?.phrase ?? null;
    const ways = [
      ...(phrase === null ? [] : [`say “${visibleLine(phrase)}”`]),
      ...(keys ? ["press a to apply or r to reject"] : [`sotto jobs approve ${shortId(id)}`]),
    ];
    return colours.bold(`To decide: ${ways.join(", or ")}`);
  }

  function endText(job: JobView): string {
    const status = statusText(job);
    const files = job.change?.files.map(({ path }) => visibleLine(path)).join(", ") ?? "";
    if (job.status === "failed") return colours.yellow(`${status}: ${visibleLine(job.summary ?? "")}`);
    if (job.status !== "done" || files === "") return status;
    const back = job.undo !== "possible" ? "" : keys ? " · u takes it back" : ` · sotto undo ${shortId(job.id)}`;
    return `${colours.green(status)}: ${files}${colours.dim(back)}`;
  }
}

/** The folder's own name. */
function place({ workspace }: JobView): string {
  return visibleLine(workspace.split(/[/\\]/).findLast((part) => part !== "") ?? workspace);
}
