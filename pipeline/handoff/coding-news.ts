/** What the coder's desk has to say to one talk. */
export type CodingNews =
  /** To be said when nobody speaks. */
  | { readonly type: "tell"; readonly jobId: string; readonly text: string }
  /** A change waits for a yes. */
  | {
      readonly type: "ask";
      readonly jobId: string;
      readonly text: string;
      readonly approval: { readonly id: string; readonly phrase: string | null };
      /** The change, as JSON, for clients that approve calls of tools. */
      readonly argumentsJson: string;
    }
  /** Somebody said yes; the change is being applied. */
  | { readonly type: "approved"; readonly approvalId: string }
  /** What became of it, in a sentence that is told by itself. */
  | { readonly type: "settled"; readonly approvalId: string; readonly text: string; readonly applied: boolean }
  /** Nobody has to decide any more: it was rejected, is out of date, or was asked for anew. */
  | { readonly type: "withdrawn"; readonly approvalId: string }
  /** What this client wanted cannot be done. */
  | { readonly type: "refused"; readonly message: string; readonly eventId?: string | undefined }
  /** How many jobs could be stopped. */
  | { readonly type: "running"; readonly jobs: number };
