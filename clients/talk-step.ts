import { withPlayed, withSent } from "./assistant-line.ts";
import type { LinkState } from "./link-state.ts";
import type { PlayedReport } from "./loudspeaker.ts";
import { assistantLine, type TalkLine, withLine } from "./talk-lines.ts";
import { serverStep } from "./talk-server-events.ts";
import type { TalkEvent, TalkState } from "./talk-state.ts";

/** What an event changes in the picture of a conversation. */
export function talkStep(state: TalkState, event: TalkEvent): TalkState {
  switch (event.type) {
    case "link":
      return linkChanged(state, event.link);
    case "server":
      return serverStep(state, event.event);
    case "audio": {
      const line = assistantLine(state.lines, event.itemId, event.responseId);
      return {
        ...state,
        lines: withLine(state.lines, { ...line, receivedSamples: line.receivedSamples + event.samples }),
      };
    }
    case "played":
      return played(state, event.report);
    case "mute":
      return { ...state, muted: event.muted };
    case "problem":
      return { ...state, problem: event.text };
    default:
      return event satisfies never;
  }
}

function linkChanged(state: TalkState, link: LinkState): TalkState {
  if (link.status === "ready") {
    const connections = state.connections + 1;
    const note = { from: "client", id: `note-${connections}`, text: "Connected again – a new conversation" } as const;
    // A page that is left open loses its connection again and again; once is enough when nothing was said meanwhile.
    const last = state.lines.at(-1);
    const isNews = connections > 1 && last !== undefined && last.from !== "client";
    const lines = isNews ? withLine(state.lines, note) : state.lines;
    return { ...state, link, connections, lines, phase: "listening", problem: null };
  }
  if (state.link.status !== "ready") return { ...state, link };
  return { ...state, link, phase: "listening", phaseFromService: false, owed: 0, lines: abandoned(state) };
}

/** With the connection goes what was half said; an answer that still sounds may end by itself. */
function abandoned(state: TalkState): readonly TalkLine[] {
  return state.lines
    .filter((line) => line.from !== "user" || line.text !== "")
    .map((line) => {
      if (line.from === "user") return { ...line, status: "final" };
      if (line.from === "assistant") return withSent(line, "broken");
      return line;
    });
}

function played(state: TalkState, report: PlayedReport): TalkState {
  const playingItem = report.playing ? report.itemId : state.playingItem === report.itemId ? null : state.playingItem;
  const line = state.lines.findLast((other) => other.id === report.itemId);
  if (line?.from !== "assistant") return { ...state, playingItem };
  return { ...state, playingItem, lines: withLine(state.lines, withPlayed(line, report)) };
}
