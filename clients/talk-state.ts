import type { JobView } from "../pipeline/realtime/job-events.ts";
import type { ServerEventMessage } from "../pipeline/realtime/server-event-schema.ts";
import type { TurnLatency } from "./assistant-line.ts";
import type { LinkState } from "./link-state.ts";
import type { PlayedReport } from "./loudspeaker.ts";
import type { ResidencyPicture, Swap } from "./residency-picture.ts";
import type { TalkLine } from "./talk-lines.ts";

export type TalkPhase = "listening" | "hearing" | "thinking" | "speaking";

/** Everything that a page or a terminal shows of a conversation. */
export interface TalkState {
  readonly link: LinkState;
  /** Where the conversation stands, as the service sees it. */
  readonly phase: TalkPhase;
  /** The service says itself where it stands; otherwise it is told from other events. */
  readonly phaseFromService: boolean;
  /** Answers that a larger model will give by itself, later. */
  readonly owed: number;
  /** The answer that sounds just now. */
  readonly playingItem: string | null;
  readonly muted: boolean;
  readonly lines: readonly TalkLine[];
  /** A latency that came before the line that it belongs to. */
  readonly latency: TurnLatency | null;
  readonly service: {
    readonly version: string;
    readonly voiceModel: string;
    /** What its voices are called; empty when it does not tell. */
    readonly voices: readonly string[];
    readonly starter: boolean;
  } | null;
  /** Null with a service that does not tell. */
  readonly residency: ResidencyPicture | null;
  /** The swap under way. */
  readonly swap: Swap | null;
  /** Whether coding tasks can be handed off, and in which folders; null with a service that does not tell. */
  readonly coding: { readonly workspaces: readonly string[]; readonly why: string | null } | null;
  /** Coding jobs, newest first. */
  readonly jobs: readonly JobView[];
  readonly problem: string | null;
  readonly connections: number;
}

export type TalkEvent =
  | { readonly type: "link"; readonly link: LinkState }
  | { readonly type: "server"; readonly event: ServerEventMessage }
  /** So many samples came for an answer. */
  | { readonly type: "audio"; readonly responseId: string; readonly itemId: string; readonly samples: number }
  | { readonly type: "played"; readonly report: PlayedReport }
  | { readonly type: "mute"; readonly muted: boolean }
  | { readonly type: "problem"; readonly text: string | null };

export const talkStart: TalkState = {
  link: { status: "connecting", attempt: 0 },
  phase: "listening",
  phaseFromService: false,
  owed: 0,
  playingItem: null,
  muted: false,
  lines: [],
  latency: null,
  service: null,
  residency: null,
  swap: null,
  coding: null,
  jobs: [],
  problem: null,
  connections: 0,
};

export type TalkStatus = "connecting" | TalkPhase | "error";

/** The one word for it all. */
export function statusOf(state: TalkState): TalkStatus {
  if (state.link.status === "refused" || state.link.status === "closed") return "error";
  if (state.playingItem !== null) return "speaking";
  return state.link.status === "ready" ? state.phase : "connecting";
}
