import type { JobRequest, JobView } from "../../pipeline/realtime/job-events.ts";
import { clockLeadMs, isOver } from "../job-list.ts";
import { jobNews } from "../job-text.ts";
import type { TalkState } from "../talk-state.ts";
import type { DiffLayout } from "./diff-view.ts";
import { element } from "./elements.ts";
import { createJobCard, type JobCard } from "./job-card.ts";
import { createTaskForm } from "./task-form.ts";

/** Two columns of a diff need so many pixels. */
const twoColumnsPx = 620;
const tickMs = 500;

export interface JobPanel {
  /** Must be told at once what changed, for it reads the service's clock from that. */
  hear(state: TalkState): void;
  show(state: TalkState): void;
}

/**
 * The coding jobs: a box for a new one, and a card for each, newest first. It stays away until somebody asks for it or a job
 * comes, and comes back when there is something to decide.
 * @param wallMs this machine's wall clock
 */
export function createJobPanel(wallMs: () => number, ask: (request: JobRequest) => boolean): JobPanel {
  const panel = element("jobs", HTMLElement);
  const list = element("job-list", HTMLElement);
  const news = element("job-news", HTMLElement);
  const opener = element("open-jobs", HTMLButtonElement);
  const showForm = createTaskForm(ask);
  const cards = new Map<string, JobCard>();
  let layout: DiffLayout = "stacked";
  let heard: readonly JobView[] = [];
  let leadMs = 0;
  let known: readonly JobView[] = [];
  let online = false;
  let ticking = false;

  const setOpen = (open: boolean): void => {
    panel.hidden = !open;
    document.body.classList.toggle("jobs-open", open);
    opener.setAttribute("aria-expanded", String(open));
  };
  opener.addEventListener("click", () => {
    setOpen(panel.hidden !== false);
    if (!panel.hidden) element("task", HTMLTextAreaElement).focus();
  });
  new ResizeObserver(() => {
    if (panel.clientWidth === 0) return;
    layout = panel.clientWidth >= twoColumnsPx ? "side-by-side" : "stacked";
    for (const card of cards.values()) card.layOut(layout);
  }).observe(panel);

  const showCards = (): void => {
    const moment = { nowMs: wallMs() - leadMs, online };
    for (const job of known) cards.get(job.id)?.show(job, moment);
  };
  const tick = (): void => {
    ticking = known.some((job) => !isOver(job));
    if (!ticking) return;
    showCards();
    setTimeout(tick, tickMs);
  };

  return {
    hear: ({ jobs }) => {
      if (jobs === heard) return;
      leadMs = clockLeadMs(leadMs, { before: heard, after: jobs }, wallMs());
      heard = jobs;
    },
    show: (state) => {
      opener.hidden = state.coding === null && state.jobs.length === 0;
      if (opener.hidden && !panel.hidden) setOpen(false);
      showForm(state);
      const { jobs } = state;
      const changed = jobs !== known || online !== (state.link.status === "ready");
      online = state.link.status === "ready";
      if (!changed) return;
      const before = known;
      known = jobs;
      arrange(jobs);
      showCards();
      for (const job of jobs)
        tell(
          before.find(({ id }) => id === job.id),
          job,
        );
      opener.classList.toggle(
        "asks",
        jobs.some(({ status }) => status === "awaiting-approval"),
      );
      if (!ticking) tick();
    },
  };

  function arrange(jobs: readonly JobView[]): void {
    const ids = new Set(jobs.map(({ id }) => id));
    for (const [id, { root }] of cards) {
      if (ids.has(id)) continue;
      root.remove();
      cards.delete(id);
    }
    let place = list.firstElementChild;
    for (const job of jobs) {
      const card = cards.get(job.id) ?? createJobCard(job, layout, ask);
      cards.set(job.id, card);
      if (card.root === place) place = place.nextElementSibling;
      else list.insertBefore(card.root, place);
    }
  }

  function tell(before: JobView | undefined, job: JobView): void {
    const isNew = before === undefined && !isOver(job);
    const asks = job.approval !== null && job.approval.id !== before?.approval?.id;
    if (isNew || asks) setOpen(true);
    // Nobody is torn away from another that they are deciding about.
    const asking = known.filter(({ status }) => status === "awaiting-approval");
    if (asks && asking.length === 1) cards.get(job.id)?.root.scrollIntoView({ block: "start" });
    if (before?.status !== job.status && (before !== undefined || isNew)) news.textContent = jobNews(job);
  }
}
