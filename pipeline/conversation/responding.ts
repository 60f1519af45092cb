import type { ResponseParams } from "../realtime/client-events.ts";
import { itemOf } from "../realtime/client-items.ts";
import { realtimeError } from "../realtime/errors.ts";
import { responseObject } from "../realtime/response-object.ts";
import { build } from "../realtime/server-events.ts";
import { unknownChoice } from "../realtime/tool-schema.ts";
import type { Change } from "./change.ts";
import { findItem, type ItemList, type ItemRecord } from "./item-list.ts";
import { messagesOf, toolChoiceOf, toolSpecsOf } from "./messages.ts";
import { cancelReply, setupOf } from "./replying.ts";
import type { Awaited, Reply, ReplySettings } from "./state.ts";

/** What is said when there is nothing to ask a model about. */
const fixedLines = {
  unclear: "Sorry, I did not catch that.",
  lost: "One moment, I lost that. Please say it again.",
  silence: "Are you still there?",
  dropped: "All right, I leave it.",
} as const;

const fromModel = { type: "model" } as const;
const sayLine = (text: string): ReplySettings["source"] => ({ type: "say", text });

/** Tokens in one answer when the client sets no limit: about two minutes of speech. */
const defaultMaxTokens = 400;

/** An utterance is over and wants an answer: from a model, or one of the fixed lines. */
export function answerUtterance(
  change: Change,
  utterance: number | null,
  how: "answer" | keyof typeof fixedLines | ReplySettings["source"],
): void {
  // The client asked for an answer before the words were known; that one is the answer to them.
  if (change.active?.waiting) return;
  if (change.active !== undefined || goesOn(change, utterance)) {
    if (how === "answer") change.set({ answerNext: utterance });
    return;
  }
  // It knows everything that was said before it, too.
  change.set({ answerNext: null });
  const source = typeof how === "object" ? how : how === "answer" ? fromModel : sayLine(fixedLines[how]);
  begin(change, { ...sessionSettings(change), source }, { utterance, outOfBand: false });
}

/**
 * Tells the first errand that is back, once there is room for it to be heard. When it brought nothing, the voice answers itself.
 */
export function tellErrand(change: Change): void {
  const { errands } = change.state;
  const back = errands.find(({ news }) => news !== null);
  if (back === undefined || back.news === null || !isQuiet(change)) return;
  change.set({ errands: errands.filter((errand) => errand !== back) });
  const { news, id, settings, messages } = back;
  const source =
    news.type === "ready"
      ? ({ type: "errand", errandId: id } as const)
      : ({ type: "no-director", why: news.why, messages } as const);
  begin(change, { ...settings, source }, { utterance: null, outOfBand: false });
}

/** Tells the next news of a coding job, once there is room for them to be heard. */
export function tellJob(change: Change): void {
  const { tellings, session } = change.state;
  const next = tellings.find(({ notBeforeMs }) => notBeforeMs <= change.context.nowMs);
  if (next === undefined || !isQuiet(change) || session.type === "transcription") return;
  change.set({ tellings: tellings.filter((other) => other !== next) });
  begin(
    change,
    { ...sessionSettings(change), source: { type: "telling", ...next } },
    { utterance: null, outOfBand: false },
  );
}

/** Nobody speaks, and nothing is about to be answered. */
function isQuiet({ active, state: { hearing, awaited, commits } }: Change): boolean {
  return active === undefined && hearing === null && awaited.length === 0 && commits === 0;
}

/** The user is talking again, or has just done so: an answer to what was said before would talk over it, or miss it. */
function goesOn({ state: { hearing, awaited, session } }: Change, utterance: number | null): boolean {
  if (session.audio.input.turn_detection?.interrupt_response === false) return false;
  const isLater = (other: Awaited): boolean => other.purpose === "answer" && other.utterance > (utterance ?? 0);
  return hearing?.announced === true || awaited.some(isLater);
}

/** The answer that had to wait for another one to end, or for the user to finish. */
export function answerNext(change: Change): void {
  const { answerNext: utterance } = change.state;
  if (utterance === null || change.active !== undefined) return;
  change.set({ answerNext: null });
  answerUtterance(change, utterance, "answer");
}

/** A client's `response.create`. */
export function createResponse(change: Change, params: ResponseParams, eventId: string | undefined): void {
  if (change.state.session.type === "transcription") {
    change.refuse(
      realtimeError("response_create_not_supported", "A transcription session creates no responses.", { eventId }),
    );
    return;
  }
  const session = sessionSettings(change);
  const tools = params.tools ?? session.tools;
  const unknown = params.tool_choice && unknownChoice(params.tool_choice, tools);
  if (unknown !== undefined) {
    const message = `Invalid 'response.tool_choice'. ${unknown}`;
    change.refuse(realtimeError("invalid_value", message, { param: "response.tool_choice", eventId }));
    return;
  }
  const outOfBand = params.conversation === "none";
  if (!outOfBand && change.active !== undefined && !giveWay(change, change.active)) {
    const message = `Conversation already has an active response in progress: ${change.active.id}. Wait until the response is finished before creating a new one.`;
    change.refuse(realtimeError("conversation_already_has_active_response", message, { eventId }));
    return;
  }
  const input = inputOf(change, params, eventId);
  if (input === undefined) return;
  const { audio, output_modalities: modalities = params.modalities } = params;
  const settings: ReplySettings = {
    ...session,
    instructions: params.instructions ?? session.instructions,
    modality: modalities === undefined ? session.modality : modalities[0],
    voice: audio?.output?.voice ?? session.voice,
    format: audio?.output?.format ?? session.format,
    tools,
    // What the session's choice names need not be among the tools of this one answer.
    toolChoice:
      params.tool_choice ?? (unknownChoice(session.toolChoice, tools) === undefined ? session.toolChoice : "auto"),
    maxOutputTokens: params.max_output_tokens ?? session.maxOutputTokens,
    metadata: params.metadata ?? null,
    input,
    source: input === null && !outOfBand ? asksForNews(change) : fromModel,
  };
  begin(change, settings, { utterance: null, outOfBand });
}

/** News that nobody asked for give way to an answer that somebody wants, and are told after it. @returns false for other answers. */
function giveWay(change: Change, reply: Reply): boolean {
  const { source } = reply.settings;
  if (source.type !== "telling") return false;
  const { jobId, text, approvalId, notBeforeMs } = source;
  change.set({ tellings: [{ jobId, text, approvalId, notBeforeMs }, ...change.state.tellings] });
  const untold = { ...reply, settings: { ...reply.settings, source: sayLine(text) } };
  change.putReply(untold);
  cancelReply(change, untold, "client_cancelled");
  return true;
}

/** After a call of a tool a client asks for a word about its outcome; there is one waiting. */
function asksForNews(change: Change): ReplySettings["source"] {
  const { items, tellings } = change.state;
  const last = items.findLast(({ item }) => item.type !== "message" || item.role !== "assistant");
  if (last?.item.type !== "mcp_call") return fromModel;
  const [next] = tellings;
  if (next === undefined) return fromModel;
  change.set({ tellings: tellings.filter((other) => other !== next) });
  return { type: "telling", ...next };
}

/** Starts the answers that waited for words which are now known. */
export function startWaiting(change: Change): void {
  if (isExpectingWords(change)) return;
  for (const reply of change.state.replies) if (reply.waiting) start(change, reply);
}

function begin(
  change: Change,
  settings: ReplySettings,
  about: { readonly utterance: number | null; readonly outOfBand: boolean },
): void {
  const waiting = isExpectingWords(change) && settings.source.type === "model" && about.utterance === null;
  const reply: Reply = {
    id: change.context.newId("resp"),
    ...about,
    waiting,
    settings,
    output: [],
    open: null,
    end: null,
  };
  change.set({ replies: [...change.state.replies, reply] });
  change.send(build.responseCreated(responseObject(setupOf(change, reply), { status: "in_progress" })));
  if (!waiting) start(change, reply);
}

/** Words were promised by a commit or by the end of an utterance, and an answer should know them. */
function isExpectingWords({ state }: Change): boolean {
  return state.commits > 0 || state.awaited.some((awaited) => awaited.purpose !== "stop-only");
}

function start(change: Change, reply: Reply): void {
  change.putReply({ ...reply, waiting: false });
  const { settings, utterance, outOfBand } = reply;
  const { instructions, modality, voice, speed, source, maxOutputTokens } = settings;
  const content =
    source.type === "say" || source.type === "telling"
      ? ({ type: "say", text: source.text } as const)
      : source.type === "errand"
        ? source
        : {
            type: "answer" as const,
            messages:
              source.type === "no-director"
                ? source.messages
                : messagesOf(instructions, settings.input ?? change.state.items),
            tools: toolSpecsOf(settings.tools),
            toolChoice: toolChoiceOf(settings.toolChoice),
            maxTokens: maxOutputTokens === "inf" ? defaultMaxTokens : maxOutputTokens,
            director:
              source.type === "no-director"
                ? ({ how: "never", why: source.why } as const)
                : ({ how: outOfBand ? "now" : "errand" } as const),
          };
  const conversation = outOfBand ? `${change.state.id}/aside` : change.state.id;
  change.do({
    do: "start-reply",
    replyId: reply.id,
    utterance,
    job: { conversation, content, modality, voice, speed },
  });
}

function sessionSettings({ state: { session } }: Change): ReplySettings {
  const { output } = session.audio;
  return {
    instructions: session.instructions,
    modality: session.output_modalities[0],
    voice: output.voice,
    speed: output.speed,
    format: output.format,
    tools: session.tools,
    toolChoice: session.tool_choice,
    maxOutputTokens: session.max_output_tokens,
    metadata: null,
    input: null,
    source: fromModel,
  };
}

/** @returns null for the conversation itself, undefined after refusing an unknown reference. */
function inputOf(change: Change, params: ResponseParams, eventId: string | undefined): ItemList | null | undefined {
  if (params.input === undefined) return null;
  const records: ItemRecord[] = [];
  for (const given of params.input) {
    if (given.type !== "item_reference") records.push({ item: itemOf(given, change.context.newId) });
    else {
      const found = findItem(change.state.items, given.id);
      if (found === undefined) {
        const message = `Item with item_id '${given.id}' not found.`;
        change.refuse(realtimeError("item_reference_invalid_item_id", message, { param: "response.input", eventId }));
        return undefined;
      }
      records.push(found);
    }
  }
  return records;
}
