import type { PlannedTurn } from "./turn-plan.ts";

/** What is to be said, as it becomes known. */
export interface TurnQueue extends Disposable {
  readonly turns: readonly PlannedTurn[];
  /** Whether more of them may come. */
  readonly more: boolean;
  /** Why no more can come; it ends the conversation. */
  readonly failure: Error | null;
}

/** A list that comes bit by bit, such as the standard input. */
export interface TurnList extends AsyncIterable<Buffer | string> {
  /** Ends the reading, so that nobody waits for it. */
  destroy(): unknown;
}

/** Turns that are all known. */
export function knownTurns(turns: readonly PlannedTurn[]): TurnQueue {
  return { turns, more: false, failure: null, [Symbol.dispose]: () => undefined };
}

/**
 * Turns that come after the known ones, a line each; empty lines mean nothing.
 * @param plan reads what a line names
 */
export function comingTurns(
  known: readonly PlannedTurn[],
  list: TurnList,
  plan: (line: string) => PlannedTurn,
): TurnQueue {
  const turns = [...known];
  let more = true;
  let failure: Error | null = null;
  const take = (line: string): void => {
    if (line.trim() !== "") turns.push(plan(line.trim()));
  };
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const chunk of list) {
      const parts = (rest + (typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }))).split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts) take(line);
    }
    take(rest);
  };
  read()
    .catch((error: unknown) => {
      failure = error instanceof Error ? error : new Error(String(error));
    })
    .finally(() => {
      more = false;
    });
  return {
    turns,
    get more() {
      return more;
    },
    get failure() {
      return failure;
    },
    [Symbol.dispose]: () => void list.destroy(),
  };
}
