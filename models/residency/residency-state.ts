import type { ModelErrorCode } from "../errors.ts";
import type { Role } from "../roles.ts";
import type { LossCause, Share } from "../servers/model-server.ts";
import type { GrowthBook } from "./growth-book.ts";
import type { Report } from "./report.ts";
import type { Settings } from "./settings.ts";

/** Capacity of a memory that is not ours to manage: another machine's. */
export const unlimitedBytes = 2 ** 50;

/** One memory. What may be given to models is `capacityBytes - reserveBytes - foreignBytes`. */
export interface Pool {
  /** "ram", "gpu0", …, as in `Share.pool`. */
  readonly id: string;
  readonly capacityBytes: number;
  /** Kept free for the system. */
  readonly reserveBytes: number;
  /** Taken by other programs when last probed. */
  readonly foreignBytes: number;
  /** Most that all models that are not pinned may take here together (`--slot-bytes`). */
  readonly slotBytes?: number;
}

/** One way to load a model: a rung of its ladder. */
export interface Variant {
  /** Opaque here; whoever performs `load` knows the options and the file behind it. */
  readonly id: string;
  /** For people: "context 2,048", "half on the CPU". */
  readonly label: string;
  /** Predicted; replaced by what was measured when it was loaded once. */
  readonly shares: readonly Share[];
  /** Its server, which chooses the GPU, takes this one only where so much is free. */
  readonly leastFree?: readonly Share[];
  /** Of several places the one that leaves most to the other models. */
  readonly preferred?: boolean;
  /** The shares were measured, not estimated. */
  readonly measured: boolean;
  /** How long somebody would wait for the first rung rather than take this one. 0 for the first; never falls along the ladder. */
  readonly penaltyMs: number;
  /** Predicted; drawn towards what each real load took. */
  readonly loadMs: number;
  readonly unloadMs: number;
}

/** A model that is installed. */
export interface Model {
  readonly id: string;
  /** The server that runs it: "embedded", "ollama", "desk". */
  readonly server: string;
  /** Loaded from the start, loaded again when lost, never a victim; its memory is kept for it while it is away. */
  readonly pinned: boolean;
  /**
   * From full to smallest: smaller context, quantised keys and values, smaller file, partial offload, CPU. At least one. On several
   * GPUs each of them once for every place that it could have.
   */
  readonly ladder: readonly Variant[];
}

/** A model that can do a role's work. */
export interface Choice {
  readonly model: string;
  /** As `Variant.penaltyMs`, on top of it; `Infinity`: only instead of a refusal (the voice model answering for the director). */
  readonly penaltyMs: number;
}

/** Who does a role's work, and how patient it is. */
export interface RolePlan {
  readonly role: Role;
  /** Best first. Empty: nothing is installed. */
  readonly choices: readonly Choice[];
  /** How much a millisecond of its waiting weighs against the time that a swap takes; at least 1. */
  readonly weight: number;
  /** It is put into the queue as if it had come so much earlier. */
  readonly headStartMs: number;
  /** Its requests are refused when they waited so long; 0: granted or refused at once. */
  readonly patienceMs: number;
}

/** A lease request that is not answered yet. */
export interface Ticket {
  /** Chosen by whoever asks; never used twice. A granted lease keeps it. */
  readonly id: number;
  readonly role: Role;
  /** The model it waits for now: one of its role's choices. */
  readonly model: string;
  /** A voice turn that is being held waits for it, so that a swap for it may begin inside the turn. */
  readonly urgent: boolean;
  readonly arrivedMs: number;
  /** Answered before or at this moment. */
  readonly deadlineMs: number;
  /** Loads for it that failed. */
  readonly failures: number;
}

interface InMemory {
  readonly model: string;
  readonly variant: string;
  /** Numbers the loads, from 1, over all models: what belongs to a load long gone is recognised and ignored. */
  readonly load: number;
  /** What the ledger counts; predicted until the load ends, measured after. */
  readonly shares: readonly Share[];
}

/** A model that holds memory, or may hold some. */
export type Resident =
  | (InMemory & {
      readonly status: "loading";
      readonly startedMs: number;
      readonly expectedMs: number;
      /** 0 to 1, where the server tells. */
      readonly progress: number | null;
      /** `cancel-load` was sent; the memory counts until `load-error` or `load-end` comes. */
      readonly cancelled: boolean;
    })
  | (InMemory & {
      readonly status: "ready";
      /** Tickets that hold a lease. */
      readonly leases: readonly number[];
      readonly readyMs: number;
      /** When a lease was last granted or returned. */
      readonly usedMs: number;
      /** GreedyDual-Size: the one with the least goes first. */
      readonly credit: number;
    })
  | (InMemory & {
      /** Nothing is granted on it any more, and its memory counts until `unload-end` comes. */
      readonly status: "leaving";
      readonly startedMs: number;
      readonly expectedMs: number;
      /** Set when it went by itself. */
      readonly lost: LossCause | null;
    });

export type Ready = Extract<Resident, { status: "ready" }>;

/** A swap under way: at most one at a time. Loads of pinned models are no moves. */
export interface Move {
  readonly model: string;
  readonly variant: string;
  /** The variant that it had, where it is loaded again larger because there is room: nobody waits for it. */
  readonly growsFrom?: string;
  /** Loads that leave for it. They are closed: nothing new is granted on them. */
  readonly victims: readonly number[];
  /** The models behind `victims`. */
  readonly leaving: readonly string[];
  /** `closing` until every victim's leases are returned; `leaving` until all memory is confirmed; `loading` until it ends. */
  readonly phase: "closing" | "leaving" | "loading";
  /** The load's number while `loading`. */
  readonly load: number | null;
  readonly decidedMs: number;
  /** When the first unload, or the load, began. */
  readonly startedMs: number | null;
  /** From its start to its end, as predicted. */
  readonly expectedMs: number;
}

/** A model whose load failed, or that was lost, is not tried again before `untilMs`. */
export interface BackOff {
  readonly model: string;
  /** In a row. */
  readonly failures: number;
  readonly untilMs: number;
  /** False: trying again does not help, and requests are refused until then. */
  readonly retryable: boolean;
  readonly code: ModelErrorCode;
  readonly why: string;
}

/** A stretch of time that went into a swap; `toMs` is null while it lasts. */
export interface SwapSpan {
  readonly fromMs: number;
  readonly toMs: number | null;
}

/** Everything that is known of memory and of who wants it. Plain data; only `step` makes a new one. */
export interface ResidencyState {
  /** Of the last event. Never falls. */
  readonly nowMs: number;
  readonly settings: Settings;
  readonly pools: readonly Pool[];
  readonly models: readonly Model[];
  readonly roles: readonly RolePlan[];
  readonly residents: readonly Resident[];
  /** In the order of arrival. */
  readonly tickets: readonly Ticket[];
  readonly move: Move | null;
  readonly backOffs: readonly BackOff[];
  /** Voice turns that are held now. */
  readonly turns: readonly number[];
  /** Since when something would have begun but for a voice turn. */
  readonly deferredSinceMs: number | null;
  /** Swaps that reach into the last `settings.windowMs`. */
  readonly swaps: readonly SwapSpan[];
  /** Set while swaps are held back because they took too much of the last minutes. */
  readonly sticky: { readonly sinceMs: number; readonly why: string } | null;
  readonly growth: GrowthBook;
  /** GreedyDual-Size: the credit of the last victim. */
  readonly inflation: number;
  /** Pinned models that were lost and are not ready again, with why. */
  readonly broken: readonly { readonly model: string; readonly cause: LossCause | "foreign-memory" }[];
  readonly nextLoad: number;
  /** The last `wake-at` sent. */
  readonly wakeAtMs: number | null;
}

/** What happened. `nowMs` comes from the clock of whoever sends it; an older one counts as the newest seen. */
export type ResidencyEvent = { readonly nowMs: number } & (
  | {
      /** The first event, and whenever the configuration changes: who is installed now. Loads what is pinned and not there. */
      readonly type: "installed";
      readonly models: readonly Model[];
      readonly roles: readonly RolePlan[];
    }
  | {
      readonly type: "lease-request";
      readonly ticket: number;
      readonly role: Role;
      readonly urgent: boolean;
      /** In place of its role's. */
      readonly patienceMs?: number;
    }
  /** The caller gave up. If it was granted meanwhile, the lease counts as returned. */
  | { readonly type: "lease-cancel"; readonly ticket: number }
  /** Returning twice, or after a loss, is harmless. */
  | { readonly type: "lease-return"; readonly ticket: number }
  | { readonly type: "load-progress"; readonly load: number; readonly share: number }
  /** @property shares Measured; undefined when nobody can tell, then the prediction stands. */
  | { readonly type: "load-end"; readonly load: number; readonly shares: readonly Share[] | undefined }
  /** Sent when the memory taken so far is *confirmed* to be back; also the answer to `cancel-load`, with any code. */
  | {
      readonly type: "load-error";
      readonly load: number;
      readonly code: ModelErrorCode;
      readonly message: string;
      /** Trying again may help. */
      readonly retryable: boolean;
    }
  /** Sent when the memory is *confirmed* to be back. Until then it counts, however long that takes. */
  | { readonly type: "unload-end"; readonly load: number }
  /** It went, or was changed, without our asking; answered with `unload`, so that what is left of it goes too. */
  | { readonly type: "loss"; readonly load: number; readonly cause: LossCause }
  /** A probe of one memory. */
  | { readonly type: "foreign"; readonly pool: string; readonly bytes: number }
  | { readonly type: "turn-start"; readonly turn: number }
  | { readonly type: "turn-end"; readonly turn: number }
  /** The words so far sound like work for this role. */
  | { readonly type: "hint"; readonly role: Role }
  /** The time of the last `wake-at` has come; more often is harmless. */
  | { readonly type: "clock" }
);

/** What must now be done, in this order. */
export type ResidencyEffect =
  /** The ticket's one answer: it now holds a lease on this load. */
  | { readonly do: "grant"; readonly ticket: number; readonly model: string; readonly load: number }
  /** The ticket's one answer. The message has numbers and is fit to be shown. */
  | { readonly do: "refuse"; readonly ticket: number; readonly code: ModelErrorCode; readonly message: string }
  /** Answered by `load-end` or `load-error`. */
  | {
      readonly do: "load";
      readonly model: string;
      readonly variant: string;
      readonly load: number;
      readonly pinned: boolean;
    }
  /** The load is answered all the same: by `load-error` when it could be stopped, by `load-end` when it was too late. */
  | { readonly do: "cancel-load"; readonly load: number }
  /** Answered by `unload-end`, once. */
  | { readonly do: "unload"; readonly model: string; readonly load: number }
  /** Bring the file of this variant into the page cache; has no answer and may be skipped. */
  | { readonly do: "warm"; readonly model: string; readonly variant: string }
  /** Send `clock` at this moment, in place of any earlier `wake-at`; null: not needed. */
  | { readonly do: "wake-at"; readonly atMs: number | null }
  /** For the journal and for people. */
  | { readonly do: "report"; readonly report: Report };

/** A reducer's answer: what is now true, and what must now be done. */
export interface ResidencyStep {
  readonly state: ResidencyState;
  readonly effects: readonly ResidencyEffect[];
}
