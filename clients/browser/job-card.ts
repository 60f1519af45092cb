import type { JobRequest, JobView } from "../../pipeline/realtime/job-events.ts";
import { answerText, isOpen, noteText, statusText, stepPart, timeText } from "../job-text.ts";
import { createChangeView } from "./change-view.ts";
import type { DiffLayout } from "./diff-view.ts";
import { make } from "./elements.ts";
import { createJobButtons, type JobMoment } from "./job-buttons.ts";
import { createJobDecision } from "./job-decision.ts";
import { shown } from "./shown-text.ts";

export interface JobCard {
  readonly root: HTMLElement;
  show(job: JobView, moment: JobMoment): void;
  layOut(layout: DiffLayout): void;
}

/** One job: what was asked, how far it is, what it wants changed, and what can be done about it. */
export function createJobCard(first: JobView, layout: DiffLayout, ask: (request: JobRequest) => boolean): JobCard {
  const status = make("span", "job-status");
  const time = make("span", "job-time");
  const progress = make("progress", "");
  progress.ariaLabel = "How much of this step is over";
  const note = make("p", "job-note");
  const summary = make("p", "job-summary");
  const change = createChangeView(layout);
  const decision = createJobDecision();
  let answeredHere = false;
  const buttons = createJobButtons((request) => {
    const sent = ask(request);
    if (sent) answeredHere = true;
    return sent;
  });
  const title = make("h3", "", make("bdi", "", ...shown(first.task)));
  title.id = `job-${first.id}`;
  const root = make(
    "article",
    "job",
    title,
    make("p", "job-line", status, time, progress),
    make("p", "job-where", "in ", make("bdi", "", ...shown(first.workspace))),
    note,
    summary,
    decision.reasons,
    change.root,
    make("div", "job-foot", decision.how, buttons.root),
  );
  root.tabIndex = -1;
  root.setAttribute("aria-labelledby", title.id);
  let job: JobView | undefined;
  let asked = "";
  /** What is written where somebody was asked. */
  let answer: string | null = null;

  const changed = (before: JobView | undefined, next: JobView, { nowMs }: JobMoment): void => {
    root.dataset["status"] = next.status;
    status.textContent = statusText(next);
    note.replaceChildren(...shown(noteText(next)));
    summary.replaceChildren(...shown(next.summary ?? ""));
    change.root.hidden = next.change === null;
    if (next.change !== null) change.show(next.change);
    if (before?.status !== next.status) change.root.open = next.status === "awaiting-approval";
    if (before) answer = answerText(before, next, { here: answeredHere, nowMs }) ?? answer;
    if (next.approval === null) return;
    if (next.approval.id !== asked) answeredHere = false;
    asked = next.approval.id;
  };

  return {
    root,
    show: (next, moment) => {
      if (next !== job) changed(job, next, moment);
      job = next;
      setText(time, timeText(next, moment.nowMs));
      const part = stepPart(next, moment.nowMs);
      progress.hidden = part === null;
      progress.value = part ?? 0;
      decision.show(next, { open: isOpen(next, moment.nowMs), answer });
      buttons.show(next, moment);
    },
    layOut: change.layOut,
  };
}

function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}
