import type { JobView } from "./job-events.ts";

/** What a turn's first sound waited for; milliseconds, each part measured on its own. */
export interface LatencyParts {
  readonly endpoint_wait_ms: number;
  readonly stt_ms: number;
  readonly lease_ms: number;
  readonly first_token_ms: number;
  readonly first_clause_ms: number;
  readonly first_audio_ms: number;
  /** Known once the client has acknowledged a played sample. */
  readonly first_played_ms?: number;
  /** Everything that is not an engine. */
  readonly overhead_ms: number;
}

/** As `ModelsStatus` of models/roles.ts; written down here because this file runs in a browser, too. */
export interface ResidencyStatus {
  readonly models: readonly {
    readonly role: string;
    readonly model: string;
    readonly state: "ready" | "starting" | "leaving" | "absent" | "failed";
    readonly bytes: number;
    readonly pinned: boolean;
    readonly leases: number;
    readonly note?: string;
  }[];
  readonly pools: readonly {
    readonly id: string;
    readonly kind: "ram" | "vram" | "unified";
    readonly capacityBytes: number;
    readonly reserveBytes: number;
    readonly foreignBytes: number;
    readonly usedBytes: number;
  }[];
  readonly swap: {
    readonly role: string;
    readonly model: string;
    readonly leaving: readonly string[];
    readonly elapsedMs: number;
    readonly expectedMs: number;
  } | null;
  readonly sticky: string | null;
}

export interface ServiceGreeting {
  readonly version: string;
  readonly voiceModel: string;
  readonly voices: readonly string[];
  readonly starter: boolean;
}

export type AssistantState = "listening" | "hearing" | "thinking" | "speaking";

/** Our own events, only for a client that offered the subprotocol `sotto.v1`: others may die of an unknown type. */
export const sottoEvent = {
  /** `voices`: every name that a client may give to a voice, in small letters. */
  hello: (hello: ServiceGreeting) =>
    ({
      type: "sotto.hello",
      version: hello.version,
      voice: { model: hello.voiceModel, voices: hello.voices },
      starter: hello.starter,
    }) as const,
  /** `owed`: answers that a heavy model will give by itself, later. */
  state: (state: AssistantState, owed = 0) => ({ type: "sotto.state", state, owed }) as const,
  /** What holds memory: models and memories, in bytes; `sticky` says in words why swaps are held back, or is null. */
  residency: (status: ResidencyStatus) =>
    ({
      type: "sotto.residency",
      models: status.models,
      pools: status.pools.map((pool) => ({
        id: pool.id,
        kind: pool.kind,
        capacity_bytes: pool.capacityBytes,
        reserve_bytes: pool.reserveBytes,
        foreign_bytes: pool.foreignBytes,
        used_bytes: pool.usedBytes,
      })),
      sticky: status.sticky,
    }) as const,
  /** The swap under way, or null; the client counts its time from here. */
  slot: (swap: ResidencyStatus["swap"]) =>
    ({
      type: "sotto.slot",
      swap:
        swap === null
          ? null
          : {
              role: swap.role,
              model: swap.model,
              leaving: swap.leaving,
              elapsed_ms: Math.round(swap.elapsedMs),
              expected_ms: Math.round(swap.expectedMs),
            },
    }) as const,
  pinBroken: (pin: { readonly model: string; readonly cause: string; readonly healed: boolean }) =>
    ({ type: "sotto.pin_broken", model: pin.model, cause: pin.cause, healed: pin.healed }) as const,
  /** Whether coding tasks can be handed off: the folders that it may work in, and what is in the way; null when nothing is. */
  coding: (coding: { readonly workspaces: readonly string[]; readonly why: string | null }) =>
    ({ type: "sotto.coding", workspaces: coding.workspaces, why: coding.why }) as const,
  /** A coding job, whenever anything about it changed; after connecting, each one that still matters. */
  job: (job: JobView) => ({ type: "sotto.job", job }) as const,
  latency: (turn: number, parts: LatencyParts) => ({ type: "sotto.latency", turn, parts }) as const,
  /** Says what the binary frames of `stream` belong to; `rate` is in samples a second. */
  audioStarted: (started: {
    readonly stream: number;
    readonly responseId: string;
    readonly itemId: string;
    readonly contentIndex: number;
    readonly rate: number;
  }) =>
    ({
      type: "sotto.audio.started",
      stream: started.stream,
      response_id: started.responseId,
      item_id: started.itemId,
      content_index: started.contentIndex,
      rate: started.rate,
    }) as const,
};
