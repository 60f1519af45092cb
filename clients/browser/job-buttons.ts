import type { JobRequest, JobView } from "../../pipeline/realtime/job-events.ts";
import { type JobAction, jobActions } from "../job-text.ts";
import { make } from "./elements.ts";

/** By the service's clock, in milliseconds; and whether there is a line to it. */
export interface JobMoment {
  readonly nowMs: number;
  readonly online: boolean;
}

export interface JobButtons {
  readonly root: HTMLElement;
  show(job: JobView, moment: JobMoment): void;
}

const labels: Readonly<Record<JobAction, string>> = {
  apply: "Apply",
  "apply-late": "Apply after all",
  reject: "Reject",
  cancel: "Cancel",
  undo: "Undo",
};
/** A click meant for what stood here a moment ago is no yes. */
const settlingMs = 500;
/** Pressed buttons wait this long for the service, which tells of an error elsewhere. */
const waitingMs = 2_000;

/** What can be done about a job just now. @param ask false when it could not be sent */
export function createJobButtons(ask: (request: JobRequest) => boolean): JobButtons {
  const root = make("div", "job-buttons");
  let offered = "";
  let made = 0;

  /** Lets these very buttons be pressed, later. */
  const enableIn = (ms: number): void => {
    made += 1;
    const now = made;
    setTimeout(() => {
      if (now === made) for (const button of root.querySelectorAll("button")) button.disabled = false;
    }, ms);
  };
  const press = (action: JobAction, job: JobView, event: MouseEvent): void => {
    // What is no person's doing, such as a script's click, is no answer. A key's click has no count.
    if (!event.isTrusted) return;
    const request = requestFor(action, job, event.detail === 0 ? "key" : "click");
    if (request === undefined || !ask(request)) return;
    // Who pressed one stays at this job: a disabled button would lose them.
    root.closest("article")?.focus({ preventScroll: true });
    for (const button of root.querySelectorAll("button")) button.disabled = true;
    enableIn(waitingMs);
  };

  return {
    root,
    show: (job, { nowMs, online }) => {
      const actions = jobActions(job, nowMs);
      const wanted = JSON.stringify([actions, job.status, job.approval?.id, online]);
      if (wanted === offered) return;
      offered = wanted;
      const focused = root.contains(document.activeElement);
      root.replaceChildren(
        ...actions.map((action) => {
          const button = make("button", action === "apply" ? "primary" : "", labels[action]);
          button.type = "button";
          button.disabled = action.startsWith("apply") || !online;
          button.addEventListener("click", (event) => press(action, job, event));
          return button;
        }),
      );
      root.hidden = actions.length === 0;
      if (online) enableIn(settlingMs);
      else made += 1;
      if (focused) root.closest("article")?.focus({ preventScroll: true });
    },
  };
}

function requestFor(action: JobAction, { id, approval }: JobView, how: "click" | "key"): JobRequest | undefined {
  switch (action) {
    case "apply":
    case "apply-late":
      return approval === null ? undefined : { type: "sotto.job.approve", approval_id: approval.id, how };
    case "reject":
      return { type: "sotto.job.reject", job_id: id };
    case "cancel":
      return { type: "sotto.job.cancel", job_id: id };
    case "undo":
      return { type: "sotto.job.undo", job_id: id };
    default:
      return action satisfies never;
  }
}
