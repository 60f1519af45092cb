import type { ModelErrorCode } from "../errors.ts";
import type { PinBroken, Role } from "../roles.ts";
import type { Share } from "../servers/model-server.ts";

/** What the journal keeps and people are told of. Times are lengths in milliseconds. */
export type Report =
  | {
      readonly type: "admit";
      readonly ticket: number;
      readonly role: Role;
      readonly model: string;
      readonly load: number;
      readonly waitedMs: number;
    }
  /** A lease came back; with its `admit` this tells how long it was held. */
  | { readonly type: "return"; readonly ticket: number; readonly model: string }
  | {
      readonly type: "deny";
      readonly ticket: number;
      readonly role: Role;
      readonly code: ModelErrorCode;
      readonly message: string;
      readonly waitedMs: number;
    }
  /** A request could not be served at once: what it waits for. */
  | {
      readonly type: "queue";
      readonly ticket: number;
      readonly role: Role;
      readonly model: string;
      /** The longest that it can wait if no program fails: `waitBoundMs`. */
      readonly boundMs: number;
    }
  /** Not the first rung or not the first choice, and why. */
  | {
      readonly type: "degrade";
      readonly model: string;
      readonly variant: string;
      readonly label: string;
      readonly penaltyMs: number;
      readonly why: string;
    }
  /** Somebody leaves, or memory that was free is taken (`leaving` is then empty). */
  | {
      readonly type: "swap-start";
      readonly model: string;
      readonly variant: string;
      readonly leaving: readonly string[];
      readonly expectedMs: number;
      /** Tickets that wait for it. */
      readonly waiting: number;
      readonly why: string;
    }
  | {
      readonly type: "swap-end";
      readonly model: string;
      readonly variant: string;
      readonly leaving: readonly string[];
      readonly outcome: "ready" | "failed" | "cancelled";
      readonly expectedMs: number;
      readonly actualMs: number;
      readonly expected: readonly Share[];
      readonly actual: readonly Share[];
    }
  /** A model that came in less than was wanted is loaded again larger: room for that has come back for good. */
  | {
      readonly type: "grow-start";
      readonly model: string;
      /** The variant that it had … */
      readonly from: string;
      /** … and will have. */
      readonly variant: string;
      readonly label: string;
      /** Leases granted on the smaller form, and what each is taken to have cost. */
      readonly uses: number;
      readonly gainMs: number;
      /** The room has been there for so long. */
      readonly roomForMs: number;
      /** Growths before it, in a row, that did not last. */
      readonly inVain: number;
      readonly expectedMs: number;
      readonly why: string;
    }
  | {
      readonly type: "grow-end";
      readonly model: string;
      readonly from: string;
      readonly variant: string;
      readonly outcome: "ready" | "failed" | "cancelled";
      readonly expectedMs: number;
      readonly actualMs: number;
      readonly expected: readonly Share[];
      readonly actual: readonly Share[];
    }
  /** A load that ended replaced the prediction; to be kept beyond this run. */
  | {
      readonly type: "calibrated";
      readonly model: string;
      readonly variant: string;
      readonly loadMs: number;
      readonly shares: readonly Share[];
    }
  /** Models were lost, or had to go because other programs took memory. */
  | { readonly type: "loss"; readonly model: string; readonly cause: string; readonly leases: number }
  | {
      readonly type: "pressure";
      readonly pool: string;
      /** By how much too much is taken. */
      readonly shortBytes: number;
      readonly leaving: readonly string[];
    }
  | { readonly type: "sticky"; readonly on: boolean; readonly share: number; readonly why: string }
  | ({ readonly type: "pin" } & PinBroken);
