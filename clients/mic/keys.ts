import type { TerminalIn } from "./talk-options.ts";

export type Key = "mute" | "stop" | "quit" | "apply" | "reject" | "undo";

/**
 * Calls back for every key that means something, until the end of the block. Does nothing where there is no keyboard.
 * @param read which keys are in what a terminal in raw mode sends
 */
export function listenToKeys<K>(
  stdin: TerminalIn | null,
  read: (data: string) => readonly K[],
  pressed: (key: K) => void,
): Disposable {
  if (!stdin?.isTTY) return { [Symbol.dispose]: () => undefined };
  const listener = (data: Buffer | string): void => {
    for (const key of read(data.toString())) pressed(key);
  };
  stdin.setRawMode?.(true);
  stdin.on("data", listener);
  stdin.resume();
  return {
    [Symbol.dispose]: () => {
      stdin.off("data", listener);
      stdin.setRawMode?.(false);
      stdin.pause();
    },
  };
}

/** Keys that decide about files count one at a time: pasted text is no decision. */
const decisions: ReadonlyMap<string, Key> = new Map([
  ["a", "apply"],
  ["r", "reject"],
  ["u", "undo"],
]);

/** @param data what a terminal in raw mode sends; arrow keys and their like begin with Esc and are not Esc */
export function keysIn(data: string): readonly Key[] {
  const decision = decisions.get(data.toLowerCase());
  if (decision !== undefined) return [decision];
  if (data.startsWith("\u001b")) return data === "\u001b" ? ["stop"] : [];
  return [...data].flatMap((char): readonly Key[] => {
    switch (char) {
      case "m":
      case "M":
        return ["mute"];
      case "s":
      case "S":
      case " ":
        return ["stop"];
      case "q":
      case "Q":
      case "\u0003":
      case "\u0004":
        return ["quit"];
      default:
        return [];
    }
  });
}
