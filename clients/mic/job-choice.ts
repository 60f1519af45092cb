import type { ClientClock } from "../client-clock.ts";
import { listenToKeys } from "./keys.ts";
import type { TerminalIn } from "./talk-options.ts";

/** What a person does about a change: a single key. */
export type JobChoice = "apply" | "reject" | "diff" | "leave";

export const choiceKeys = "a apply · r reject · d diff again · q leave it waiting";

/** What was typed before the question was there is no answer to it. */
const deafMs = 300;

/** Resolves with the first key that is an answer. Rejects with the signal's reason when it aborts first. */
export function choose(stdin: TerminalIn, clock: ClientClock, signal: AbortSignal): Promise<JobChoice> {
  const askedMs = clock.nowMs();
  let keys: Disposable | undefined;
  const chosen = new Promise<JobChoice>((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    keys = listenToKeys(stdin, choicesIn, (choice) => {
      if (choice === "leave" || clock.nowMs() - askedMs >= deafMs) resolve(choice);
    });
  });
  return chosen.finally(() => keys?.[Symbol.dispose]());
}

/** @param data what a terminal in raw mode sends; more than one key at once is pasted text, and no answer */
export function choicesIn(data: string): readonly JobChoice[] {
  switch (data.toLowerCase()) {
    case "a":
      return ["apply"];
    case "r":
      return ["reject"];
    case "d":
      return ["diff"];
    case "q":
    case "\u0003":
    case "\u0004":
      return ["leave"];
    default:
      return [];
  }
}
