import { heardPhrase } from "../handoff/approval/phrase.ts";
import type { CodingNews } from "../handoff/coding-news.ts";
import { realtimeError } from "../realtime/errors.ts";
import type { Item, McpApprovalRequest, McpCall } from "../realtime/items.ts";
import { build } from "../realtime/server-events.ts";
import type { Change } from "./change.ts";
import { findItem, insertItem, previousId, replaceItem } from "./item-list.ts";
import type { Awaited, PendingApproval, Reply, ReplySettings } from "./state.ts";

/** The coder's name among tool servers, and its one tool, for clients that know tools. */
const serverLabel = "sotto_coder";
const toolName = "apply_change";
/** A client that knows calls of tools but not us asks for a word about the outcome itself, usually at once. */
const clientAsksWithinMs = 1_500;

/** What the coder's desk reports, as a change of the conversation. */
export function codingNews(change: Change, news: CodingNews): void {
  switch (news.type) {
    case "tell":
      return tell(change, news);
    case "ask":
      return askForYes(change, news);
    case "approved":
      return beginCall(change, news.approvalId);
    case "settled":
      return settle(change, news);
    case "withdrawn":
      return withdraw(change, news.approvalId);
    case "refused":
      return change.refuse(realtimeError("invalid_value", news.message, { eventId: news.eventId }));
    case "running":
      return change.set({ runningJobs: news.jobs });
  }
}

function tell(change: Change, { jobId, text }: Extract<CodingNews, { type: "tell" }>): void {
  const telling = { jobId, text, approvalId: null, notBeforeMs: 0 };
  change.set({ tellings: [...change.state.tellings, telling] });
}

function askForYes(change: Change, news: Extract<CodingNews, { type: "ask" }>): void {
  const { approval, jobId, text, argumentsJson } = news;
  const pending = { ...approval, jobId, text, told: false, callId: null };
  const telling = { jobId, text, approvalId: approval.id, notBeforeMs: 0 };
  change.set({ approvals: [...change.state.approvals, pending], tellings: [...change.state.tellings, telling] });
  const item: McpApprovalRequest = {
    id: approval.id,
    object: "realtime.item",
    type: "mcp_approval_request",
    server_label: serverLabel,
    name: toolName,
    arguments: argumentsJson,
  };
  addItem(change, item);
  change.send(build.itemDone(item, previousId(change.state.items, item.id)));
}

function beginCall(change: Change, approvalId: string): void {
  const item: McpCall = {
    id: change.context.newId("mcp"),
    object: "realtime.item",
    type: "mcp_call",
    server_label: serverLabel,
    name: toolName,
    arguments: "{}",
    output: null,
    error: null,
    approval_request_id: approvalId,
  };
  if (putApproval(change, approvalId, { callId: item.id })) addItem(change, item);
}

function settle(change: Change, { approvalId, text, applied }: Extract<CodingNews, { type: "settled" }>): void {
  const approval = change.state.approvals.find(({ id }) => id === approvalId);
  if (approval === undefined) return;
  withdraw(change, approvalId);
  const notBeforeMs = change.state.extended ? 0 : change.context.nowMs + clientAsksWithinMs;
  if (!change.state.extended) change.do({ do: "wake-in", ms: clientAsksWithinMs });
  const telling = { jobId: approval.jobId, text, approvalId: null, notBeforeMs };
  change.set({ tellings: [...change.state.tellings, telling] });
  const call = approval.callId === null ? undefined : findItem(change.state.items, approval.callId)?.item;
  if (call?.type !== "mcp_call") return;
  const item: McpCall = {
    ...call,
    output: applied ? text : null,
    error: applied ? null : { type: "tool_execution_error", message: text },
  };
  change.set({ items: replaceItem(change.state.items, item.id, (record) => ({ ...record, item })) });
  change.send(build.itemDone(item, previousId(change.state.items, item.id)));
}

function withdraw(change: Change, approvalId: string): void {
  change.set({
    approvals: change.state.approvals.filter(({ id }) => id !== approvalId),
    // Nobody wants to be asked what is decided already.
    tellings: change.state.tellings.filter((telling) => telling.approvalId !== approvalId),
  });
}

function addItem(change: Change, item: McpApprovalRequest | McpCall): void {
  const items = insertItem(change.state.items, item, undefined);
  if (items === undefined) return;
  change.set({ items });
  change.send(build.itemAdded(item, previousId(items, item.id)));
}

/** @returns false when no such approval is pending. */
function putApproval(change: Change, approvalId: string, part: Partial<PendingApproval>): boolean {
  const { approvals } = change.state;
  change.set({ approvals: approvals.map((one) => (one.id === approvalId ? { ...one, ...part } : one)) });
  return approvals.some(({ id }) => id === approvalId);
}

/** A client answers a request for approval; the desk decides whether that counts. */
export function clientAnswers(change: Change, item: Item, eventId: string | undefined): void {
  if (item.type !== "mcp_approval_response") return;
  change.do({ do: "decide", approvalId: item.approval_request_id, approve: item.approve, how: "client", eventId });
}

/**
 * What an utterance has to do with changes that wait for a yes. A yes is the phrase of one of them, said when nothing sounded, after
 * its summary was heard to the end; a plain yes is asked about.
 * @returns where the answer comes from, or null when the words are about something else.
 */
export function decideByVoice(change: Change, awaited: Awaited, text: string): ReplySettings["source"] | null {
  const asked = change.state.approvals.filter(({ callId }) => callId === null);
  const meant = asked.find(({ phrase }) => phrase !== null && heardPhrase(text, phrase) === "this-one");
  if (meant !== undefined) {
    if (!meant.told || awaited.overSound) {
      const { jobId, text: summary, id } = meant;
      return { type: "telling", jobId, text: summary, approvalId: id, notBeforeMs: 0 };
    }
    change.do({ do: "decide", approvalId: meant.id, approve: true, how: "voice", eventId: undefined });
    return say("I apply it.");
  }
  const newest = asked.at(-1);
  if (newest === undefined) return null;
  const kind = heardPhrase(text, newest.phrase);
  if (kind === "reject") {
    change.do({ do: "decide", approvalId: newest.id, approve: false, how: "voice", eventId: undefined });
    return say("All right, your files stay as they are.");
  }
  const wasJustAsked = lastSaid(change) === newest.text.trim();
  if (kind === "none" || (kind === "bare-yes" && !wasJustAsked)) return null;
  if (newest.phrase === null) return say("This one takes a click on Apply, or a key.");
  return say(
    kind === "another"
      ? `That is not the phrase. Say: apply ${newest.phrase}.`
      : `To be safe, please say: apply ${newest.phrase}.`,
  );
}

function say(text: string): ReplySettings["source"] {
  return { type: "say", text };
}

function lastSaid({ state }: Change): string | undefined {
  const last = state.items.findLast(({ item }) => item.type === "message" && item.role === "assistant")?.item;
  if (last?.type !== "message") return undefined;
  return last.content
    .map((part) => ("transcript" in part ? (part.transcript ?? "") : part.text))
    .join("")
    .trim();
}

/** "Stop", said into silence, stops what the coder is doing. @returns false when it is doing nothing. */
export function stopJobs(change: Change): boolean {
  if (change.state.runningJobs === 0) return false;
  change.do({ do: "stop-jobs" });
  return true;
}

/** What was said of a job has been heard to its end, or cut. */
export function toldOfJob(change: Change, { settings: { source } }: Reply, heard: boolean): void {
  if (source.type !== "telling") return;
  change.do({ do: "note-told", jobId: source.jobId });
  if (source.approvalId !== null && heard) putApproval(change, source.approvalId, { told: true });
}
