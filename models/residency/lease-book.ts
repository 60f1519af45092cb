import type { ModelErrorCode } from "../errors.ts";
import { ModelError } from "../errors.ts";

/** What a ticket was given. */
export interface Grant {
  readonly model: string;
  readonly load: number;
}

interface Waiting {
  readonly grant: (grant: Grant) => void;
  readonly refuse: (error: ModelError) => void;
}

/** Requests that wait for their one answer. */
export class LeaseBook {
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  /** @returns a new ticket's number and its answer; whoever gives up calls `forget`. */
  open(): { readonly ticket: number; readonly answer: Promise<Grant> } {
    const ticket = ++this.#last;
    const answer = new Promise<Grant>((resolve, reject) => {
      this.#waiting.set(ticket, { grant: resolve, refuse: reject });
    });
    return { ticket, answer };
  }

  grant(ticket: number, grant: Grant): void {
    this.#take(ticket)?.grant(grant);
  }

  refuse(ticket: number, code: ModelErrorCode, message: string): void {
    this.#take(ticket)?.refuse(new ModelError(code, message));
  }

  /** @returns false when it was answered already. */
  forget(ticket: number, error: unknown): boolean {
    const waiting = this.#take(ticket);
    waiting?.refuse(error instanceof ModelError ? error : new ModelError("busy", "The request was given up"));
    return waiting !== undefined;
  }

  refuseAll(message: string): void {
    for (const ticket of [...this.#waiting.keys()]) this.refuse(ticket, "host-exited", message);
  }

  #take(ticket: number): Waiting | undefined {
    const waiting = this.#waiting.get(ticket);
    this.#waiting.delete(ticket);
    return waiting;
  }
}
