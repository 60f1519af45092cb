import type { JobView } from "../../pipeline/realtime/job-events.ts";
import { type AssistantLine, heardAndRest } from "../assistant-line.ts";
import { isOver } from "../job-list.ts";
import type { TalkLine, UserLine } from "../talk-lines.ts";
import { statusOf, type TalkState, type TalkStatus } from "../talk-state.ts";

/** Something new that a person or a script should be told. The keys are what `--json` prints. */
export type Announcement =
  | { readonly type: "state"; readonly state: TalkStatus }
  | { readonly type: "connection"; readonly status: string; readonly retry_in_ms?: number; readonly why?: string }
  | { readonly type: "service"; readonly version: string; readonly voice_model: string; readonly starter: boolean }
  | { readonly type: "user"; readonly item_id: string; readonly text: string; readonly final: boolean }
  | {
      readonly type: "assistant";
      readonly item_id: string;
      /** What was really played of it. */
      readonly heard: string;
      /** What was known of it and never played. */
      readonly unheard?: string;
      readonly status: AssistantLine["status"];
      readonly played_ms: number;
    }
  | { readonly type: "latency"; readonly turn: number; readonly parts: Readonly<Record<string, number>> }
  | { readonly type: "swap"; readonly role: string; readonly model: string; readonly expected_ms: number }
  | { readonly type: "job"; readonly job: JobView }
  | { readonly type: "note" | "problem"; readonly text: string };

/** What changed between two pictures of a conversation, in the order in which it is to be told. */
export function announcements(before: TalkState, after: TalkState): readonly Announcement[] {
  const told: Announcement[] = [];
  if (before.link !== after.link) told.push(connection(after));
  if (before.service !== after.service && after.service) {
    const { version, voiceModel: voice_model, starter } = after.service;
    told.push({ type: "service", version, voice_model, starter });
  }
  if (before.lines !== after.lines) {
    for (const line of after.lines.slice(-8)) {
      const old = before.lines.findLast((other) => other.id === line.id);
      if (old !== line) told.push(...lineNews(old, line));
    }
  }
  if (before.swap !== after.swap && after.swap !== null) {
    const { role, model, expected_ms } = after.swap;
    told.push({ type: "swap", role, model, expected_ms });
  }
  if (before.jobs !== after.jobs) {
    for (const job of after.jobs.toReversed()) told.push(...jobNews(before.jobs, job));
  }
  if (before.problem !== after.problem && after.problem !== null) told.push({ type: "problem", text: after.problem });
  if (statusOf(before) !== statusOf(after)) told.push({ type: "state", state: statusOf(after) });
  return told;
}

function connection({ link }: TalkState): Announcement {
  const { status } = link;
  if (link.status === "waiting") return { type: "connection", status, retry_in_ms: link.retryInMs, why: link.why };
  return link.status === "refused" ? { type: "connection", status, why: link.why } : { type: "connection", status };
}

/** Jobs that were over before anybody looked are no news, nor is one that is told of again as it was. */
function jobNews(before: readonly JobView[], job: JobView): readonly Announcement[] {
  const old = before.find(({ id }) => id === job.id);
  if (old === job || (old === undefined && isOver(job))) return [];
  return JSON.stringify(old) === JSON.stringify(job) ? [] : [{ type: "job", job }];
}

function lineNews(old: TalkLine | undefined, line: TalkLine): readonly Announcement[] {
  if (line.from === "client") return [{ type: "note", text: line.text }];
  if (line.from === "user") return userNews(old, line);
  const before = old?.from === "assistant" ? old : undefined;
  const { heard, rest } = heardAndRest(line);
  const changed = !before || before.status !== line.status || heardAndRest(before).heard !== heard;
  const news: Announcement[] = [];
  if (changed && (heard !== "" || line.status !== "speaking")) {
    const unheard = line.status === "interrupted" && rest !== "" ? { unheard: rest } : {};
    const played_ms = Math.round(line.playedSamples / 24);
    news.push({ type: "assistant", item_id: line.id, heard, ...unheard, status: line.status, played_ms });
  }
  if (line.latency && line.latency !== before?.latency) news.push({ type: "latency", ...line.latency });
  return news;
}

function userNews(old: TalkLine | undefined, line: UserLine): readonly Announcement[] {
  const same = old?.from === "user" && old.text === line.text && old.status === line.status;
  return same || line.text === ""
    ? []
    : [{ type: "user", item_id: line.id, text: line.text, final: line.status === "final" }];
}
