import type { JobRequest, JobView } from "../../pipeline/realtime/job-events.ts";
import type { TalkState } from "../talk-state.ts";
import { visibleLine } from "../visible-text.ts";
import { element, make } from "./elements.ts";
import { shown } from "./shown-text.ts";

/** The box that a task is typed into, with a choice of folder; or what is in the way. */
export function createTaskForm(ask: (request: JobRequest) => boolean): (state: TalkState) => void {
  const form = element("task-form", HTMLFormElement);
  const text = element("task", HTMLTextAreaElement);
  const choice = element("task-folder", HTMLSelectElement);
  const only = element("task-only-folder", HTMLElement);
  const send = element("task-send", HTMLButtonElement);
  const why = element("task-why", HTMLElement);
  let coding: TalkState["coding"] = null;
  let online = false;
  /** What was sent and has not become a job yet; the words stay in the box until then, as it may be refused. */
  let sent: { readonly task: string; readonly known: ReadonlySet<string> } | null = null;
  let jobs: readonly JobView[] = [];

  const showSend = (): void => {
    send.disabled = text.value.trim() === "" || !online;
  };
  const submit = (): void => {
    const task = text.value.trim();
    const workspace = choice.value === "" ? null : choice.value;
    if (task === "" || !ask({ type: "sotto.job.start", task, workspace })) return;
    sent = { task, known: new Set(jobs.map(({ id }) => id)) };
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  text.addEventListener("input", showSend);

  return (state) => {
    online = state.link.status === "ready";
    if (sent !== null && state.jobs.some(({ id, task }) => task.trim() === sent?.task && !sent.known.has(id))) {
      if (text.value.trim() === sent.task) text.value = "";
      sent = null;
    }
    jobs = state.jobs;
    showSend();
    if (state.coding === coding) return;
    coding = state.coding;
    const { workspaces = [], why: reason = null } = coding ?? {};
    const chosen = choice.value;
    choice.replaceChildren(...workspaces.map((folder) => new Option(visibleLine(folder), folder)));
    if (workspaces.includes(chosen)) choice.value = chosen;
    choice.hidden = workspaces.length < 2;
    only.hidden = workspaces.length !== 1;
    only.replaceChildren("in ", make("bdi", "", ...shown(workspaces[0] ?? "")));
    form.hidden = workspaces.length === 0 || reason !== null;
    why.hidden = reason === null;
    why.replaceChildren(...shown(reason ?? ""));
  };
}
