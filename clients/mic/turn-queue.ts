import type { PlannedTurn } from "./turn-plan.ts";

/** What is to be said, as it becomes known. */
export interface TurnQueue {
  readonly turns: readonly PlannedTurn[];
  /** Whether more of them may come. */
  readonly more: boolean;
  /** Why no more can come; it ends the conversation. */
  readonly failure: Error | null;
}

/** Turns that are all known. */
export function knownTurns(turns: readonly PlannedTurn[]): TurnQueue {
  return { turns, more: false, failure: null };
}

/**
 * Turns that come after the known ones, a line each; empty lines mean nothing.
 * @param plan reads what a line names
 */
export function comingTurns(
  known: readonly PlannedTurn[],
  lines: AsyncIterable<Buffer | string>,
  plan: (line: string) => PlannedTurn,
): TurnQueue {
  const turns = [...known];
  let more = true;
  let failure: Error | null = null;
  const take = (line: string): void => {
    if (line.trim() !== "") turns.push(plan(line.trim()));
  };
  const read = async (): Promise<void> => {
    let rest = "";
    for await (const chunk of lines) {
      const parts = (rest + chunk.toString()).split("\n");
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
  };
}
